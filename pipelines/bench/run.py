"""Runs workloads and their peers in turn, and prints a table; bench.mk makes the files that it reads.

    python3 bench/run.py --data FOLDER --out out/bench [--peers PYTHON] [--rounds 5] [--threads 2] [WORKLOAD ...]
    python3 bench/run.py --list

A round runs ours and then each peer. A peer's seconds are those of its steps, in a process that has loaded, compiled
and run the work before; ours are of a process that has not (see `clock` in workloads.py). Ratios are those of medians.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

from measure import Failed, Foreign, Peer, run, waiting_megabytes
from report import Measured, Report, say
from workloads import TOOLS, WORKLOADS

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 600  # seconds that a peer may take for one repetition
REPEATED = 0.5  # seconds: short commands are repeated within a round for about so long, and their mean taken
PAUSE = 0.2  # seconds between two programs: threads of the one before may spin for a while
SGEMM_OPERATIONS = 2 * 2048**3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD")
    parser.add_argument("--list", action="store_true", help="the workloads, a line each")
    parser.add_argument("--data", default="data/fashion-mnist", help="folder of Fashion-MNIST's four files")
    parser.add_argument("--out", default="out/bench", help="folder of the files that bench.mk made")
    parser.add_argument("--peers", metavar="PYTHON", help="a Python that has the peers; without it ours runs alone")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    known = {workload.name: workload for workload in WORKLOADS}
    unknown = [name for name in options.workloads if name not in known]
    if unknown:
        parser.error(f"unknown workload {unknown[0]}; there are {' '.join(known)}")
    options.workloads = [known[name] for name in options.workloads] or WORKLOADS
    return options


class Ours:
    """The tools' side of a workload."""

    def __init__(self, workload, options):
        self.workload, self.options, self.times = workload, options, 1
        if workload.name.startswith("P"):
            run(f"{self.command()} > {options.out}/{workload.name}.p.st")  # what the peers check theirs against

    def command(self, **values):
        values = dict(out=self.options.out, data=self.options.data, threads=self.options.threads, rows="test") | values
        return self.workload.command.format(**values)

    def repeated(self, command):
        """The mean of a command's seconds over as many runs as make a measurable time, and its peak of memory."""
        pipeline = bool(set(command) & set("|&<>"))
        words, runs = command if pipeline else command.split(), []
        while sum(each.seconds for each in runs) < REPEATED:
            runs.append(run(words, several=pipeline))
        return statistics.mean(each.seconds for each in runs), max(each.megabytes for each in runs)

    def measure(self, found):
        if self.workload.name == "S1":
            return self.start_up(found)
        whole, megabytes = self.repeated(self.command())
        seconds = whole
        if self.workload.clock == "log":
            with open(f"{self.options.out}/log.jsonl") as file:
                epoch = json.loads(file.readlines()[-1])
            seconds, found.result = epoch["seconds"], epoch["loss"]
        elif self.workload.clock == "less one row":
            seconds = whole - self.repeated(self.command(rows="one"))[0]
        found.add(seconds, whole, megabytes)

    def start_up(self, found):
        each = {tool: self.repeated(self.command(tool=tool))[0] for tool in TOOLS}
        found.notes = {tool: [round(seconds, 6), os.path.getsize(shutil.which(tool))] for tool, seconds in each.items()}
        found.add(max(each.values()), max(each.values()), waiting_megabytes(["nn-train", "-"]))


class Theirs:
    """One peer's side of a workload."""

    def __init__(self, workload, peer, options):
        self.workload = workload
        self.command = [options.peers, f"{HERE}/peers", workload.name, peer, "--data", options.data,
                        "--out", options.out, "--threads", str(options.threads), *workload.training]
        if workload.name == "S1":
            self.command = [options.peers, "-c", f"import {peer}"]
        elif workload.fresh:
            self.command.append("--once")
        self.process = None if workload.fresh else Peer(self.command, PATIENCE)

    def measure(self, found):
        if self.process:
            # The last partial batch is dropped: what the whole would have taken.
            scale = self.workload.all_rows / self.workload.rows
            found.result = self.process.result
            found.add(self.process.repeat() * scale, self.process.first, 0)
        else:
            each = run(self.command, several=True)
            found.add(each.seconds, each.seconds, each.megabytes)

    def end(self, found):
        if self.process:
            found.megabytes = [self.process.end()]


class Limit:
    """The rate of a large matrix product, measured beside a workload."""

    def __init__(self, options):
        threads = ["--threads", str(options.threads)]
        self.process = Peer([options.peers, f"{HERE}/peers", "sgemm", "numpy", *threads], PATIENCE)

    def measure(self, found):
        found.add(self.process.repeat(), self.process.first, 0)

    def end(self, found):
        found.megabytes = [self.process.end()]


def measure(workload, options, report):
    """Measures one workload: starts the peers, lets all sides take turns, ends the peers."""
    foreign, sides = Foreign(), []

    def attempt(found, action):
        try:
            return action()
        except Failed as failure:
            found.failure = str(failure)
            report.failed(found)

    def start(program, side):
        say(f"{workload.name}: {program} prepares")
        found = Measured(workload.name, program, options)
        sides.append((attempt(found, side), found))
        return found

    ours, own = Ours(workload, options), Measured(workload.name, "nn", options)
    peers, limit = [], None
    if options.peers:
        peers = [start(peer, lambda: Theirs(workload, peer, options)) for peer in workload.peers]
        limit = start("sgemm", lambda: Limit(options)) if workload.operations else None
    for number in range(options.rounds):
        say(f"{workload.name}: round {number + 1} of {options.rounds}")
        ours.measure(own)
        for side, found in sides:
            if not found.failure:
                time.sleep(PAUSE)
                attempt(found, lambda: side.measure(found))
        time.sleep(PAUSE)
    for side, found in sides:
        if not found.failure:
            side.end(found)
    rate = SGEMM_OPERATIONS / min(limit.seconds) if limit and not limit.failure else None
    report.add(workload, own, [found for found in peers if not found.failure], rate, foreign.processors())


def machine(options):
    """What was found here: processor, system, versions."""
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")
    found = {"processor": model, "processors": os.cpu_count(), "threads": options.threads,
             "system": f"{os.uname().sysname} {os.uname().release}",
             "nn": subprocess.run(["nn-train", "--version"], capture_output=True, text=True).stdout.strip()}
    if options.peers:
        found["peers"] = json.loads(subprocess.run([options.peers, f"{HERE}/peers", "--versions"],
                                                   capture_output=True, text=True, check=True).stdout)
    return found


def main():
    options = arguments()
    if options.list:
        for workload in WORKLOADS:
            print(f"{workload.name:4} {workload.title}")
        return
    if not shutil.which("nn-train"):
        sys.exit("run.py: nn-train is not on PATH")
    if options.peers and not os.access(options.peers, os.X_OK):
        say(f"{options.peers} is missing: ours is measured alone")
        options.peers = None
    if options.threads < os.cpu_count():
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:options.threads])
    report = Report(machine(options), options)
    try:
        for workload in options.workloads:
            measure(workload, options, report)
    except (KeyboardInterrupt, Failed) as end:
        sys.exit(f"run.py: stopped: {end or 'interrupted'}")
    finally:
        report.print()  # what there is, when it was stopped


if __name__ == "__main__":
    main()
