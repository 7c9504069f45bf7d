"""How a peer does, kept in the database so that all workers know: a peer that is down is not asked by everybody."""

from datetime import datetime

from django.db.models import F

from towpath.exchange import rules
from towpath.exchange.models import Circuit
from towpath.foundation import clock


def closed_until(peer: str) -> datetime | None:
    """None: send now. Else the moment to come back; of those who come then, one may probe."""
    now = clock.now()
    row = Circuit.objects.filter(peer=peer, probe_at__isnull=False).first()
    if row is None:
        return None
    after_probe = now + rules.PROBE_EVERY
    if row.probe_at > now:
        return row.probe_at
    ours = Circuit.objects.filter(pk=row.pk, probe_at=row.probe_at).update(probe_at=after_probe)
    return None if ours else after_probe


def failed(peer: str) -> None:
    """Counts a failure; the last that is borne puts all further calls off."""
    Circuit.objects.bulk_create([Circuit(peer=peer)], ignore_conflicts=True)
    Circuit.objects.filter(peer=peer).update(failures=F("failures") + 1)
    Circuit.objects.filter(peer=peer, failures__gte=rules.FAILURES).update(
        probe_at=clock.now() + rules.PROBE_EVERY
    )


def well(peer: str) -> None:
    Circuit.objects.filter(peer=peer, failures__gt=0).update(failures=0, probe_at=None)


def let_probe(peer: str) -> None:
    """A person wants to know now whether the peer is back."""
    Circuit.objects.filter(peer=peer, probe_at__isnull=False).update(probe_at=clock.now())
