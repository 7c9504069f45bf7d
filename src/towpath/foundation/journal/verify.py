"""Verifying: finds a changed, missing or inserted row, a broken chain and a cut tail."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from towpath.foundation import crypto
from towpath.foundation.journal.seal import (
    GENESIS,
    LEDGERS,
    Head,
    after,
    chain_hash,
    leaf,
    merkle_root,
    newest,
    statement,
    unpack,
)
from towpath.foundation.models import Seal

# Before everything that a row can bear, so that none hides before the first seal.
BEGINNING = (-(2**63), -(2**63))


@dataclass(frozen=True)
class Finding:
    """`what` is one of changed, missing, inserted, chain, signature, tail."""

    ledger: str
    what: str
    seq: int | None
    seal: int
    text: str


def verify(ledger: str, exported: Head | None = None) -> list[Finding]:
    """All that is wrong with a ledger of the current body; an empty list means that it is whole."""
    findings: list[Finding] = []
    previous, number, position = GENESIS, 0, BEGINNING
    for seal in Seal.objects.filter(ledger=ledger).order_by("number").iterator(chunk_size=50):
        findings += _links(seal, previous, number)
        findings += _rows(seal, position)
        previous, number, position = chain_hash(seal), seal.number, (seal.until_xid, seal.until_seq)
        if exported and exported.number == number and exported.chain != previous.hex():
            findings.append(_finding(seal, "chain", None, "the exported head names another hash"))
    if exported and exported.number > number:
        text = f"seal {exported.number} was exported, but the last one here is {number}: the tail was cut"
        findings.append(Finding(ledger, "tail", None, number, text))
    return findings


def unsealed(ledger: str) -> int:
    """How many rows came after the last seal: nobody vouches for them yet."""
    return int(after(ledger, newest(ledger)).count())


def _finding(seal: Seal, what: str, seq: int | None, text: str) -> Finding:
    return Finding(seal.ledger, what, seq, seal.number, text)


def _links(seal: Seal, previous: bytes, number: int) -> Iterator[Finding]:
    if seal.number != number + 1:
        yield _finding(seal, "missing", None, f"seals {number + 1} to {seal.number - 1} are missing")
    elif bytes(seal.previous) != previous:
        yield _finding(seal, "chain", None, "the seal is not chained to the one before it")
    if merkle_root([hash_ for _, hash_ in unpack(bytes(seal.leaves))]) != bytes(seal.root):
        yield _finding(seal, "chain", None, "the kept hashes don't give the sealed root")
    if not crypto.verify(statement(seal), bytes(seal.signature), seal.key_id):
        yield _finding(seal, "signature", None, f"the signature does not hold (key {seal.key_id})")


def _rows(seal: Seal, position: tuple[int, int]) -> Iterator[Finding]:
    kept = dict(unpack(bytes(seal.leaves)))
    for row in _stretch(seal, position).iterator(chunk_size=2000):
        expected = kept.pop(row.seq, None)
        if expected is None:
            yield _finding(seal, "inserted", row.seq, f"row {row.seq} was put in after the seal")
        elif leaf(row) != expected:
            yield _finding(seal, "changed", row.seq, f"row {row.seq} was changed after the seal")
    for seq in kept:
        yield _finding(seal, "missing", seq, f"row {seq} was taken out after the seal")


def _stretch(seal: Seal, position: tuple[int, int]) -> Any:
    xid, seq = position
    begin = Q(xid__gt=xid) | Q(xid=xid, seq__gt=seq)
    end = Q(xid__lt=seal.until_xid) | Q(xid=seal.until_xid, seq__lte=seal.until_seq)
    rows = LEDGERS[seal.ledger].objects.filter(begin, end, xid__range=(xid, seal.until_xid))
    return rows.order_by("xid", "seq")
