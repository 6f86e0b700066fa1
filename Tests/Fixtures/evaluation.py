#!/usr/bin/env python3
"""Writes the golden values of evaluations and ensembles of labels, each yes or no for itself.

    python3 -m venv /tmp/golden
    /tmp/golden/bin/pip install scikit-learn==1.9.1 scipy==1.17.1 safetensors==0.8.0 numpy==2.4.6
    /tmp/golden/bin/python Tests/Fixtures/evaluation.py

A file evaluation-labels-* holds probabilities `p`, the truth `y`, and what scikit-learn says of them: `metric.*`, a
number each; `precision`, `recall`, `f1` and `support` of each label; `losses` of the rows. In `rare` one label never
occurs, one always, one is never predicted, so that there is no area under the curve, and some probabilities are a half,
0 or 1. The file ensemble-labels holds the predictions `member.*` with their `weights`, and what the rules make of them, by the
definitions and SciPy's entropy.
"""
import os

import numpy as np
from safetensors.numpy import save_file
from scipy.stats import entropy
from sklearn import metrics

OUT = os.environ.get("GOLDEN") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")


def save(name, tensors):
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, os.path.join(OUT, name + ".safetensors"))


def evaluation(name, p, y, area):
    p = p.astype(np.float32)
    shares = p.astype(np.float64)
    choice = p > 0.5
    found = {
        "hamming_accuracy": 1 - metrics.hamming_loss(y, choice),
        "exact_match": metrics.accuracy_score(y, choice),
        "bce": np.mean([metrics.log_loss(y[:, i], shares[:, i], labels=[0, 1]) for i in range(y.shape[1])]),
    }
    for average in "micro", "macro":
        numbers = metrics.precision_recall_fscore_support(y, choice, average=average, zero_division=0)
        found |= {f"{average}_{key}": number for key, number in zip(["precision", "recall", "f1"], numbers)}
    if area:
        found["auc"] = metrics.roc_auc_score(y, shares, average="macro")
    numbers = metrics.precision_recall_fscore_support(y, choice, average=None, zero_division=0)
    tensors = dict(zip(["precision", "recall", "f1", "support"], numbers))
    tensors["losses"] = np.array([metrics.log_loss(t, row, labels=[0, 1]) for t, row in zip(y, shares)])
    tensors |= {f"metric.{key}": np.array(number, np.float64) for key, number in found.items()}
    save("evaluation-labels-" + name, tensors | {"p": p, "y": y.astype(np.float32)})


def ensemble(members, weights):
    p = np.stack(members).astype(np.float32)
    shares = p.astype(np.float64)
    w = (weights / weights.sum())[:, None, None]
    yes, no = np.prod(shares**w, axis=0), np.prod((1 - shares) ** w, axis=0)
    mean = (w * shares).sum(axis=0)

    def entropies(p):
        return entropy(np.stack([p, 1 - p])).sum(axis=-1)

    tensors = {f"member.{i}": member for i, member in enumerate(p)}
    tensors["weights"] = weights
    rules = {"mean": mean, "geometric": yes / (yes + no), "vote": (w * (shares > 0.5)).sum(axis=0)}
    for rule, combined in rules.items():
        tensors |= {rule: combined, rule + ".entropy": entropies(combined)}
    tensors["std"] = np.sqrt((w * (shares - mean) ** 2).sum(axis=0))
    tensors["mutual_information"] = entropies(mean) - (w[:, :, 0] * entropies(shares)).sum(axis=0)
    save("ensemble-labels", tensors)


rng = np.random.default_rng(11)
p = rng.uniform(size=(40, 5))
evaluation("even", p, (rng.uniform(size=p.shape) < 0.2 + 0.6 * p).astype(np.int64), area=True)
p[:, 3] *= 0.5
p[:5, 0], p[5, 1], p[6, 1] = 0.5, 0, 1
y = (rng.uniform(size=p.shape) < 0.2 + 0.6 * p).astype(np.int64)
y[:, 2], y[:, 4], y[5, 1], y[6, 1] = 0, 1, 0, 1
evaluation("rare", p, y, area=False)
ensemble([rng.uniform(0.01, 0.99, size=(6, 3)) for _ in range(3)], np.array([2.0, 1.0, 1.5]))
