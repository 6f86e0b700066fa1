#!/usr/bin/env python3
"""Proves the golden values: runs the scripts that wrote Tests/Fixtures/golden again, elsewhere, and compares.

    make golden        # in a virtual environment of its own, with the versions in requirements.txt

Names, shapes, types and metadata have to be the same, whole numbers equal, and other numbers within 1e-5 of the largest
of their tensor: another machine's vector instructions round differently. The exit status is 1 when anything differs.
"""
import os
import subprocess
import sys
import tempfile

import torch
from safetensors import safe_open

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "golden")
SCRIPTS = ["augmentation", "convolution", "generate", "initializers", "layers", "losses", "optimizers", "schedules", "runs",
           "evaluation", "search"]


def read(path):
    with safe_open(path, "pt") as file:
        return file.metadata(), {name: file.get_tensor(name) for name in file.keys()}


def difference(old, new):
    """Why two files are not the same; None when they are."""
    (old_metadata, old), (new_metadata, new) = old, new
    if old_metadata != new_metadata or old.keys() != new.keys():
        return "other metadata or tensors"
    for name, a in old.items():
        b = new[name]
        if a.shape != b.shape or a.dtype != b.dtype:
            return f"{name}: {a.dtype} {list(a.shape)} was {b.dtype} {list(b.shape)}"
        if not a.dtype.is_floating_point:
            if not torch.equal(a, b):
                return f"{name} differs"
        elif a.numel() and not torch.allclose(a, b, rtol=0, atol=max(1e-7, 1e-5 * a.abs().max().item()), equal_nan=True):
            return f"{name} differs by {(a - b).abs().max().item():.2g}"
    return None


def main():
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        for script in SCRIPTS:
            subprocess.run([sys.executable, os.path.join(HERE, script + ".py")], env=dict(os.environ, GOLDEN=folder),
                           stdout=subprocess.DEVNULL, check=True)
        old, new = (sorted(n for n in os.listdir(f) if n.endswith(".safetensors")) for f in (GOLDEN, folder))
        for name in sorted(set(old) ^ set(new)):
            found += 1
            print(f"{name}: {'written by no script' if name in old else 'not in the repository'}")
        for name in sorted(set(old) & set(new)):
            problem = difference(read(os.path.join(GOLDEN, name)), read(os.path.join(folder, name)))
            if problem:
                found += 1
                print(f"{name}: {problem}")
    print(f"{len(new)} files, {found} different")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
