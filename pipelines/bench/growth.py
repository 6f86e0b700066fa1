"""How the time of a row of training grows with batch, width and depth, beside PyTorch eager.

    python3 bench/growth.py --out out/bench --peers PYTHON [--rounds 3] [--threads 2] [batch|width|depth ...]

Networks are T1's kind: 784 pixels, dense layers with relu, 10 classes; SGD, batch 32 where the batch does not grow.
Ours and PyTorch take turns; seconds are those of the steps, of a second epoch on both sides; the table holds medians.
"""
import argparse
import json
import os
import statistics
import sys
from dataclasses import dataclass

from measure import Failed, Foreign, Peer, run
from report import say

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 600  # seconds that a repetition of the peer may take
OPERATIONS = 8e9  # of an epoch, about: how many rows are taken
STEPS, ROWS = (10, 1500), 60_000  # at least and at most
BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]
WIDTHS = [64, 128, 256, 512, 1024, 2048, 4096]
DEPTHS = [1, 2, 3, 5, 8, 12, 16, 20]


@dataclass
class Point:
    grows: str
    value: int
    hidden: list[int]
    batch: int = 32

    @property
    def name(self):
        return f"{self.grows}-{self.value}"

    @property
    def rows(self):
        """Whole batches."""
        sizes = [784, *self.hidden, 10]
        weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
        fewest, most = STEPS
        steps = min(most, max(fewest, int(OPERATIONS / (6 * weights) / self.batch)))
        return min(steps, ROWS // self.batch) * self.batch

    @property
    def layers(self):
        return " ".join(f"dense:{units} relu" for units in self.hidden) + " dense:10"


POINTS = ([Point("batch", batch, [300, 100], batch) for batch in BATCHES]
          + [Point("width", width, [width, width]) for width in WIDTHS]
          + [Point("depth", depth, [300] * depth) for depth in DEPTHS])


def measure(point, options):
    """Microseconds a row of ours and of PyTorch, round by round, and how busy others were."""
    folder = f"{options.out}/growth/{point.name}"
    os.makedirs(folder, exist_ok=True)
    run(f"nn-split --quiet --take {point.rows} {options.out}/train.st --output {folder}/train.st")
    run(f"nn-init --input 784 --init he_uniform --seed 1 {point.layers} --output {folder}/T1.init.st")
    training = ["--batch", str(point.batch), "--optimizer", "sgd", "--lr", "0.001", "--threads", str(options.threads)]
    peer = Peer([options.peers, f"{HERE}/peers", "T1", "torch", "--out", folder, *training], PATIENCE)
    foreign, ours, theirs = Foreign(), [], []
    for _ in range(options.rounds):
        run(f"nn-train --quiet --epochs 2 --batch-size {point.batch} --optimizer sgd --lr 0.001 "
            f"--threads {options.threads} --log {folder}/log.jsonl --output {folder}/trained.st "
            f"{folder}/T1.init.st {folder}/train.st")
        with open(f"{folder}/log.jsonl") as file:
            ours.append(json.loads(file.readlines()[-1])["seconds"] / point.rows * 1e6)
        theirs.append(peer.repeat() / point.rows * 1e6)
    peer.end()
    for name in os.listdir(folder):
        os.remove(f"{folder}/{name}")
    return ours, theirs, foreign.processors()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("grows", nargs="*", metavar="batch|width|depth")
    parser.add_argument("--out", default="out/bench", help="folder of the files that bench.mk made")
    parser.add_argument("--peers", metavar="PYTHON", required=True, help="a Python that has PyTorch")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    unknown = set(options.grows) - {"batch", "width", "depth"}
    if unknown:
        parser.error(f"unknown: {' '.join(sorted(unknown))}")
    behind = []
    print(f"{'':10}  {'rows':>6}  {'nn us/row':>10}  {'torch us/row':>12}  {'ratio':>6}  others busy")
    with open(f"{options.out}/growth.jsonl", "a") as results:
        for point in POINTS:
            if options.grows and point.grows not in options.grows:
                continue
            say(f"growth: {point.name}")
            try:
                ours, theirs, foreign = measure(point, options)
            except Failed as failure:
                sys.exit(f"growth.py: {point.name}: {failure}")
            a, b = statistics.median(ours), statistics.median(theirs)
            print(f"{point.grows:5} {point.value:4}  {point.rows:6}  {a:10.2f}  {b:12.2f}  {a / b:6.3f}  {foreign:.2f}",
                  flush=True)
            results.write(json.dumps(dict(grows=point.grows, value=point.value, rows=point.rows,
                                          threads=options.threads, nn=ours, torch=theirs)) + "\n")
            if a >= b:
                behind.append(point.name)
    print(f"\nbehind: {', '.join(behind)}" if behind else "\nahead everywhere")


if __name__ == "__main__":
    main()
