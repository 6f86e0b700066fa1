#!/usr/bin/env python3
"""Makes the files in Tests/Fixtures/interchange: arrays as NumPy writes them, IDX files, and frames of predictions.

Needs NumPy (2.4.6 was used). The same script makes the same bytes; committed tests read the files and need no Python.
Every array holds 0, 1, 2 ... in the order of its indices, so that a test knows what to expect.
"""

import gzip
import io
import json
import pathlib
import struct
import zipfile

import numpy as np

here = pathlib.Path(__file__).resolve().parent / "interchange"
here.mkdir(exist_ok=True)


def counting(shape, dtype, order="C"):
    return np.asarray(np.arange(np.prod(shape)).reshape(shape).astype(dtype), order=order)


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def archive(name, arrays, method):
    """An .npz as numpy.savez makes it, but with fixed times."""
    with zipfile.ZipFile(here / name, "w") as out:
        for key, array in arrays.items():
            entry = zipfile.ZipInfo(key + ".npy")  # dated 1980-01-01
            entry.compress_type = method
            with out.open(entry, "w", force_zip64=True) as file:
                file.write(npy(array))


def idx(array, code):
    head = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


x = counting((3, 4), "<f4")
y = np.array([2, 0, 1])

# One array of shape [3, 2, 2] for each type, byte order and index order that is read.
types = {}
for kind in ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "b1"]:
    for byte_order in "<>" if kind[1] != "1" else "|":
        for order in "CF":
            types[f"{kind}{'be' if byte_order == '>' else ''}{order}"] = counting((3, 2, 2), byte_order + kind, order)
archive("types.npz", types, zipfile.ZIP_STORED)

archive("deflated.npz", {"x": x, "y": y}, zipfile.ZIP_DEFLATED)
archive("unusual-names.npz", {"pixels": x, "kind": y}, zipfile.ZIP_STORED)
archive("twelve-zeros.npz", {"x": np.zeros((1000, 12), "u1")}, zipfile.ZIP_DEFLATED)
(here / "x.npy").write_bytes(npy(x))
(here / "y.npy").write_bytes(npy(y))
(here / "targets.npy").write_bytes(npy(counting((3, 2), "<f8")))
(here / "v2.npy").write_bytes(npy(x, (2, 0)))
(here / "v3.npy").write_bytes(npy(x, (3, 0)))
(here / "nan.npy").write_bytes(npy(np.array([[0, 1], [2, np.nan]], "f4")))
(here / "complex.npy").write_bytes(npy(counting((2, 2), "c8")))
(here / "structured.npy").write_bytes(npy(np.zeros(2, [("a", "f4"), ("b", "i4")])))
(here / "objects.npy").write_bytes(npy(np.array([None, "a"], object)))
(here / "images.idx").write_bytes(idx(counting((3, 2, 2), "u1"), 8))
(here / "labels.idx.gz").write_bytes(gzip.compress(idx(y.astype("u1"), 8), mtime=0))
(here / "floats.idx").write_bytes(idx(counting((3, 2, 2), "f4"), 0x0D))


def frame(name, tensors, metadata):
    """A safetensors file."""
    header = {"__metadata__": metadata}
    data = b""
    for key, array in tensors.items():
        kind = {"f": "F32", "i": "I64"}[array.dtype.kind]
        end = len(data) + array.nbytes
        header[key] = {"dtype": kind, "shape": array.shape, "data_offsets": [len(data), end]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (here / name).write_bytes(struct.pack("<Q", len(text)) + text + data)


p = np.array([[0.25, 0.5, 0.25], [0.125, 0, 0.875]], "f4")
truth = np.array([1, 0])
uncertain = {"p": p, "std": p / 2, "entropy": p[:, 0], "mutual_information": p[:, 2], "y": truth}
frame("predictions.st", uncertain, {"nn.kind": "prediction", "nn.classes": '["cat","dog, big","\\"x\\""]'})
frame("binary.st", {"p": p[:, :1], "y": truth}, {"nn.kind": "prediction", "nn.classes": '["no","yes"]'})
frame("outputs.st", {"output": p, "std": p / 2, "y": p}, {"nn.kind": "prediction"})
