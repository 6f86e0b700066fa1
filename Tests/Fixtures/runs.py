#!/usr/bin/env python3
"""Writes Tests/Fixtures/golden/runs.safetensors: 200 steps of a 64-300-100-10 network in PyTorch, by five optimizers.

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install torch==2.13.0 safetensors==0.8.0 numpy==2.4.6
    /tmp/golden/bin/python Tests/Fixtures/runs.py

The first weights are whole numbers times `scale`, so that the file stays small; the rows are 640 of the digits in
examples/data, divided by 16, in batches of 32 in order. `loss.<optimizer>` holds the mean loss of each of ten epochs,
`final.<optimizer>` the loss on all rows after them, in inference.
"""
import csv
import gzip
import os

import torch
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.environ.get("GOLDEN") or os.path.join(HERE, "golden")
LAYERS = "dense:300 bn relu dense:100 bn relu dense:10"
RUNS = {
    "sgd": (0.05, lambda p, lr: torch.optim.SGD(p, lr)),
    "momentum": (0.02, lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9)),
    "nesterov": (0.02, lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9, nesterov=True)),
    "adam": (0.001, lambda p, lr: torch.optim.Adam(p, lr)),
    "rmsprop": (0.001, lambda p, lr: torch.optim.RMSprop(p, lr)),
}


def network():
    return torch.nn.Sequential(
        torch.nn.Linear(64, 300), torch.nn.BatchNorm1d(300), torch.nn.ReLU(), torch.nn.Linear(300, 100),
        torch.nn.BatchNorm1d(100), torch.nn.ReLU(), torch.nn.Linear(100, 10))


def main():
    torch.manual_seed(20261121)
    torch.set_num_threads(1)
    with gzip.open(os.path.join(HERE, "../../examples/data/digits.csv.gz"), "rt") as file:
        rows = list(csv.reader(file))[1:641]
    pixels = torch.tensor([[int(v) for v in row[:64]] for row in rows], dtype=torch.uint8)
    y = torch.tensor([int(row[64]) for row in rows])
    x = pixels.float() / 16
    tensors = {"pixels": pixels, "y": y}
    weights = {}
    for name, inputs, outputs in [("0", 64, 300), ("3", 300, 100), ("6", 100, 10)]:
        scale = (6 / inputs) ** 0.5 / 127
        whole = torch.randint(-127, 128, (outputs, inputs), dtype=torch.int8)
        tensors[name + ".whole"], tensors[name + ".scale"] = whole, torch.tensor(scale, dtype=torch.float32)
        weights[name + ".weight"] = whole.float() * tensors[name + ".scale"]
        weights[name + ".bias"] = torch.zeros(outputs)
    loss = torch.nn.CrossEntropyLoss()
    for name, (lr, make) in RUNS.items():
        model = network()
        model.load_state_dict(weights, strict=False)
        optimizer = make(model.parameters(), lr)
        losses = []
        for _ in range(10):
            total = 0.0
            for i in range(0, len(x), 32):
                optimizer.zero_grad()
                value = loss(model(x[i:i + 32]), y[i:i + 32])
                value.backward()
                optimizer.step()
                total += value.item() / (len(x) / 32)
            losses.append(total)
        model.eval()
        tensors["loss." + name] = torch.tensor(losses, dtype=torch.float64)
        tensors["final." + name] = loss(model(x), y).detach()
        tensors["lr." + name] = torch.tensor(lr, dtype=torch.float64)
        print(name, losses[-1])
    save_file(tensors, os.path.join(OUT, "runs.safetensors"), metadata={"layers": LAYERS})


if __name__ == "__main__":
    main()
