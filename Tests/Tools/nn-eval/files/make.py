#!/usr/bin/env python3
"""Writes the small prediction and model files of the cases of nn-eval and nn-ensemble, by the format's own rules.

Run it from anywhere; it needs nothing but Python. The files are committed, so the tests do not need it.
"""
import json
import pathlib
import struct
import zlib

TOOLS = pathlib.Path(__file__).resolve().parents[2]
FORMATS = {"F32": "f", "F64": "d", "I64": "q", "U8": "B"}
WIDTH = {"F32": 4, "F64": 8, "I64": 8, "U8": 1}


def frame(kind, tensors, index=0, last=True, **metadata):
    """One canonical frame; tensors are name: (dtype, shape, flat values)."""
    order = sorted(tensors, key=lambda name: (-WIDTH[tensors[name][0]], name))
    data, header = b"", {}
    for name in order:
        dtype, shape, values = tensors[name]
        part = struct.pack(f"<{len(values)}{FORMATS[dtype]}", *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    texts = {"nn.version": "1", "nn.frame": str(index), "nn.last": str(int(last)), "nn.crc32": f"{zlib.crc32(data):08x}"}
    if kind:
        texts["nn.kind"] = kind
    for key, value in metadata.items():
        texts["nn." + key] = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    head = {"__metadata__": dict(sorted(texts.items())), **header}
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-(8 + len(text)) % 64)
    return struct.pack("<Q", len(text)) + text + data


def matrix(rows):
    return ("F32", [len(rows), len(rows[0])], [value for row in rows for value in row])


def ids(values):
    return ("I64", [len(values)], values)


def write(path, *frames):
    (TOOLS / path).write_bytes(b"".join(frames))


P = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.25, 0.25, 0.5], [0.5, 0.4, 0.1], [0.1, 0.3, 0.6], [0.0, 1.0, 0.0]]
Q = [[0.5, 0.3, 0.2], [0.3, 0.4, 0.3], [0.1, 0.1, 0.8], [0.2, 0.6, 0.2], [0.2, 0.6, 0.2], [0.1, 0.8, 0.1]]
Y = [0, 1, 2, 1, 2, 0]
NAMES = ["cat", "dog", "bird"]

E = "nn-eval/files/"
write(E + "classes.st", frame("prediction", {"p": matrix(P), "y": ids(Y)}))
write(E + "named.st", frame("prediction", {"p": matrix(P), "y": ids(Y)}, classes=NAMES))
write(E + "chunks.st", *[
    frame("prediction", {"p": matrix(P[i:i + 2]), "y": ids(Y[i:i + 2])}, index=i // 2, last=i == 4) for i in (0, 2, 4)])
write(E + "binary.st", frame("prediction", {"p": matrix([[0.9], [0.2], [0.6], [0.4]]), "y": ids([1, 0, 0, 1])}))
write(E + "unlabelled.st", frame("prediction", {"p": matrix(P)}))
write(E + "values.st", frame("prediction", {
    "output": matrix([[1.0], [2.5], [2.5], [5.0]]), "y": matrix([[1.0], [2.0], [3.0], [4.0]])}))
write(E + "two-values.st", frame("prediction", {
    "output": matrix([[1, 5], [2.5, 5], [2.5, 5], [5, 5]]), "y": matrix([[1, 5], [2, 5], [3, 5], [4, 5]])},
    targets=["width", "height"]))
write(E + "no-rows.st", frame("prediction", {"p": ("F32", [0, 3], []), "y": ids([])}))
write(E + "wide.st", frame("prediction", {"p": ("F32", [1, 1001], [1.0] + [0.0] * 1000), "y": ids([0])}))
write(E + "foreign.st", frame(None, {"p": matrix(P), "y": ids(Y)}))
write(E + "data.st", frame("data", {"x": matrix(P), "y": ids(Y)}))
write(E + "bad-label.st", frame("prediction", {"p": matrix(P), "y": ids([0, 1, 2, 3, 0, 0])}))
write(E + "logits.st", frame("prediction", {"p": matrix([[2.0, -1.0, 0.5]]), "y": ids([0])}))
write(E + "sum.st", frame("prediction", {"p": matrix([[0.5, 0.2, 0.1]]), "y": ids([0])}))
write(E + "nan.st", frame("prediction", {"output": matrix([[1.0], [float("nan")]]), "y": matrix([[1.0], [2.0]])}))
write(E + "ids-and-output.st", frame("prediction", {"output": matrix(P), "y": ids(Y)}))
write(E + "rank.st", frame("prediction", {"p": ("F32", [3], [0.2, 0.3, 0.5]), "y": ids([0, 1, 2])}))
write(E + "empty-kind.st", frame("prediction", {"y": ids(Y)}))
write(E + "short-y.st", frame("prediction", {"p": matrix(P), "y": ids(Y[:4])}))
write(E + "names-short.st", frame("prediction", {"p": matrix(P), "y": ids(Y)}, classes=NAMES[:2]))

# Labels, each yes or no for itself.
L = [[0.9, 0.2, 0.6], [0.7, 0.6, 0.1], [0.4, 0.3, 0.8], [0.2, 0.9, 0.7], [0.5, 0.1, 0.4]]
M = [[0.6, 0.4, 0.7], [0.9, 0.1, 0.3], [0.2, 0.6, 0.4], [0.4, 0.8, 0.9], [0.3, 0.3, 0.2]]
YES = [[1, 0, 1], [1, 0, 0], [0, 1, 1], [0, 1, 1], [0, 0, 0]]
TAGS = ["red", "round", "sweet"]


def labels(p, y, **metadata):
    return frame("prediction", {"p": matrix(p), "y": y}, probabilities="independent", **metadata)


write(E + "labels.st", labels(L, matrix(YES)))
write(E + "labels-named.st", labels(L, matrix(YES), targets=TAGS))
write(E + "labels-signs.st", labels(L, matrix([[2 * yes - 1 for yes in row] for row in YES])))
write(E + "labels-whole.st", labels(L, ("U8", [5, 3], [yes for row in YES for yes in row])))
write(E + "labels-never.st", labels(L, matrix([[yes, 0, yes] for yes, _, _ in YES])))
write(E + "labels-ids.st", labels(L, ids([0, 1, 2, 0, 1])))
write(E + "labels-other.st", labels(L, matrix([[0, 1, 2]] * 5)))
write(E + "labels-mixed.st", labels(L, matrix([[0, 1, 1]] * 4 + [[1, -1, 0]])))
write(E + "labels-unmarked.st", frame("prediction", {"p": matrix(L), "y": matrix(YES)}))
write(E + "labels-mark.st", frame("prediction", {"p": matrix(L), "y": matrix(YES)}, probabilities="exclusive"))
write(E + "labels-data.st", frame(
    "data", {"x": matrix([[1.0, 2.0], [-1.0, 0.5]]), "y": matrix([[1, 1, 1], [0, 0, 0]])}, targets=TAGS))

N = "nn-ensemble/files/"
write(N + "labels-a.st", labels(L, matrix(YES), targets=TAGS))
write(N + "labels-b.st", labels(M, matrix(YES), targets=TAGS))
write(N + "labels-unmarked.st", frame("prediction", {"p": matrix(P), "y": ids(Y)}))
write(N + "a.st", frame("prediction", {"p": matrix(P), "y": ids(Y)}, classes=NAMES))
write(N + "b.st", frame("prediction", {"p": matrix(Q), "y": ids(Y)}, classes=NAMES))
write(N + "b-chunks.st", *[
    frame("prediction", {"p": matrix(Q[i:i + 3]), "y": ids(Y[i:i + 3])}, index=i // 3, last=i == 3, classes=NAMES)
    for i in (0, 3)])
write(N + "b-mc.st", frame("prediction", {
    "p": matrix(Q), "y": ids(Y), "std": matrix([[0.1] * 3] * 6), "entropy": ("F32", [6], [1.0] * 6),
    "mutual_information": ("F32", [6], [0.25] * 6)}, classes=NAMES))
write(N + "other-y.st", frame("prediction", {"p": matrix(Q), "y": ids([0, 1, 2, 1, 2, 1])}, classes=NAMES))
write(N + "no-y.st", frame("prediction", {"p": matrix(Q)}, classes=NAMES))
write(N + "short.st", frame("prediction", {"p": matrix(Q[:4]), "y": ids(Y[:4])}, classes=NAMES))
write(N + "long.st", frame("prediction", {"p": matrix(Q + Q), "y": ids(Y + Y)}, classes=NAMES))
write(N + "two-classes.st", frame("prediction", {"p": matrix([row[:1] + [1 - row[0]] for row in Q]), "y": ids([0] * 6)}))
write(N + "other-names.st", frame("prediction", {"p": matrix(Q), "y": ids(Y)}, classes=["cat", "dog", "fish"]))
write(N + "binary-a.st", frame("prediction", {"p": matrix([[0.9], [0.2], [0.6]])}))
write(N + "binary-b.st", frame("prediction", {"p": matrix([[0.7], [0.4], [0.2]])}))
write(N + "value-a.st", frame("prediction", {"output": matrix([[1.0], [2.0]]), "y": matrix([[1.5], [2.5]])}))
write(N + "value-b.st", frame("prediction", {"output": matrix([[3.0], [2.0]]), "y": matrix([[1.5], [2.5]])}))


def model(weight, count, arch="dense:2\nbn", **extra):
    tensors = {
        "0.weight": ("F32", [2, 2], weight), "0.bias": ("F32", [2], [0.5, -0.5]),
        "1.num_batches_tracked": ("I64", [], [count]), "prep.mean": ("F32", [2], [1.0, 2.0])}
    return frame("model", {**tensors, **extra}, arch=arch, input="2")


def moments(value):
    return {"optimizer.0.weight.exp_avg": ("F32", [2, 2], [value] * 4), "state.step": ("I64", [], [7])}


write(N + "m1.st", model([1.0, 2.0, 3.0, 4.0], 10, **moments(1.0)))
write(N + "m2.st", model([3.0, 2.0, 1.0, 0.0], 20, **moments(2.0)))
write(N + "m3.st", model([3.0, 2.0, 1.0, 0.0], 20))
write(N + "m-other.st", model([3.0, 2.0, 1.0, 0.0], 20, arch="dense:2\nrelu"))
write(N + "m-shape.st", frame("model", {"0.weight": ("F32", [2, 1], [1.0, 2.0])}, arch="dense:2\nbn", input="2"))
write(N + "m-prep.st", model([1.0, 2.0, 3.0, 4.0], 10, **{"prep.mean": ("F32", [2], [1.0, 2.5])}))
