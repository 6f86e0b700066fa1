"""Processes and what they cost: seconds, peak memory, and how busy others kept the machine."""
import json
import os
import select
import signal
import subprocess
import threading
import time
from dataclasses import dataclass

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Run:
    seconds: float
    megabytes: float


class Failed(Exception):
    """A process that failed, with what it said last."""


def run(command, several=False):
    """Runs a list of words, or a string by bash: its seconds, and its peak of resident memory.

    The kernel tells the peak, though nothing below that of this driver, some 12 MB. Of several processes side by side
    the sum is sampled, so pages that they share count for each.
    """
    start = time.perf_counter()
    process = subprocess.Popen(["bash", "-o", "pipefail", "-c", command] if isinstance(command, str) else command,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               start_new_session=True)
    sampler = Sampler(process.pid) if several else None
    try:
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGTERM)
        raise
    finally:
        seconds = time.perf_counter() - start
        sampled = sampler.stop() if sampler else 0
    process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{command}: status {process.returncode}: {said.decode().strip()[-300:]}")
    return Run(seconds, max(sampled, usage.ru_maxrss / 1024))


class Sampler:
    """The largest sum of resident memory over the processes of a session, looked at every 10 ms."""

    def __init__(self, session):
        self.session, self.peak, self.ended = session, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.ended.wait(0.01):
            self.peak = max(self.peak, sum(map(self.resident, filter(str.isdigit, os.listdir("/proc")))))

    def resident(self, process):
        try:
            with open(f"/proc/{process}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return 0
        return int(fields[21]) * PAGE / 2**20 if int(fields[3]) == self.session else 0

    def stop(self):
        self.ended.set()
        self.thread.join()
        return self.peak


class Peer:
    """A peer's process (peers/__main__.py): prepared and warm, it does its work once each time it is asked."""

    def __init__(self, command, patience):
        self.patience = patience
        start = time.perf_counter()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        start_new_session=True)
        self.said = b""
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        self.result = self.answer()["result"]
        self.first = time.perf_counter() - start  # of a whole process that does the work once

    def listen(self):
        for line in self.process.stderr:
            self.said = (self.said + line)[-2000:]

    def answer(self):
        ready, _, _ = select.select([self.process.stdout], [], [], self.patience)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            self.end(by_force=not ready)
            reason = self.said.decode().strip().split("\n")[-1][-200:]
            raise Failed(reason if ready else f"nothing within {self.patience} seconds")
        return json.loads(line)

    def repeat(self):
        """The seconds of one repetition, by the peer's own clock."""
        try:
            self.process.stdin.write(b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has died; there will be no answer
        return self.answer()["seconds"]

    def end(self, by_force=False):
        """Ends the process; its peak of resident memory in MB."""
        if by_force:
            os.killpg(self.process.pid, signal.SIGKILL)
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.listener.join()
        return usage.ru_maxrss / 1024


def waiting_megabytes(command):
    """The memory of a tool that has started and waits for its input."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.1)
    try:
        with open(f"/proc/{process.pid}/status") as file:
            peak = next(line for line in file if line.startswith("VmHWM"))
    finally:
        process.stdin.close()
        process.wait()
    return int(peak.split()[1]) / 1024


class Foreign:
    """How many processors others kept busy since this was made."""

    def __init__(self):
        self.start = self.now()

    @staticmethod
    def now():
        with open("/proc/stat") as file:
            fields = [int(value) for value in file.readline().split()[1:9]]  # with what the host stole
        times = os.times()
        own = times.user + times.system + times.children_user + times.children_system
        return time.perf_counter(), (sum(fields) - fields[3] - fields[4]) / TICK - own

    def processors(self):
        (start, before), (end, after) = self.start, self.now()
        return max(0.0, (after - before) / (end - start))
