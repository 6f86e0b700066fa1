"""The table and the JSON lines."""
import json
import statistics
import sys

COLUMNS = ["", "", "steps s", "process s", "MB", "ratio", "spread", "of sgemm", "goal", ""]

EXPLANATION = """
steps: T: of the epoch by nn-train's log; P: the process less the same with one row; D, S, E: the process. A peer's
steps are timed in a process that has its data in memory and did the work before; its process is loading and the first
time. ratio: ours / peer, of the steps' medians, and its spread over the rounds; the goal is for the best peer."""


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Measured:
    """What one program took for one workload, round by round."""

    def __init__(self, workload, program, options):
        self.workload, self.program, self.threads = workload, program, options.threads
        self.seconds, self.process, self.megabytes = [], [], []
        self.result, self.failure, self.notes = None, None, None

    def add(self, seconds, process, megabytes):
        self.seconds.append(seconds)
        self.process.append(process)
        self.megabytes.append(megabytes)

    @property
    def median(self):
        return statistics.median(self.seconds)

    @property
    def peak(self):
        return max(self.megabytes)

    def members(self):
        found = dict(workload=self.workload, program=self.program, threads=self.threads, seconds=self.seconds,
                     process=self.process, megabytes=round(self.peak, 1), result=self.result, notes=self.notes)
        return {key: value for key, value in found.items() if value is not None}


class Report:
    def __init__(self, machine, options):
        self.lines, self.notes = [], []
        self.file = open(f"{options.out}/results.jsonl", "a")
        self.machine = machine
        self.write(machine=machine)

    def write(self, **members):
        self.file.write(json.dumps(members) + "\n")
        self.file.flush()

    def failed(self, found):
        say(f"{found.workload}: {found.program}: {found.failure}")
        self.notes.append(f"{found.workload}: {found.program} failed: {found.failure}")
        self.write(workload=found.workload, program=found.program, failure=found.failure)

    def add(self, workload, ours, peers, limit, foreign):
        """Enters a workload: ours on a line, each peer on a line with the ratio of our time to its own."""
        for found in [ours, *peers]:
            self.write(**found.members(), foreign=round(foreign, 2), **({"sgemm": limit} if limit else {}))
        share = f"{workload.operations / ours.median / limit:.0%}" if limit and workload.operations else ""
        goal, met = self.absolute_goal(workload, ours)
        self.lines.append([workload.name, "nn", f"{ours.median:.4f}", f"{statistics.median(ours.process):.4f}",
                           f"{ours.peak:.0f}", "", "", share, goal, met])
        best = min(peers, key=lambda peer: peer.median) if peers else None
        for peer in peers:
            ratio = ours.median / peer.median
            each = [a / b for a, b in zip(ours.seconds, peer.seconds)]
            goal = f"<= {workload.goal:g}" if peer is best and not workload.goal_seconds else ""
            met = ("met" if ratio <= workload.goal else "MISSED") if goal else ""
            self.lines.append(["", peer.program, f"{peer.median:.4f}", f"{statistics.median(peer.process):.4f}",
                               f"{peer.peak:.0f}", f"{ratio:.3f}", f"{min(each):.3f}-{max(each):.3f}", "", goal, met])
            self.check(workload, ours, peer)
        if foreign > 0.1:
            self.notes.append(f"{workload.name}: others kept {foreign:.2f} processors busy meanwhile")

    @staticmethod
    def absolute_goal(workload, ours):
        if workload.goal_seconds:
            return f"<= {workload.goal_seconds:g} s", "met" if ours.median <= workload.goal_seconds else "MISSED"
        if workload.goal_megabytes:
            return f"<= {workload.goal_megabytes:g} MB", "met" if ours.peak <= workload.goal_megabytes else "MISSED"
        return "", ""

    def check(self, workload, ours, peer):
        """The guard that both did the same: losses of the first epoch, or probabilities."""
        if not workload.tolerance or peer.result is None:
            return
        difference = abs(peer.result / ours.result - 1) if ours.result else peer.result
        if difference > workload.tolerance:
            self.notes.append(f"{workload.name}: {peer.program} found something else: {difference:.2g} off")

    def print(self):
        peers = self.machine.get("peers", {})
        print(f"{self.machine['processor']}, {self.machine['processors']} processors, {self.machine['system']}; "
              f"{self.machine['threads']} threads; {self.machine['nn']}")
        if peers:
            print(", ".join(f"{name} {version or 'missing'}" for name, version in peers.items()))
        print()
        widths = [max(len(line[i]) for line in [COLUMNS, *self.lines]) for i in range(len(COLUMNS))]
        for line in [COLUMNS, *self.lines]:
            cells = [cell.ljust(width) if i < 2 or i > 7 else cell.rjust(width)
                     for i, (cell, width) in enumerate(zip(line, widths))]
            print("  ".join(cells).rstrip())
        print(EXPLANATION)
        for note in self.notes:
            print(note)
