"""`towpath staff renew EMAIL --body CODE`: new access for a colleague whom no administrator of the body can help.

Exit codes: 0 it is given; 1 nobody of that body may be given it under this address, and nothing was changed; 2 the
command can't be carried out.
"""

import argparse
import sys

from towpath.foundation import tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Tenant
from towpath.people import actions, queries
from towpath.project.body import answered, desk_at
from towpath.project.cli import parser

HAND_OVER = """{name}, {email}
  passphrase     {passphrase}

Shown this once, and kept nowhere in clear. Hand it over in person, to whom you know it belongs. Their sessions, their
second factor and their recovery codes are gone. They sign in at {place}, set up a second
factor there, and change the passphrase (Change password)."""


def main(arguments: list[str]) -> int:
    commands = parser(
        "staff", "Gives a colleague new access in place of a passphrase or second factor that is lost."
    )
    commands.add_argument("what", choices=["renew"])
    commands.add_argument("email", metavar="EMAIL", help="the address of the account")
    commands.add_argument("--body", required=True, metavar="CODE", help="the body that made the account")
    commands.add_argument(
        "--reason",
        choices=queries.RENEWALS,
        default="both",
        help="what was lost, for the journal; both if it is left out",
    )
    options = commands.parse_args(arguments)
    return answered(lambda: _renew(options))


def _renew(options: argparse.Namespace) -> int:
    tenant = Tenant.objects.filter(code=options.body, is_rehearsal=False).first()
    if tenant is None:
        print(f"No body is called {options.body}. `towpath body --list` lists them.", file=sys.stderr)
        return 2
    email = options.email.lower()
    with tenancy.inside(tenant):
        found = next((one for one in queries.renewable(SYSTEM).items() if one[1].email == email), None)
        passphrase = actions.renew_access(SYSTEM, found[0], options.reason) if found else ""
    if found is None:
        print(f"{_why_not(email, tenant)} Nothing was changed.", file=sys.stderr)
        return 1
    # Only now that it is in the database for good.
    name, place = found[1].name, desk_at(tenant.host)
    print(HAND_OVER.format(name=name, email=email, passphrase=passphrase, place=place))
    return 0


def _why_not(email: str, tenant: Tenant) -> str:
    account = queries.account(email)
    if account is None:
        return f"Nobody has an account with the address {email}."
    if account.home is None or account.home == tenant:
        return f"The account {email} is closed."
    return f"{account.home.name} made the account {email}: name --body {account.home.code}."
