"""`towpath check|test|publish DIR`: a service package from an author's folder to a body's catalogue.

Exit codes: 0 all is well; 1 the package has errors, or examples that don't hold; 2 the command can't be carried out.
"""

import argparse
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.db import OperationalError

from towpath import flow
from towpath.casework import scenarios
from towpath.catalogue import actions as catalogue
from towpath.catalogue.check import check, errors
from towpath.catalogue.check.folder import MAX_BYTES, MAX_FILES
from towpath.catalogue.queries import Problem, gather
from towpath.exchange import queries as exchange
from towpath.foundation import counter, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Tenant
from towpath.project.cli import parser
from towpath.project.terminal import aside, say

NO_DATABASE = "This needs the database, and none answers. Start it with `towpath run` in another window, or set DATABASE_URL."
FULL = (
    "The database has no room left on its disk, and nothing was kept. Make room there, then run this again."
)
MOVES = {
    "check": "Lists every problem of a service package at once; needs no database.",
    "test": "Plays the scenarios of a service package on a virtual clock; nothing is kept.",
    "publish": "Publishes a service package for a body; running cases keep their version.",
}


class NoFolder(ValueError):
    """What was named is no folder with a package in it."""


def main(arguments: list[str]) -> int:
    command, *rest = arguments
    options = _options(command, rest)
    # What a played register does wrong on purpose is no news.
    logging.getLogger("towpath").setLevel(logging.CRITICAL)
    try:
        files = read_folder(options.folder)
        return {"check": _check, "test": _test, "publish": _publish}[command](files, options)
    except NoFolder as error:
        aside(error)
    except OperationalError as why:
        aside(no_database(why))
    return 2


def no_database(why: OperationalError) -> str:
    """What to do about it. A database that was restored and not migrated says so itself."""
    if isinstance(why, counter.Behind):
        return str(why)
    return FULL if isinstance(why.__cause__, psycopg.errors.DiskFull) else NO_DATABASE


def _options(command: str, rest: list[str]) -> argparse.Namespace:
    commands = parser(command, MOVES[command])
    commands.add_argument("folder", type=Path, metavar="DIR", help="the folder of the package")
    commands.add_argument("--json", action="store_true", help="tell it as JSON, for other programs")
    if command == "test":
        commands.add_argument("--only", default="", metavar="NAME", help="play this scenario alone")
    if command == "publish":
        commands.add_argument(
            "--body", required=True, metavar="CODE", help="the body that offers the service"
        )
        commands.add_argument("--from", dest="since", type=date.fromisoformat, metavar="DATE",
                              help="in force from this day; otherwise from the package's own")  # fmt: skip
        commands.add_argument("--acknowledge", action="append", default=[], metavar="ID",
                              help="take on a warning; `towpath check` tells its id")  # fmt: skip
    return commands.parse_args(rest)


def read_folder(folder: Path) -> dict[str, str | bytes]:
    """Path in the package -> content. Hidden files and links are left out."""
    if not folder.is_dir():
        raise NoFolder(f"{folder} is no folder. Name the folder in which service.yaml lies.")
    found: dict[str, str | bytes] = {}
    size = 0
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_symlink() or not path.is_file() or any(part.startswith(".") for part in inside.parts):
            continue
        size += path.stat().st_size
        if size > MAX_BYTES or len(found) > MAX_FILES:
            raise NoFolder(f"{folder} holds more than a package may ({MAX_FILES} files, {MAX_BYTES} bytes).")
        found[inside.as_posix()] = path.read_bytes()
    return found


def _check(files: dict[str, str | bytes], options: argparse.Namespace) -> int:
    problems = check(files, exchange.operation_names())
    _tell(problems, options.json)
    return 1 if errors(problems) else 0


def _tell(problems: Sequence[Problem], as_json: bool) -> None:
    if as_json:
        say(json.dumps([asdict(problem) | {"id": problem.id} for problem in problems], indent=1))
        return
    for problem in problems:
        # A warning bears the id by which it is acknowledged.
        mark = "error" if problem.level == "error" else f"warning {problem.id}"
        say(f"{problem}  [{mark}]")
    wrong = len(errors(problems))
    say(f"{_counted(wrong, 'error')}, {_counted(len(problems) - wrong, 'warning')}.")


def _counted(number: int, word: str) -> str:
    return f"{number or 'No'} {word}{'' if number == 1 else 's'}"


def _test(files: dict[str, str | bytes], options: argparse.Namespace) -> int:
    problems = check(files, exchange.operation_names())
    if errors(problems):
        _tell(problems, options.json)
        return 1
    outcomes = []
    for outcome in scenarios.run(gather(files), flow.SUBSCRIBERS, options.only):
        outcomes.append(outcome)
        if not options.json:
            _tell_outcome(outcome)
    if not outcomes and options.only:
        raise NoFolder(f"There is no scenario {options.only}.")
    failed = [outcome for outcome in outcomes if not outcome.holds]
    if options.json:
        say(json.dumps([_as_json(outcome) for outcome in outcomes], indent=1))
    else:
        say(
            f"{_counted(len(outcomes), 'scenario')} played, {len(outcomes) - len(failed)} hold, {len(failed)} don't."
        )
    return 1 if failed else 0


def _tell_outcome(outcome: scenarios.Outcome) -> None:
    say(f"{'holds ' if outcome.holds else 'FAILS '} {outcome.name}: {outcome.about}")
    for problem in outcome.wrong:
        say(f"        {problem}")


def _as_json(outcome: scenarios.Outcome) -> dict[str, Any]:
    wrong = [asdict(problem) for problem in outcome.wrong]
    return {"name": outcome.name, "about": outcome.about, "holds": outcome.holds, "wrong": wrong}


def _publish(files: dict[str, str | bytes], options: argparse.Namespace) -> int:
    tenant = Tenant.objects.filter(code=options.body, is_rehearsal=False).first()
    if tenant is None:
        there = ", ".join(
            Tenant.objects.filter(is_rehearsal=False).order_by("code").values_list("code", flat=True)
        )
        aside(f"No body is called {options.body}. There is: {there or 'none yet'}.")
        return 2
    try:
        made = publish(tenant, files, options.since, options.acknowledge)
    except catalogue.NotPublishable as refused:
        _tell(refused.problems, options.json)
        aside("Nothing was published.")
        return 1
    told = {"service": made.service.code, "version": made.number, "from": str(made.effective_from)}
    line = f"Published {told['service']}, version {told['version']}, in force from {told['from']}, for {tenant.name}."
    say(json.dumps(told) if options.json else line)
    return 0


def publish(
    tenant: Tenant, files: dict[str, str | bytes], since: date | None = None, acknowledged: Sequence[str] = ()
) -> Any:
    """The package published for a body, its scenarios proven."""

    def prove(given: Any) -> list[Problem]:
        return scenarios.prove(gather(given), flow.SUBSCRIBERS)

    with tenancy.inside(tenant):
        return catalogue.publish(
            SYSTEM, files, since, acknowledged, known_operations=exchange.operation_names(), prove=prove
        )
