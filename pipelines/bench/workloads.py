"""What is measured: for each workload our commands, the peers, the arithmetic it takes and the goal."""
from dataclasses import dataclass, field

ROWS, TEST_ROWS = 60_000, 10_000

# Weights of the dense layers, by which the arithmetic is counted.
T1 = [784 * 300, 300 * 100, 100 * 10]
T3 = [784 * 256, 256 * 256, 256 * 10]
T4 = [784 * 1024, 1024 * 1024, 1024 * 10]
# Multiply-adds of the layers with weights, as nn-show tells them; convolutions are counted by the sum over their taps.
T5 = [26 * 26 * 32 * 9, 24 * 24 * 64 * 9 * 32, 9216 * 128, 128 * 10]
T6 = ([32 * 32 * 16 * 9 * 3] + 6 * [32 * 32 * 16 * 9 * 16]
      + [16 * 16 * 32 * 9 * 16, 16 * 16 * 32 * 16] + 5 * [16 * 16 * 32 * 9 * 32]
      + [8 * 8 * 64 * 9 * 32, 8 * 8 * 64 * 32] + 5 * [8 * 8 * 64 * 9 * 64] + [640])


def epoch(weights, rows=ROWS):
    """Floating-point operations of an epoch: forward, weight gradient, and input gradient but for the first layer."""
    return rows * (4 * sum(weights) + 2 * sum(weights[1:]))


def forward(weights, rows=TEST_ROWS):
    return rows * 2 * sum(weights)


def whitening(components):
    """Covariance, of which half is computed, and the transform; the eigenvectors are not counted."""
    return ROWS * (784 * 784 + 2 * 784 * components)


@dataclass
class Workload:
    name: str
    title: str
    command: str  # for bash, or without pipes run as it is; {out}, {data}, {threads} are filled in
    peers: list[str]
    goal: float  # the largest ratio of our time to the best peer's
    operations: float = 0
    # Where the seconds of the steps come from: "log", the epoch's in the log of nn-train; "less one row", the process
    # less the same with one row of data (start-up and reading the model); "process", all of the process.
    clock: str = "process"
    training: list[str] = field(default_factory=list)  # options of the peers' processes
    rows: int = ROWS  # of which the peers, who drop the last partial batch, do this many
    all_rows: int = ROWS
    tolerance: float = 0  # of the peers' check against ours
    fresh: bool = False  # whether the peers, too, are a new process each time
    goal_seconds: float = 0
    goal_megabytes: float = 0


def training(name, title, batch, optimizer, rate, peers, goal, operations, rows=ROWS, data="train"):
    network = name.removesuffix("a")
    return Workload(
        name, title,
        f"nn-train --quiet --epochs 1 --batch-size {batch} --optimizer {optimizer} --lr {rate} --threads {{threads}} "
        f"--log {{out}}/log.jsonl --output {{out}}/trained.st {{out}}/{network}.init.st {{out}}/{data}.st",
        peers, goal, operations, clock="log", rows=rows // batch * batch, all_rows=rows, tolerance=0.05,
        training=["--batch", str(batch), "--optimizer", optimizer, "--lr", str(rate)])


def prediction(name, title, options, peers, goal, operations, model="T1", tolerance=1e-5):
    return Workload(
        name, title, f"nn-predict --quiet --threads {{threads}} {options} {{out}}/{model}.st {{out}}/{{rows}}.st",
        peers, goal, operations, clock="less one row", tolerance=tolerance)


MEMBERS = " ".join(f"{{out}}/member.{i}.st" for i in range(10))
TRAIN_T1 = "--batch-size 32 --optimizer sgd --lr 0.01 --quiet"
LAYERS_T1 = "--input 784 --init glorot_uniform dense:300 relu dense:100 relu dense:10"
TRAIN_FILES = "{data}/train-images-idx3-ubyte.gz {data}/train-labels-idx1-ubyte.gz"
TEST_FILES = "{data}/t10k-images-idx3-ubyte.gz {data}/t10k-labels-idx1-ubyte.gz"

WORKLOADS = [
    training("T1", "784-300-100-10 relu, SGD, batch 32, an epoch of 60,000 rows", 32, "sgd", 0.01,
             ["torch", "torch-compile", "jax"], 0.5, epoch(T1)),
    training("T2", "T1 with batch norm before each dense layer", 32, "sgd", 0.01,
             ["torch", "torch-compile", "jax"], 0.5, epoch(T1)),
    training("T3", "784-256-256-10, dropout 0.2 and 0.5, SGD, batch 256", 256, "sgd", 0.5,
             ["torch", "torch-compile", "jax"], 0.75, epoch(T3)),
    training("T3a", "T3 with Adam", 256, "adam", 0.001, ["torch", "torch-fused", "jax"], 0.75, epoch(T3)),
    training("T4", "784-1024-1024-10, Adam, batch 1024", 1024, "adam", 0.001,
             ["torch", "torch-fused", "jax"], 0.94, epoch(T4)),
    training("T5", "two convolutions, pooling, two dense layers on 28x28, Adam, batch 64, 10,000 images", 64, "adam", 0.001,
             ["torch", "torch-fused", "torch-channels-last", "torch-compile", "keras"], 0.7, epoch(T5, 10_000),
             rows=10_000, data="T5.train"),
    training("T6", "ResNet-20 on 32x32x3, momentum, batch 64, 2,000 images", 64, "momentum", 0.1,
             ["torch", "torch-fused", "torch-channels-last", "torch-compile"], 0.5, epoch(T6, 2000), rows=2000,
             data="T6.train"),
    prediction("P1", "T1's network predicts 10,000 rows, batch 256", "--batch-size 256", ["torch", "onnxruntime"],
               1.0, forward(T1)),
    prediction("P1s", "the same one row at a time", "--batch-size 1", ["torch", "onnxruntime"], 0.7, forward(T1)),
    prediction("P2", "Monte-Carlo dropout, 100 passes, 10,000 rows, T3's network", "--mc 100", ["torch", "jax"], 0.2,
               forward(T3[:1]) + 100 * forward(T3[1:]), model="T3", tolerance=0.01),
    Workload("P3", "ten of T1's networks, averaged, 10,000 rows",
             f"nn-predict --quiet --threads {{threads}} {MEMBERS} {{out}}/{{rows}}.st | nn-ensemble --quiet",
             ["torch", "jax"], 0.9, 10 * forward(T1), clock="less one row", tolerance=1e-5),
    Workload("D1a", "100 principal components of 60,000 x 784, whitened",
             "nn-prep --quiet --pca 100 --whiten --threads {threads} {out}/train.st",
             ["torch", "numpy", "scikit-learn"], 0.8, whitening(100)),
    Workload("D1b", "the same, all 784",
             "nn-prep --quiet --pca 784 --whiten --threads {threads} {out}/train.st",
             ["torch", "numpy", "scikit-learn"], 0.8, whitening(784)),
    Workload("D2", "60,000 x 784 standardised",
             "nn-prep --quiet --center --scale --threads {threads} {out}/train.st", ["torch", "scikit-learn"], 0.5),
    Workload("D3", "CSV of 60,000 x 785 integers to floats", "nn-import --quiet --no-header {out}/images.csv",
             ["pandas", "polars"], 0.5),
    Workload("D4", "gzip IDX of 60,000 images to memory", "nn-import --quiet {data}/train-images-idx3-ubyte.gz",
             ["numpy"], 1.0),
    Workload("S1", "start-up: --version of the slowest tool, import of the library", "{tool} --version",
             ["torch", "numpy", "jax", "sklearn"], 1.0, fresh=True, goal_seconds=0.01),
    Workload("S2", "all of it: gzip, standardise, three epochs of T1, save, predict the test rows",
             f"nn-import --quiet {TRAIN_FILES} | nn-prep --quiet --flatten --center --scale --threads {{threads}} "
             f"| nn-train {TRAIN_T1} --epochs 3 --threads {{threads}} <(nn-init {LAYERS_T1}) - --output {{out}}/S2.st "
             f"&& nn-import --quiet {TEST_FILES} | nn-predict --quiet {{out}}/S2.st - --output {{out}}/S2.p.st",
             ["torch", "jax"], 0.35, 3 * epoch(T1), fresh=True, goal_megabytes=400),
    Workload("E1", "ten of T1's networks, two epochs each",
             f"nn-import --quiet {TRAIN_FILES} "
             f"| nn-prep --quiet --flatten --minmax --per all --output {{out}}/E1.data.st "
             f"&& seq 10 | xargs -P {{threads}} -I% bash -c 'nn-init {LAYERS_T1} --seed % | nn-train {TRAIN_T1} "
             f"--epochs 2 --threads 1 --seed % - {{out}}/E1.data.st --output {{out}}/E1.%.st'",
             ["torch", "torch-pool"], 0.5, 20 * epoch(T1), fresh=True),
]
TOOLS = ["nn-import", "nn-export", "nn-split", "nn-prep", "nn-init", "nn-show", "nn-train", "nn-freeze", "nn-predict",
         "nn-ensemble", "nn-eval"]
