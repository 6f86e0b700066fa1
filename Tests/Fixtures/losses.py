#!/usr/bin/env python3
"""Writes the golden values of losses, Tests/Fixtures/golden/loss-*.safetensors, with PyTorch; the hinge with Keras.

    python3 -m venv /tmp/golden
    /tmp/golden/bin/pip install torch==2.13.0 keras==3.15.1 safetensors==0.8.0 numpy==2.4.6
    /tmp/golden/bin/python Tests/Fixtures/losses.py

The tests read the files only. Each holds `output` [n, k], `y`, perhaps `class_weight`, and the loss and its gradient
with respect to `output` for the reductions mean and sum; the loss as nn-train takes it stands in the metadata.
"""
import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import torch
from safetensors.torch import save_file

OUT = os.environ.get("GOLDEN") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
F = torch.nn.functional


def save(name, spec, output, y, function, class_weight=None):
    """Values and gradients of function(output, y, weight=, reduction=)."""
    tensors = {"output": output, "y": y}
    if class_weight is not None:
        tensors["class_weight"] = class_weight
    for reduction in ["mean", "sum"]:
        leaf = output.clone().requires_grad_()
        loss = function(leaf, y, class_weight, reduction)
        loss.backward()
        tensors.update({reduction: loss, "gradient." + reduction: leaf.grad})
    tensors = {k: v.detach().contiguous() for k, v in tensors.items()}
    save_file(tensors, os.path.join(OUT, f"loss-{name}.safetensors"), metadata={"loss": spec})


def one_hot(y, classes):
    return F.one_hot(y, classes).float()


SHAPES = {"": (9, 5), "-one-row": (1, 3), "-two": (7, 2), "-wide": (6, 17)}
VALUE_SHAPES = {"": (9, 5), "-one-row": (1, 3), "-one-column": (7, 1), "-wide": (6, 17)}


def cross_entropy(smoothing=0.0, ignore=-100):
    return lambda z, y, w, r: F.cross_entropy(z, y, weight=w, reduction=r, label_smoothing=smoothing, ignore_index=ignore)


def nll(ignore=-100):
    return lambda z, y, w, r: F.nll_loss(z, y, weight=w, reduction=r, ignore_index=ignore)


def of_classes():
    for suffix, (rows, classes) in SHAPES.items():
        z, y = 3 * torch.randn(rows, classes), torch.randint(classes, (rows,))
        w = torch.rand(classes) + 0.2
        soft = torch.softmax(torch.randn(rows, classes), 1)
        logs = torch.log_softmax(z, 1)
        save("ce" + suffix, "cross-entropy", z, y, cross_entropy())
        save("ce-weights" + suffix, "cross-entropy", z, y, cross_entropy(), w)
        save("ce-smoothing" + suffix, "cross-entropy,smoothing=0.1", z, y, cross_entropy(0.1))
        save("ce-smoothing-weights" + suffix, "cross-entropy,smoothing=0.3", z, y, cross_entropy(0.3), w)
        save("ce-onehot" + suffix, "cross-entropy", z, one_hot(y, classes), cross_entropy())
        save("ce-soft" + suffix, "cross-entropy", z, soft, cross_entropy())
        save("ce-soft-weights" + suffix, "cross-entropy", z, soft, cross_entropy(), w)
        save("ce-soft-smoothing-weights" + suffix, "cross-entropy,smoothing=0.2", z, soft, cross_entropy(0.2), w)
        save("nll" + suffix, "nll", logs, y, nll())
        save("nll-weights" + suffix, "nll", logs, y, nll(), w)
        margin = lambda m: lambda z, y, w, r: F.multi_margin_loss(z, y, weight=w, reduction=r, margin=m)
        save("multi-margin" + suffix, "multi-margin", z, y, margin(1.0))
        save("multi-margin-weights" + suffix, "multi-margin:0.5", z, y, margin(0.5), w)
    z, y, w = 3 * torch.randn(12, 4), torch.arange(12) % 4, torch.rand(4) + 0.2
    logs = torch.log_softmax(z, 1)
    save("ce-ignore", "cross-entropy,ignore=2", z, y, cross_entropy(ignore=2))
    save("ce-ignore-weights", "cross-entropy,ignore=2", z, y, cross_entropy(ignore=2), w)
    save("ce-ignore-smoothing", "cross-entropy,smoothing=0.1,ignore=2", z, y, cross_entropy(0.1, 2))
    save("ce-ignore-smoothing-weights", "cross-entropy,smoothing=0.1,ignore=2", z, y, cross_entropy(0.1, 2), w)
    save("nll-ignore", "nll,ignore=1", logs, y, nll(1))
    save("nll-ignore-weights", "nll,ignore=1", logs, y, nll(1), w)


def of_values():
    for suffix, (rows, columns) in VALUE_SHAPES.items():
        z, numbers = 3 * torch.randn(rows, columns), torch.randn(rows, columns)
        yes, shares = (numbers > 0).float(), torch.rand(rows, columns)
        p, signs, w = torch.rand(rows, columns), 2 * yes - 1, torch.rand(columns) + 0.2
        plain = lambda f: lambda z, y, w, r: f(z, y, reduction=r)
        weighed = lambda f: lambda z, y, w, r: f(z, y, weight=w, reduction=r)
        save("mse" + suffix, "mse", z, numbers, plain(F.mse_loss))
        save("l1" + suffix, "l1", z, numbers, plain(F.l1_loss))
        save("huber" + suffix, "huber", z, numbers, plain(F.huber_loss))
        save("huber-delta" + suffix, "huber:2.5", z, numbers, lambda z, y, w, r: F.huber_loss(z, y, r, 2.5))
        save("bce" + suffix, "bce", p, yes, weighed(F.binary_cross_entropy))
        save("bce-shares" + suffix, "bce", p, shares, weighed(F.binary_cross_entropy))
        save("bce-weights" + suffix, "bce", p, yes, weighed(F.binary_cross_entropy), w)
        save("bce-logits" + suffix, "bce-with-logits", z, yes, weighed(F.binary_cross_entropy_with_logits))
        save("bce-logits-shares" + suffix, "bce-with-logits", z, shares, weighed(F.binary_cross_entropy_with_logits))
        save("bce-logits-weights" + suffix, "bce-with-logits", z, yes, weighed(F.binary_cross_entropy_with_logits), w)
        save("multilabel" + suffix, "multilabel-soft-margin", z, yes, weighed(F.multilabel_soft_margin_loss))
        save("multilabel-weights" + suffix, "multilabel-soft-margin", z, yes, weighed(F.multilabel_soft_margin_loss), w)
        save("soft-margin" + suffix, "soft-margin", z, signs, plain(F.soft_margin_loss))
        # Keras's mean and sum are over rows, each of which is the mean over its outputs.
        hinge = lambda z, y, w, r: keras.losses.hinge(y, z).mean() if r == "mean" else keras.losses.hinge(y, z).sum() * z.shape[1]
        save("hinge" + suffix, "hinge", z, signs, hinge)
        save("hinge-binary" + suffix, "hinge", z, yes, hinge)
    # Probabilities 0 and 1: PyTorch clamps the logarithms at -100.
    edges = torch.tensor([[0.0, 1.0, 0.0], [1.0, 1e-30, 0.3]])
    save("bce-edges", "bce", edges, torch.tensor([[1.0, 0.0, 0.0], [1.0, 1.0, 0.5]]), lambda z, y, w, r: F.binary_cross_entropy(z, y, reduction=r))


def examples():
    """The published examples: 1.7342, 1.0491 (twice), 0.5332 (twice)."""
    z = torch.tensor([[0.7382, 0.7357, 0.1277, 0.5875, 0.4181], [0.4176, 0.3701, 0.9907, 0.3997, 0.0968],
                      [0.7373, 0.5034, 0.9795, 0.5484, 0.1390]])
    save("example-nll", "nll", torch.log_softmax(z, 1), torch.tensor([1, 0, 4]), nll())
    z = torch.tensor([[0.5953, 0.9872, 0.7510], [0.9447, 0.0602, 0.7399], [0.2185, 0.6771, 0.0168], [0.7719, 0.8075, 0.7505]])
    y = torch.tensor([1, 0, 2, 1])
    save("example-ce", "cross-entropy", z, y, cross_entropy())
    save("example-ce-onehot", "cross-entropy", z, one_hot(y, 3), cross_entropy())
    z, t = torch.tensor([[-0.7001], [-0.7231], [-0.2049]]), torch.tensor([[0.0], [0.0], [1.0]])
    save("example-bce", "bce", torch.sigmoid(z), t, lambda z, y, w, r: F.binary_cross_entropy(z, y, reduction=r))
    save("example-bce-logits", "bce-with-logits", z, t, lambda z, y, w, r: F.binary_cross_entropy_with_logits(z, y, reduction=r))


def main():
    os.makedirs(OUT, exist_ok=True)
    torch.manual_seed(20261122)
    torch.set_num_threads(1)
    of_classes()
    of_values()
    examples()


if __name__ == "__main__":
    main()
