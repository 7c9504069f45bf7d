"""What can go wrong, and what is only doubtful.

MiningError     all of the below
  LogError      a file or its rows can't be taken; `problems` says which and why. Nothing of it was kept
  StoreError    the file is not a store of ours, or of another version, or somebody else writes to it
  RoomError     the disk or the memory is full; nothing of what was begun is kept
  QuestionError a filter or question names a column, activity or unit that this log does not have
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong or doubtful in a log. `where` is a line, an event or "" for the whole file.

    `times`: how many rows have it; `where` is then the first of them. `kind` is a fixed word for programs.
    `bad`: these rows can't be taken; otherwise they are taken and only doubtful. As text it is one line, whatever
    stands in the file: line ends and other control characters are shown as �.
    """

    kind: str
    what: str
    where: str = ""
    times: int = 1
    bad: bool = False

    def __str__(self) -> str:
        return _CONTROL.sub("�", f"{self.where}: {self.what}" if self.where else self.what)


class MiningError(ValueError):
    """The root of this engine's errors."""


class LogError(MiningError):
    """A log is refused. Each problem tells what is wrong, where, and what would be right."""

    def __init__(self, problems: Iterable[Problem], file: str = "") -> None:
        self.problems = tuple(problems)
        self.file = file
        shown = [str(one) for one in self.problems[:20]]
        if len(self.problems) > 20:
            shown.append(f"and {len(self.problems) - 20} more")
        super().__init__("\n".join(f"{file}: {one}" if file else one for one in shown))


class StoreError(MiningError):
    """A store can't be opened or written."""


class RoomError(MiningError):
    """The disk or the memory does not hold it. Says where, and what would help."""


class QuestionError(MiningError):
    """The log can't answer this: the message says what it has instead."""


def refused(kind: str, what: str, where: str = "", file: str = "") -> LogError:
    """The error for a file with one thing wrong."""
    return LogError([Problem(kind, what, where, bad=True)], file)
