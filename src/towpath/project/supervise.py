"""Runs named child processes together: starts them, restarts one that dies, stops them all.

Each child has a session of its own, so Ctrl-C reaches only us and we stop them in reverse order. Should we be
killed ourselves, Linux tells the children (parent-death signal); elsewhere they would stay.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

PAUSE = 0.05  # seconds between two looks
TRIES = 6  # deaths in a row, without being ready in between, before we give up
FIRST_TRIES = 2  # the same for one that was never ready: it is broken rather than unlucky
LONGEST_WAIT = 8.0  # seconds before another try
STEADY = 1.0  # seconds; one that lived longer is started again at once
HEED = 4.0  # seconds that a child has to stop
LOG_LIMIT = 5_000_000  # bytes; a longer log moves aside at the next start
PR_SET_PDEATHSIG = 1

Say = Callable[[str], None]


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, or a signal."""


class RunError(Exception):
    """A child doesn't come up, or a step went wrong; the text holds the end of its log."""


@dataclass(frozen=True)
class Child:
    """`ready` is asked again and again, must not raise and must answer within a second or so."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(repr=False)
    ready: Callable[[], bool]
    before: Callable[[], None] = lambda: None  # runs before each start
    options: Mapping[str, Any] = field(default_factory=dict)  # of subprocess.Popen
    end: signal.Signals = signal.SIGTERM  # how it is asked to stop
    patience: float = 60.0  # seconds until it must be ready
    cwd: Path | None = None


@dataclass
class _Run:
    child: Child
    process: subprocess.Popen[bytes]
    since: float
    ready: bool = False
    ever_ready: bool = False
    deaths: int = 0
    again_at: float | None = None  # dead, to be started then


class Supervisor:
    """Use as a context: leaving it stops everything that it started."""

    def __init__(
        self, logs: Path, say: Say, changed: Callable[[dict[str, int]], None] = lambda _: None
    ) -> None:
        self.logs = logs
        self.say = say
        self.changed = changed  # told the process ids after each start
        self._runs: list[_Run] = []
        self._stopping = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._asked)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            for number, former in self._before.items():
                signal.signal(number, former)

    def start(self, *children: Child) -> None:
        """Starts them together; returns when these and the earlier ones are ready, RunError when one is not."""
        for child in children:
            self._begin(child)
        self._tell()
        while waiting := [run for run in self._runs if not run.ready]:
            self._look()
            for run in waiting:
                self._expect(run)
            self._pause()

    def step(
        self, name: str, command: Sequence[str], env: Mapping[str, str], cwd: Path | None = None
    ) -> None:
        """Runs one command to its end, showing its lines; RunError when it ends badly."""
        child = Child(name, command, env, ready=lambda: True, cwd=cwd)
        log = self._log(child)
        begin, process = log.stat().st_size if log.exists() else 0, self._spawn(child)
        run = _Run(child, process, time.monotonic())
        self._runs.append(run)  # so that it is stopped with the others
        with log.open(errors="replace") as text:
            text.seek(begin)
            while True:
                ended = process.poll() is not None
                for line in text:
                    self.say(f"  {name}: {line.rstrip()}")
                if ended:
                    break
                self._pause()
        self._runs.remove(run)
        if process.returncode:
            raise RunError(f"{name} ended with {_ending(process.returncode)}; see {log}")

    def watch(self) -> None:
        """Keeps all alive until it is told to stop (Stopped), or one can't be kept alive (RunError)."""
        while True:
            self._look()
            self._pause(0.2)

    def stop(self) -> None:
        """In reverse order; a child that does not heed is killed with all its own children."""
        self._stopping = True
        while self._runs:
            run = self._runs.pop()
            if run.process.poll() is None:
                self._end(run)
            _kill_rest(run.process.pid)

    def _end(self, run: _Run) -> None:
        with contextlib.suppress(ProcessLookupError):
            run.process.send_signal(run.child.end)
        try:
            run.process.wait(timeout=HEED)
        except subprocess.TimeoutExpired:
            self.say(f"{run.child.name} does not stop; killed")
            run.process.kill()
            run.process.wait()

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _pause(self, seconds: float = PAUSE) -> None:
        deadline = time.monotonic() + seconds
        while not self._stopping and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, PAUSE))
        if self._stopping:
            raise Stopped

    def _begin(self, child: Child) -> None:
        self.say(f"{child.name}: starting")
        self._runs.append(_Run(child, self._spawn(child), time.monotonic()))

    def _look(self) -> None:
        now = time.monotonic()
        for run in self._runs:
            if run.again_at is not None:
                if now >= run.again_at:
                    self._again(run)
            elif run.process.poll() is not None:
                self._dead(run, now)
            elif not run.ready and run.child.ready():
                run.ready = run.ever_ready = True
                self.say(f"{run.child.name}: ready ({time.monotonic() - run.since:.1f} s)")

    def _dead(self, run: _Run, now: float) -> None:
        _kill_rest(run.process.pid)
        told, lived = _ending(run.process.returncode), now - run.since
        # Killed from outside, it says nothing against the child.
        blameless = run.ready or run.process.returncode == -signal.SIGKILL
        run.deaths = 0 if blameless else run.deaths + 1
        if run.deaths >= (TRIES if run.ever_ready else FIRST_TRIES):
            raise RunError(
                f"{run.child.name} ended {run.deaths} times, now with {told}.\n{self._end_of_log(run.child)}"
            )
        wait = 0.0 if run.ready and lived > STEADY else min(0.5 * 2 ** max(run.deaths - 1, 0), LONGEST_WAIT)
        run.ready, run.again_at = False, now + wait
        self.say(
            f"{run.child.name}: ended with {told}; starting it again" + (f" in {wait:g} s" if wait else "")
        )

    def _again(self, run: _Run) -> None:
        run.process, run.since, run.again_at = self._spawn(run.child), time.monotonic(), None
        self._tell()

    def _expect(self, run: _Run) -> None:
        if not run.ready and time.monotonic() - run.since > run.child.patience:
            raise RunError(
                f"{run.child.name} is not ready after {run.child.patience:g} s.\n{self._end_of_log(run.child)}"
            )

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        child.before()
        log = self._log(child)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as out:
            return subprocess.Popen(
                list(child.command),
                env=dict(child.env),
                cwd=child.cwd or "/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=_die_with_us(child.end),
                **child.options,
            )

    def _tell(self) -> None:
        self.changed({run.child.name: run.process.pid for run in self._runs})

    def _log(self, child: Child) -> Path:
        return self.logs / f"{child.name}.log"

    def _end_of_log(self, child: Child) -> str:
        log = self._log(child)
        last = log.read_text(errors="replace").strip().splitlines()[-12:]
        return "\n".join([f"The end of {log}:", *(f"  {line}" for line in last)])


def _die_with_us(end: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc, us = ctypes.CDLL(None), os.getpid()

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(end))
        if os.getppid() != us:  # we died before the kernel was asked
            os.kill(os.getpid(), end)

    return ask_kernel


def _kill_rest(group: int) -> None:
    """What a child leaves behind (the workers of a killed server) would keep its port."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
