"""`towpath journal seal|head|verify`: the proof that nobody changed the journal or the log of reads."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from towpath.foundation import tenancy
from towpath.foundation.journal import seal
from towpath.foundation.journal.seal import Head
from towpath.foundation.journal.verify import unsealed, verify
from towpath.foundation.models import Tenant
from towpath.project.cli import parser


def main(arguments: list[str]) -> int:
    commands = parser("journal", "Seals, exports the head of, and verifies the journal.")
    commands.add_argument("what", choices=["seal", "head", "verify"])
    commands.add_argument("--body", help="the code of one body; all of them if it is left out")
    commands.add_argument(
        "--head", type=Path, metavar="FILE", help="verify: heads exported earlier, kept elsewhere"
    )
    options = commands.parse_args(arguments)
    tenants = Tenant.objects.filter(is_rehearsal=False).order_by("code")
    if options.body:
        tenants = tenants.filter(code=options.body)
    try:
        heads = _exported(options.head) if options.what == "verify" else {}
    except (OSError, ValueError) as unreadable:
        print(unreadable, file=sys.stderr)
        return 2
    gone = _gone(heads, options.body)
    if not tenants and not gone:
        print(
            f"No body is called {options.body}." if options.body else "There is no body yet.", file=sys.stderr
        )
        return 2
    if options.what == "verify":
        wrong = gone + [line for tenant in tenants for line in _verify(tenant, heads)]
        print(*wrong, sep="\n", end="\n" if wrong else "")
        return 1 if wrong else 0
    for tenant in tenants:
        with tenancy.inside(tenant):
            _seal_or_tell(options.what)
    return 0


def _seal_or_tell(what: str) -> None:
    for ledger in seal.LEDGERS:
        while what == "seal" and seal.seal(ledger):
            pass
        newest = seal.newest(ledger)
        if newest:
            print(json.dumps(asdict(seal.head(newest))))


def _exported(file: Path | None) -> dict[tuple[str, str], Head]:
    """ValueError names the line that is no exported head."""
    if file is None:
        return {}
    heads = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            heads.append(Head(**json.loads(line)))
        except (ValueError, TypeError):
            raise ValueError(
                f"{file}, line {number}: not an exported head. Each line must be one that "
                "`towpath journal head` printed, unchanged."
            ) from None
    return {(head.tenant, head.ledger): head for head in heads}


def _gone(heads: Mapping[tuple[str, str], Head], body: str | None) -> list[str]:
    """The bodies that an export names and the database does not hold."""
    named = {tenant for tenant, _ in heads if body in (None, tenant)}
    here = set(Tenant.objects.filter(is_rehearsal=False).values_list("code", flat=True))
    return [
        f"{code}: GONE: an exported head names this body, which is not here" for code in sorted(named - here)
    ]


def _verify(tenant: Tenant, heads: Mapping[tuple[str, str], Head]) -> list[str]:
    """A line for each thing that is wrong. What is whole is told at once."""
    wrong = []
    with tenancy.inside(tenant):
        for ledger in seal.LEDGERS:
            findings = verify(ledger, heads.get((tenant.code, ledger)))
            wrong += [
                f"{tenant.code} {ledger}: {found.what.upper()}: {found.text} (seal {found.seal})"
                for found in findings
            ]
            newest = seal.newest(ledger)
            state = "NOT whole" if findings else "whole"
            seals, rows = newest.number if newest else 0, unsealed(ledger)
            print(f"{tenant.code} {ledger}: {state} ({seals} seals; {rows} rows are not sealed yet)")
    return wrong
