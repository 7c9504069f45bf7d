"""How a peer does, kept in the database so that all workers know: a peer that is down is not asked by everybody."""

from datetime import datetime

from django.db.models import F

from towpath.exchange import rules
from towpath.exchange.models import Circuit
from towpath.foundation import clock


def open_until(peer: str) -> datetime | None:
    """None: send now. Else the moment to come back; of those who come then, one may probe."""
    now = clock.now()
    row = Circuit.objects.filter(peer=peer, probe_at__isnull=False).first()
    if row is None:
        return None
    after_probe = now + rules.PROBE_EVERY
    later: datetime = row.probe_at
    if later > now:
        return later
    ours = Circuit.objects.filter(pk=row.pk, probe_at=later).update(probe_at=after_probe)
    return None if ours else after_probe


def is_down(peer: str) -> bool:
    """For who won't wait: whether a call is useless now. Writes nothing, so that no page waits for another's probe."""
    return Circuit.objects.filter(peer=peer, probe_at__gt=clock.now()).exists()


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
