"""Sealing: each stretch of a ledger is hashed row by row, its Merkle root chained to the last seal and signed.

A leaf is SHA-256 over the row's salt and its canonical JSON. Leaves stay in the seal, so that a verification can
name the row that was changed, taken out or put in, and expired partitions can go while the chain still holds.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from towpath.foundation import clock, crypto, tenancy
from towpath.foundation.journal.follow import Horizon
from towpath.foundation.models import AccessRecord, Event, LedgerEntry, Seal

LEDGERS: dict[str, type[LedgerEntry]] = {"journal": Event, "access": AccessRecord}
GENESIS = b"\0" * 32
LEAF = 40  # bytes of a kept leaf: seq (8), hash (32)
STRETCH = 10_000  # rows in one seal at the most


@dataclass(frozen=True)
class Head:
    """The newest seal, exported so that a cut tail can be seen."""

    tenant: str
    ledger: str
    number: int
    chain: str


def leaf(row: LedgerEntry) -> bytes:
    fields = [f for f in row._meta.local_fields if f.attname != "salt"]
    facts = {f.attname: getattr(row, f.attname) for f in fields}
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return hashlib.sha256(b"\0" + bytes(row.salt) + text.encode()).digest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"A ledger holds no {type(value).__name__}.")


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root of a binary hash tree; an odd node rises unchanged (RFC 9162, section 2.1, has the same shape)."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\1" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0] if level else GENESIS


def pack(rows: Iterable[LedgerEntry]) -> bytes:
    return b"".join(row.seq.to_bytes(8, signed=True) + leaf(row) for row in rows)


def unpack(leaves: bytes) -> list[tuple[int, bytes]]:
    return [
        (int.from_bytes(leaves[i : i + 8], signed=True), leaves[i + 8 : i + LEAF])
        for i in range(0, len(leaves), LEAF)
    ]


def statement(seal: Seal) -> bytes:
    """What is signed, and what the next seal is chained to."""
    parts = [
        str(seal.tenant_id),
        seal.ledger,
        str(seal.number),
        str(seal.until_xid),
        str(seal.until_seq),
        str(seal.count),
        bytes(seal.root).hex(),
        bytes(seal.previous).hex(),
    ]
    return "|".join(parts).encode()


def chain_hash(seal: Seal) -> bytes:
    return hashlib.sha256(statement(seal)).digest()


def newest(ledger: str) -> Seal | None:
    seal: Seal | None = Seal.objects.filter(ledger=ledger).order_by("-number").first()
    return seal


def seal(ledger: str) -> Head | None:
    """Seals what lies between the last seal and the horizon; None where nothing new has settled, or another seals."""
    if not _reserved(ledger):
        return None
    last = newest(ledger)
    rows = list(after(ledger, last).filter(xid__lt=Horizon())[:STRETCH])
    if not rows:
        return None
    leaves = pack(rows)
    made = Seal(
        ledger=ledger,
        number=last.number + 1 if last else 1,
        until_xid=rows[-1].xid,
        until_seq=rows[-1].seq,
        count=len(rows),
        leaves=leaves,
        root=merkle_root([hash_ for _, hash_ in unpack(leaves)]),
        previous=chain_hash(last) if last else GENESIS,
        key_id=crypto.signing_key_id(),
        sealed_at=clock.now(),
    )
    made.signature = crypto.sign(statement(made))
    made.save(force_insert=True)
    return head(made)


def _reserved(ledger: str) -> bool:
    """Until the end of the transaction nobody else seals this ledger."""
    with connection.cursor() as cursor:
        name = f"seal|{tenancy.current_id()}|{ledger}"
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        (got,) = cursor.fetchone()
    return bool(got)


def head(seal: Seal) -> Head:
    return Head(tenancy.current().code, seal.ledger, seal.number, chain_hash(seal).hex())


def after(ledger: str, last: Seal | None) -> Any:
    """The ledger's rows that come after a seal, in its order."""
    rows = LEDGERS[ledger].objects.order_by("xid", "seq")
    if last is None:
        return rows
    beyond = Q(xid__gt=last.until_xid) | Q(xid=last.until_xid, seq__gt=last.until_seq)
    return rows.filter(beyond, xid__gte=last.until_xid)
