"""`towpath rehearse LOG --service CODE --mapping FILE`: which real cases would the designed process have carried?

Exit codes: 0 the log was played, whatever came of it; 2 log, mapping or package can't be used.
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from django.db import OperationalError

from towpath import flow
from towpath.casework import rehearsal
from towpath.catalogue import queries as catalogue
from towpath.catalogue.check import check, errors
from towpath.exchange import queries as exchange
from towpath.project.cli import parser
from towpath.project.folders import CHECKOUT
from towpath.project.packages import NoFolder, no_database, read_folder
from towpath.project.terminal import aside, say

SHOWN = 5  # case ids of one reason


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    # What is only played is no news.
    logging.getLogger("towpath").setLevel(logging.CRITICAL)
    try:
        report = _rehearsed(options)
    except rehearsal.BrokenLog as error:
        aside(f"{options.log}: {error}")
        return 2
    except (NoFolder, Refused) as error:
        aside(error)
        return 2
    except OperationalError as why:
        aside(no_database(why))
        return 2
    _tell(report)
    if options.json:
        options.json.write_text(
            json.dumps(as_json(report), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    return 0


class Refused(ValueError):
    """The package or the mapping has problems; the text lists them all."""


def _options(arguments: list[str]) -> argparse.Namespace:
    commands = parser(
        "rehearse", "Plays a log's real cases through a service and says which it would have carried."
    )
    commands.add_argument("log", type=Path, metavar="LOG", help="an event log: .xes, .xes.gz or .csv")
    commands.add_argument(
        "--service", required=True, metavar="CODE", help="the service that is to carry the cases"
    )
    commands.add_argument("--mapping", required=True, type=Path, metavar="FILE",
                          help="which activity of the log is which task; see docs/write-a-service.md")  # fmt: skip
    commands.add_argument("--package", type=Path, metavar="DIR", help="its folder; services/CODE if left out")
    commands.add_argument("--limit", type=int, metavar="N", help="only the first cases")
    commands.add_argument(
        "--json", type=Path, metavar="FILE", help="write the figures there, without case ids"
    )
    return commands.parse_args(arguments)


def _rehearsed(options: argparse.Namespace) -> rehearsal.Report:
    folder = options.package or CHECKOUT / "services" / options.service
    files = read_folder(folder)
    try:
        text = options.mapping.read_bytes()
    except OSError as error:
        raise NoFolder(f"{options.mapping} can't be read: {error.strerror}.") from error
    name = "rehearsal/this.mapping.yaml"
    kept = {path: raw for path, raw in files.items() if not path.startswith("rehearsal/")}
    _refuse(check(kept | {name: text}, exchange.operation_names()), name, options.mapping)
    whole = catalogue.gather(kept | {name: text})
    document = whole.documents[name]
    if document.value["service"] != options.service:
        raise Refused(
            f"{options.mapping} is for the service {document.value['service']}, not {options.service}."
        )
    plan = rehearsal.plan(document)
    cases = rehearsal.read(options.log, plan.team_column, plan.channel_column)
    _refuse(list(rehearsal.unnamed(document, cases)), name, options.mapping)
    return rehearsal.rehearse(
        whole.files, plan, cases[: options.limit], flow.SUBSCRIBERS, _progress(len(cases))
    )


def _refuse(problems: list[catalogue.Problem], name: str, file: Path) -> None:
    wrong = [str(problem).replace(name, str(file)) for problem in errors(problems)]
    if wrong:
        raise Refused("\n".join([*wrong, "Nothing was played."]))


def _progress(cases: int) -> Callable[[rehearsal.Report], None]:
    def told(report: rehearsal.Report) -> None:
        if sys.stderr.isatty():
            print(f"\r{report.cases} of {cases} cases", end="", file=sys.stderr, flush=True)

    return told


def _tell(report: rehearsal.Report) -> None:
    say(
        f"{report.carried} of {report.cases} cases carried ({report.share:.1%}), {report.steps} steps played."
    )
    if report.reasons:
        say("\nThe others part from the design:")
    for reason in report.reasons:
        ids = ", ".join(reason.cases[:SHOWN]) + (", ..." if len(reason.cases) > SHOWN else "")
        say(f"{len(reason.cases):6}  at {reason.parting.at}: {reason.parting.why}\n        {ids}")
    if report.other_team:
        say("\nDone by another department than designed (handed over):")
    for what, count in report.other_team.most_common():
        say(f"{count:6}  {what}")


def as_json(report: rehearsal.Report) -> dict[str, object]:
    """The figures, without the log's case ids: these are somebody's."""
    return {
        "cases": report.cases,
        "carried": report.carried,
        "share": round(report.share, 4),
        "steps": report.steps,
        "reasons": [
            {"at": r.parting.at, "why": r.parting.why, "cases": len(r.cases)} for r in report.reasons
        ],
        "other-team": dict(report.other_team.most_common()),
    }
