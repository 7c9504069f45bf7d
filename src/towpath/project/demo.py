"""`towpath demo load|make|reset`: the two towns of the demonstration. They lie in `demo/`, outside the product."""

import sys
from argparse import Namespace
from datetime import datetime
from importlib import import_module
from typing import Any

from django.db import connection

from towpath.project import apart
from towpath.project.cli import parser
from towpath.project.folders import CHECKOUT

TOWNS = ("millbrook", "eastmere")
REFUSED = (
    "This database holds a real body ({}), and the demonstration's passwords are known to everybody. Nothing was loaded. "
    "Load it into a database of its own: set DATABASE_URL to that one (docs/running.md)."
)


class Refused(Exception):
    """The demonstration must not come into this database."""


def main(arguments: list[str]) -> int:
    commands = parser("demo", "Loads the demonstration, makes its year anew, or removes it.")
    commands.add_argument("what", choices=["load", "make", "reset"])
    commands.add_argument("--town", choices=TOWNS, help="make: one town only")
    commands.add_argument(
        "--until", type=datetime.fromisoformat, metavar="MOMENT", help="make: the year's end"
    )
    commands.add_argument("--seed", type=int, default=1, help="make: another seed gives another year")
    options = commands.parse_args(arguments)
    try:
        demo = _demo()
    except ModuleNotFoundError as missing:
        print(f"There is no demonstration here ({missing}). It comes with the checkout.", file=sys.stderr)
        return 1
    try:
        _do(demo, options)
    except (demo.NotHere, Refused) as why:
        print(why, file=sys.stderr)
        return 1
    return 0


def _do(demo: Any, options: Namespace) -> None:
    match options.what:
        case "load":
            _without_real_bodies()
            demo.load(_say)
        case "make":
            demo.make([options.town] if options.town else TOWNS, options.until, options.seed, _say)
        case "reset":
            demo.reset(_say)


def _without_real_bodies() -> None:
    with connection.cursor() as cursor:
        if real := apart.codes(cursor, apart.REAL):
            raise Refused(REFUSED.format(real))


def _demo() -> Any:
    if str(CHECKOUT) not in sys.path:
        sys.path.append(str(CHECKOUT))
    return import_module("demo.load")


def _say(text: str) -> None:
    print(text, flush=True)
