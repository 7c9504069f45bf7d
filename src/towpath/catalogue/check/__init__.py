"""Checking a package: every problem at once, with file, line, place, what is wrong and what would be right."""

from collections.abc import Collection, Iterator

from towpath.catalogue.check import examples, expressions, process, service, texts
from towpath.catalogue.check.folder import Files, Folder, gather
from towpath.catalogue.load import load
from towpath.catalogue.problems import Problem
from towpath.engines.feel import FeelError

__all__ = ["Files", "Problem", "check", "errors", "gather"]


def check(files: Files, known_operations: Collection[str] | None = None) -> list[Problem]:
    """`files`: path in the package -> its text or bytes. Operations of registers are checked if they are given."""
    folder = gather(files)
    found = [*folder.problems, *_compared(folder, known_operations)]
    if not errors(found):
        found += _compiled(folder)
    return sorted(set(found), key=lambda p: (p.file, p.line, p.place, p.what))


def errors(problems: Collection[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.level == "error"]


def _compared(folder: Folder, operations: Collection[str] | None) -> Iterator[Problem]:
    yield from process.check(folder, operations)
    yield from service.check(folder, operations)
    yield from expressions.check(folder)
    yield from texts.check(folder)
    yield from examples.check(folder)


def _compiled(folder: Folder) -> Iterator[Problem]:
    """The last word: a package that is found right must also come together."""
    try:
        load(folder.files)
    except (FeelError, ValueError, LookupError, TypeError, AttributeError) as error:
        yield Problem(
            "", 0, "", f"the package does not come together: {error}", "this is a gap in the check; tell us"
        )
