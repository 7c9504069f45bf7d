"""`towpath import LOG --body CODE`: an older system's event log into a body, to be looked at in insight.

Exit codes: 0 it is there, or was removed; 1 rows can't be taken, and nothing was; 2 the command can't be carried out.
"""

import argparse
from pathlib import Path

from django.db import OperationalError

from towpath.engines import mining
from towpath.foundation import tenancy
from towpath.foundation.models import Tenant
from towpath.journeys import actions as journeys
from towpath.journeys import queries
from towpath.project.cli import parser
from towpath.project.packages import no_database
from towpath.project.terminal import aside, say

SHOWN = 20  # problems


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    if not options.log and not options.remove and not options.list:
        aside("Name a log to import, or --remove CODE, or --list.")
        return 2
    try:
        tenant = Tenant.objects.filter(code=options.body, is_rehearsal=False).first()
        if tenant is None:
            aside(f"No body is called {options.body}. There is: {_bodies()}.")
            return 2
        with tenancy.inside(tenant):
            if options.list:
                return _list()
            with mining.room_told():
                return _remove(options.remove) if options.remove else _import(options)
    except OperationalError as why:
        aside(no_database(why))
    except (journeys.NotImported, mining.RoomError, OSError) as why:
        aside(why)
    except mining.LogError as wrong:
        aside(wrong)
        aside("Nothing was imported. With --good-rows the other rows are.")
        return 1
    return 2


def _options(arguments: list[str]) -> argparse.Namespace:
    commands = parser("import", "Reads an older system's event log into a body, all of it or nothing.")
    commands.add_argument(
        "log", type=Path, nargs="?", metavar="LOG", help=".xes, .xes.gz, .csv, .parquet, or OCEL 2.0"
    )
    commands.add_argument("--body", required=True, metavar="CODE", help="the body that it is of")
    commands.add_argument(
        "--mapping", type=Path, metavar="FILE", help="corrects which column was taken for what"
    )
    commands.add_argument("--name", default="", help="what insight calls it; the file's name if left out")
    commands.add_argument(
        "--good-rows", action="store_true", help="leave out rows that can't be taken, and list them"
    )
    commands.add_argument("--remove", metavar="CODE", help="remove the log of this code instead")
    commands.add_argument("--list", action="store_true", help="list what was imported instead")
    return commands.parse_args(arguments)


def _bodies() -> str:
    codes = Tenant.objects.filter(is_rehearsal=False).order_by("code").values_list("code", flat=True)
    return ", ".join(codes) or "none yet"


def _list() -> int:
    for one in queries.logs():
        say(f"{one.code}: {one.name}, {one.cases} cases, {one.events} events, from {one.file}")
    return 0


def _remove(code: str) -> int:
    if journeys.remove_log(code):
        say(f"Removed {code}.")
        return 0
    aside(f"There is no log {code}. --list tells which there are.")
    return 2


def _import(options: argparse.Namespace) -> int:
    if not options.log.is_file():
        aside(f"{options.log} is no file.")
        return 2
    made = journeys.import_log(options.log, options.mapping, name=options.name, good_rows=options.good_rows)
    for one in made.problems[:SHOWN]:
        where = f"{one['where']}: " if one["where"] else ""
        say(f"{'left out' if one['bad'] else 'doubtful'}  {where}{one['what']}")
    if len(made.problems) > SHOWN:
        say(f"and {len(made.problems) - SHOWN} more, listed in insight")
    say(f"Imported {made.events} events of {made.cases} cases as {made.code}: /insight/logs/{made.code}/")
    return 0
