"""`towpath body FILE`: a body, its teams, its first colleagues and its agreements, as a file says.

Exit codes: 0 all is as the file says; 1 the file is wrong, and nothing was changed; 2 the command can't be carried out.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.http.request import validate_host

from towpath.catalogue.queries import Document, Problem, nearest
from towpath.foundation import bodies, counter, tenancy
from towpath.foundation.models import Tenant
from towpath.people import queries as people
from towpath.project import apart
from towpath.project.body.file import read
from towpath.project.body.plan import COLUMNS, Present, Step, Wanted, Welcome, present, steps
from towpath.project.cli import parser

NO_DATABASE = "This needs the database, and none answers. Set DATABASE_URL to it (docs/running.md)."
NO_TABLES = "The database has no tables yet, or those of another version. Run `towpath migrate` first."
DEMONSTRATION = (
    "This database holds the demonstration ({}), whose passwords everybody knows. Nothing was changed. Give the body a "
    "database of its own: set DATABASE_URL to that one (docs/running.md), or remove these with `towpath demo reset`."
)
HAND_OVER = """
Shown this once, and kept nowhere in clear. Hand it over in person, or passphrase and second factor by different ways.
They sign in at {place} and change the passphrase there (Change password). Whoever wants a second
factor that nobody else has seen removes this one and sets up their own (Second factor)."""


def main(arguments: list[str]) -> int:
    commands = parser("body", "Makes a body, or brings it up to date, as a file says; or lists the bodies.")
    commands.add_argument("file", type=Path, nargs="?", metavar="FILE", help="what the body is, in YAML")
    commands.add_argument("--check", action="store_true", help="only say what would be done")
    commands.add_argument("--list", action="store_true", help="list the bodies of this installation")
    options = commands.parse_args(arguments)
    if options.list == bool(options.file):
        commands.error("name one FILE, or --list")
    return answered(lambda: _list() if options.list else _set_up(options.file, options.check))


def answered(run: Callable[[], int]) -> int:
    """The exit code of `run`; 2, and why, where a file can't be read or the database does not answer."""
    try:
        return run()
    except OSError as unreadable:
        print(unreadable, file=sys.stderr)
    except counter.Behind as restored:
        print(restored, file=sys.stderr)
    except OperationalError:
        print(NO_DATABASE, file=sys.stderr)
    except ProgrammingError:
        print(NO_TABLES, file=sys.stderr)
    return 2


def _list() -> int:
    for body in Tenant.objects.filter(is_rehearsal=False).order_by("code"):
        kind = " (demonstration)" if body.is_demo else ""
        print(f"{body.code}  {body.host}  {body.name}{kind}")
    return 0


def _set_up(file: Path, check: bool) -> int:
    document, problems = read(file)
    if document is None or problems:
        return _refuse(problems)
    with connection.cursor() as cursor:
        if demonstration := apart.codes(cursor, apart.DEMONSTRATION):
            print(DEMONSTRATION.format(demonstration), file=sys.stderr)
            return 2
    tenant = Tenant.objects.filter(code=document.value["code"]).first()
    if problems := list(_conflicts(document, tenant)):
        return _refuse(problems)
    _bring_about(document.value, tenant, check)
    return 0


def _refuse(problems: Sequence[Problem]) -> int:
    for problem in problems:
        print(problem)
    print(
        f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}. Nothing was changed.",
        file=sys.stderr,
    )
    return 1


def _conflicts(document: Document, tenant: Tenant | None) -> Iterator[Problem]:
    """What the installation holds against the file."""
    host = document.value["host"]
    if other := Tenant.objects.filter(host=host).exclude(code=document.value["code"]).first():
        yield document.problem(("host",), f"{host} leads to {other.name} already", "name another host")
    yield from _no_teams(document, tenant)
    yield from _others_accounts(document, tenant)


def _no_teams(document: Document, tenant: Tenant | None) -> Iterator[Problem]:
    known = set(document.value.get("teams", {}))
    if tenant is not None:
        with tenancy.inside(tenant):
            known |= {team.code for team in people.teams()}
    places = [one for path, _ in document.entries("staff") for one in document.entries(*path, "roles")]
    for path, entry in places:
        if (team := entry.get("team", "")) and team not in known:
            right = nearest(team, known, "name it under teams")
            yield document.problem((*path, "team"), f"there is no team '{team}'", right)


def _others_accounts(document: Document, tenant: Tenant | None) -> Iterator[Problem]:
    for path, entry in document.entries("staff"):
        account = people.account(entry["email"])
        if account is not None and (tenant is None or account.home_id != tenant.pk):
            what = (
                f"{account.home.name if account.home else 'another body'} made the account of {account.email}"
            )
            yield document.problem((*path, "email"), what, "an administrator gives them a grant, at the desk")


def _bring_about(wanted: Wanted, tenant: Tenant | None, check: bool) -> None:
    """All of it or nothing. What a new colleague signs in with is told only when it is in the database for good."""
    welcomes: list[Welcome] = []
    with transaction.atomic():
        told, todo = _planned(wanted, tenant)
        if not check:
            with tenancy.inside(tenant or _made(wanted)):
                welcomes = [one for step in todo if (one := step.do())]
    print(*told or [f"body {wanted['code']}: all is as the file says"], sep="\n")
    if check and told:
        print("Only checked: nothing was changed.")
    if welcomes:
        _hand_over(welcomes, wanted["host"])
    if not validate_host(wanted["host"], settings.ALLOWED_HOSTS):
        print(
            f"Note: TOWPATH_HOSTS does not name {wanted['host']}; without it no page of this body is shown."
        )


def _planned(wanted: Wanted, tenant: Tenant | None) -> tuple[list[str], list[Step]]:
    """The lines of what is to be done, and the steps after the body is there."""
    if tenant is None:
        todo = list(steps(wanted, None, Present()))
        return [f"body {wanted['code']}: make it, at {wanted['host']}", *(step.told for step in todo)], todo
    with tenancy.inside(tenant):
        todo = list(steps(wanted, tenant, present(wanted)))
    return [step.told for step in todo], todo


def _made(wanted: Wanted) -> Tenant:
    columns: dict[str, Any] = {name: wanted[name] for name in COLUMNS}
    return bodies.make(wanted["code"], **columns, settings=wanted.get("settings"))


def desk_at(host: str) -> str:
    return f"{'https' if settings.SECURE else 'http'}://{host}/desk/"


def _hand_over(welcomes: Sequence[Welcome], host: str) -> None:
    print(HAND_OVER.format(place=desk_at(host)))
    for one in welcomes:
        print(f"\n{one.name}, {one.email}")
        print(f"  passphrase     {one.passphrase}")
        print(f"  second factor  {one.secret}   (an authenticator app takes it, or this as a QR code:)")
        print(f"  {one.address}")
