"""Loading the demonstration, making its year anew, and starting it over."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

from demo.removal import remove
from demo.snapshot import read, write
from demo.town import TOWNS, set_up
from demo.year.live import live
from towpath.foundation import clock, tenancy
from towpath.foundation.journal import seal
from towpath.foundation.models import Tenant
from towpath.people.models import Identity

DATA = Path(__file__).parent / "data"
Say = Callable[[str], None]


class NotHere(Exception):
    """The demonstration can't be loaded, made or removed here. Says why."""


def load(say: Say = print, data: Path = DATA) -> int:
    """Sets up the towns that are not there yet, each with its year. Returns how many were."""
    if not settings.DEMO:
        raise NotHere(
            "TOWPATH_DEMO is not 1, so this is no demonstration: its accounts have a password that everybody knows."
        )
    there = {t.code: t for t in Tenant.objects.filter(code__in=TOWNS)}
    for code, tenant in there.items():
        if not tenant.is_demo:
            raise NotHere(f"There is a real body called {code} here. The demonstration needs that name.")
    missing = [code for code in TOWNS if code not in there]
    for code in missing:
        begun = time.monotonic()
        tenant = load_town(code, data / f"{code}.xz")
        say(f"{tenant.name}: loaded in {time.monotonic() - begun:.1f} s")
    if there:
        _follow_the_provider(there.values())
    return len(missing)


def load_town(code: str, file: Path) -> Tenant:
    """All of it in one transaction, then sealed."""
    snapshot = read.unpacked(file)
    with transaction.atomic():
        tenant = set_up(TOWNS[code])
        read.load(tenant, snapshot)
    with tenancy.inside(tenant):
        for ledger in seal.LEDGERS:
            while seal.seal(ledger):
                pass
    return tenant


def _follow_the_provider(towns: Iterable[Tenant]) -> None:
    """The sign-in provider's name has its port in it: residents stay who they are when PORT changes."""
    for tenant in towns:
        with tenancy.inside(tenant):
            others = Identity.objects.exclude(issuer=settings.SIGN_IN_ISSUER)
            here = Identity.objects.filter(issuer=settings.SIGN_IN_ISSUER).values_list("subject", flat=True)
            if others.exists():
                others.exclude(subject__in=list(here)).update(issuer=settings.SIGN_IN_ISSUER)


def make(codes: Iterable[str], until: datetime | None = None, seed: int = 1, say: Say = print) -> None:
    """Lets the year pass once more, for each town in a throw-away body that is gone afterwards, and writes it down."""
    if Tenant.objects.filter(code__in=TOWNS).exists():
        raise NotHere("The towns are loaded here, and their colleagues' accounts with them. Reset first.")
    for code in codes:
        begun, end = time.monotonic(), until or last_friday(clock.now())
        raw = lived_and_written(code, end, seed=seed)
        DATA.mkdir(exist_ok=True)
        (DATA / f"{code}.xz").write_bytes(raw)
        say(f"{code}: {len(raw):,} bytes after {time.monotonic() - begun:.0f} s")


def lived_and_written(
    code: str, until: datetime, *, days: int | None = None, share: float = 1.0, seed: int = 1
) -> bytes:
    """The snapshot of a year, or of fewer days with a share of the requests."""
    more = {"days": days} if days else {}
    with transaction.atomic():
        raw = write.written(live(code, until, share=share, seed=seed, **more))
        transaction.set_rollback(True)
    return raw


def last_friday(now: datetime) -> datetime:
    """Half past three in the afternoon of the last Friday: the week's work is nearly done."""
    day = now.astimezone(UTC).replace(hour=15, minute=30, second=0, microsecond=0)
    day -= timedelta(days=(day.weekday() - 4) % 7)
    return day if day <= now else day - timedelta(weeks=1)


def reset(say: Say = print) -> None:
    """Removes both towns with all that belongs to them. Ledgers can't be changed by the application: the owner does it."""
    if "owner" not in settings.DATABASES:
        raise NotHere(
            "DATABASE_OWNER_URL is not set: only the owner of the tables may remove what is in a ledger."
        )
    towns = list(Tenant.objects.filter(code__in=TOWNS))
    for town in towns:
        if not town.is_demo:
            raise NotHere(f"{town.code} is no demonstration. It stays.")
    remove(connections["owner"], towns)
    for town in towns:
        say(f"{town.name}: removed")
