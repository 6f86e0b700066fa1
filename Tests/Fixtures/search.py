#!/usr/bin/env python3
"""Writes the golden values of searches, folds and intervals, Tests/Fixtures/golden/{search,folds,interval}-*.

    python3 -m venv /tmp/golden
    /tmp/golden/bin/pip install scikit-learn==1.9.1 scipy==1.17.1 safetensors==0.8.0 numpy==2.4.6
    /tmp/golden/bin/python Tests/Fixtures/search.py

search-sobol: 64 times `points`, the first 64 of SciPy's Sobol sequence without scrambling, in 64 dimensions.
search-importance: `ranks` in `groups`, with ties, and Kruskal and Wallis's statistic `h` of them by SciPy.
folds-stratified: class ids `y` in the order of their first rows, and `counts` [folds, classes] of scikit-learn's
StratifiedKFold(5) on them. folds-grouped: `y`, `group`, and the `fold` of each row by StratifiedGroupKFold(4), without
shuffling; `plain` is the same by GroupKFold(4), which looks at sizes alone.
interval-t: `values` of several metrics over folds (columns), their `mean`, `std` (n − 1), and half the width `half.LEVEL` of
the interval by Student's distribution; rows of `quantiles` are a probability, degrees of freedom, and the quantile.
"""
import os

import numpy as np
from safetensors.numpy import save_file
from scipy import stats
from sklearn.datasets import load_digits
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, StratifiedKFold

OUT = os.environ.get("GOLDEN") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")


def save(name, tensors):
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, os.path.join(OUT, name + ".safetensors"))


def folds_of(splitter, *arguments):
    fold = np.zeros(len(arguments[0]), np.int64)
    for i, (_, held) in enumerate(splitter.split(*arguments)):
        fold[held] = i
    return fold


save("search-sobol", {"points": (64 * stats.qmc.Sobol(64, scramble=False).random(64)).astype(np.uint8)})

rng = np.random.default_rng(8)
groups = np.repeat(np.arange(4), [5, 7, 3, 9])
ranks = stats.rankdata(np.round(rng.normal(size=24) + groups, 0))
h = stats.kruskal(*[ranks[groups == g] for g in range(4)]).statistic
save("search-importance", {"groups": groups, "ranks": ranks, "h": np.array(h)})

y = load_digits().target
counts = [np.bincount(y[held], minlength=10) for _, held in StratifiedKFold(5).split(y, y)]
save("folds-stratified", {"y": y.astype(np.uint8), "counts": np.array(counts)})

group = np.sort(rng.integers(0, 40, 300))
y = (rng.uniform(size=300) < 0.2 + 0.5 * rng.uniform(size=40)[group]).astype(np.int64) + (rng.uniform(size=300) < 0.1)
order = rng.permutation(300)
y, group = y[order], group[order]
fold, plain = (folds_of(splitter, y, y, group) for splitter in (StratifiedGroupKFold(4), GroupKFold(4)))
rows = {"y": y, "group": group, "fold": fold, "plain": plain}
save("folds-grouped", {name: values.astype(np.uint8) for name, values in rows.items()})

values = np.stack([rng.normal(0.9, 0.02, 5), rng.normal(0.3, 0.1, 5), [0.5, 0.5, 0.5, 0.5, 0.5]], axis=1)
tensors = {"values": values, "mean": values.mean(axis=0), "std": values.std(axis=0, ddof=1)}
for level in 0.95, 0.99, 0.8:
    half = stats.t.ppf(0.5 + level / 2, 4) * tensors["std"] / np.sqrt(5)
    tensors[f"half.{level}"] = half
quantiles = [(p, d) for p in (0.6, 0.9, 0.975, 0.9995) for d in (1, 2, 4, 9, 30, 1000)]
tensors["quantiles"] = np.array([(p, d, stats.t.ppf(p, d)) for p, d in quantiles])
save("interval-t", tensors)
