"""A bar on the terminal for work that takes a while. Where nobody watches, nothing is written."""

from __future__ import annotations

import sys
from types import TracebackType

from towpath.project.terminal import plain

_WIDTH = 24


class Progress:
    """`next` begins one of `steps`; `tell` says what is being done within it."""

    def __init__(self, steps: int) -> None:
        self.steps, self.done, self.written = steps, -1, 0
        self.watched = sys.stderr.isatty()

    def next(self, what: str) -> None:
        self.done += 1
        self.tell(what)

    def tell(self, what: str) -> None:
        if not self.watched:
            return
        full = _WIDTH * max(0, self.done) // self.steps
        shown = f"[{'█' * full}{'·' * (_WIDTH - full)}] {plain(what)}"[:100]
        print(f"\r{shown:<{self.written}}", end="", file=sys.stderr, flush=True)
        self.written = len(shown)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.watched:
            print(f"\r{'':<{self.written}}\r", end="", file=sys.stderr, flush=True)
