"""One peer as a process that the driver (../run.py) starts and asks for one repetition after the other.

    python bench/peers T1 jax --out out/bench --data FOLDER [--threads 2] [--batch 32 --optimizer sgd --lr 0.01]
    python bench/peers --versions

It loads its data, does the work once, with all compiling that this takes, and writes a JSON line: {"result": ...}.
For each line on standard input it does the work again and writes {"seconds": ...}; at the end of the input it ends.
With --once it ends after the first time.
"""
import argparse
import json
import os
import sys
import time

SHORT = 0.3  # seconds: work that takes less is repeated within a repetition, and its mean told
LONG = 10.0  # seconds: work that takes more the first time is not done once more before it is timed


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", nargs="?")
    parser.add_argument("peer", nargs="?")
    parser.add_argument("--data", help="folder of Fashion-MNIST's four files")
    parser.add_argument("--out", help="folder of the files that bench.mk made")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--optimizer", choices=["sgd", "momentum", "adam"])
    parser.add_argument("--lr", type=float)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--versions", action="store_true", help="tell the versions of all packages")
    return parser.parse_args()


def versions():
    from importlib.metadata import PackageNotFoundError, version
    found = {"python": sys.version.split()[0]}
    for package in ("torch", "jax", "keras", "tensorflow-cpu", "numpy", "scikit-learn", "onnxruntime", "polars", "pandas"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def tell(**members):
    print(json.dumps(members), flush=True)


def main():
    job = arguments()
    if job.versions:
        return tell(**versions())
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
        os.environ[name] = str(job.threads)
    # The modules of the peers import their libraries only in the functions that need them.
    import peers_images
    import peers_jax
    import peers_others
    import peers_torch
    known = {**peers_torch.PEERS, **peers_images.PEERS, **peers_jax.PEERS, **peers_others.PEERS}
    work = known[job.workload, job.peer](job)
    start = time.perf_counter()
    tell(result=work())
    seconds = time.perf_counter() - start
    if job.once:
        return
    if seconds < LONG:  # what was compiled and loaded in it may be the most of that
        start = time.perf_counter()
        work()
        seconds = time.perf_counter() - start
    times = max(1, int(SHORT / seconds))
    for _ in sys.stdin:
        start = time.perf_counter()
        for _ in range(times):
            work()
        tell(seconds=(time.perf_counter() - start) / times)


main()
