#!/usr/bin/env python3
"""Makes the fixtures of nn-split and nn-prep: small arrays and what scikit-learn makes of them.

Run in this folder with numpy 2.4.6, scikit-learn 1.9.1 and safetensors 0.8.0; the files are committed.
"""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from sklearn.decomposition import PCA
from sklearn.preprocessing import MinMaxScaler, StandardScaler

OUT = Path(__file__).parent / "preparation"


def save(name, metadata=None, **tensors):
    arrays = {k: np.ascontiguousarray(v) for k, v in tensors.items()}
    save_file(arrays, OUT / f"{name}.st", metadata=metadata)
    (OUT / f"{name}.st").chmod(0o644)


def signs(pca):
    """The signs that make the largest absolute loading of each component positive."""
    rows = np.arange(len(pca.components_))
    return np.sign(pca.components_[rows, np.abs(pca.components_).argmax(axis=1)])


def golden(name, x, expected):
    save(f"golden-{name}", x=x, expected=expected.astype(np.float64))


rng = np.random.default_rng(7)

# Twelve rows of three values in three classes of six, four and two rows.
y = np.array([0, 1, 0, 2, 0, 1, 0, 1, 0, 2, 0, 1], np.int64)
x = np.stack([np.arange(12.0), np.full(12, 5.0), 10 - 2.0 * np.arange(12)], axis=1).astype(np.float32)
save("small", {"nn.classes": json.dumps(["ant", "bee", "cat"], separators=(",", ":"))}, x=x, y=y)
save("unlabelled", x=x)
save("targets", x=x, y=x[:, :1].copy())
for value, name in [(np.nan, "nan"), (np.inf, "inf")]:
    bad = x.copy()
    bad[3, 2] = value
    save(name, x=bad, y=y)
save("one-row", x=x[:1], y=y[:1])
save("no-rows", x=x[:0], y=y[:0])
save("images", x=np.arange(4 * 2 * 2 * 3, dtype=np.uint8).reshape(4, 2, 2, 3), y=y[:4])
save("other", x=x[:, :2].copy(), y=y)

# Correlated data, one feature constant, as bytes and as floats.
mix = rng.normal(size=(5, 5))
data = rng.normal(size=(40, 5)) @ mix + rng.normal(size=5)
data[:, 3] = 0.1
golden("standard", data, StandardScaler().fit_transform(data))
golden("minmax", data, MinMaxScaler().fit_transform(data))
rest = np.delete(data, 3, axis=1)
for name, components, whiten in [("pca2", 2, False), ("pca-share", 0.9, False), ("whiten3", 3, True)]:
    pca = PCA(components, whiten=whiten, svd_solver="full")
    z = pca.fit_transform(rest)
    golden(name, rest, z * signs(pca))
scaled = StandardScaler().fit_transform(rest)
pca = PCA(4, whiten=True, svd_solver="full")
z = pca.fit_transform(scaled)
golden("scale-whiten", rest, z * signs(pca))

covariance = np.cov(rest.T)
values, vectors = np.linalg.eigh(covariance)
for name, epsilon in [("zca", 1e-5 * values[-1]), ("zca-half", 0.5)]:
    root = vectors @ np.diag((values + epsilon) ** -0.5) @ vectors.T
    golden(name, rest, (rest - rest.mean(axis=0)) @ root)

pixels = np.clip(rng.normal(120, 60, size=(50, 3, 4)) + rng.normal(0, 40, size=(50, 1, 4)), 0, 255).astype(np.uint8)
flat = pixels.reshape(50, 12).astype(np.float64)
pca = PCA(6, whiten=True, svd_solver="full")
z = pca.fit_transform(flat)
golden("bytes", pixels, z * signs(pca))
channel = (flat.reshape(50, 3, 4) - flat.reshape(150, 4).mean(axis=0)) / flat.reshape(150, 4).std(axis=0)
golden("channel", pixels, channel)
golden("all", pixels, (flat.reshape(50, 3, 4) - flat.mean()) / flat.std())

# Fewer rows than values, and means far above the deviations.
wide = rng.normal(size=(6, 30)).astype(np.float32)
pca = PCA(4, whiten=True, svd_solver="full")
z = pca.fit_transform(wide.astype(np.float64))
golden("wide", wide, z * signs(pca))
far = 1e9 + rng.normal(size=(100, 3))
exact = far - 1e9  # exact by Sterbenz's lemma, near enough
golden("far", far, (exact - exact.mean(axis=0)) / exact.std(axis=0))
