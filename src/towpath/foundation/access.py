"""Who acts, what they may do, and the log of personal data that was read."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection

from towpath.foundation import clock, tenancy

ActorKind = Literal["resident", "visitor", "staff", "system"]
Channel = Literal["portal", "email", "phone", "counter", "chat", "sms", "post", "desk", "system"]
Assurance = Literal["none", "low", "substantial", "high"]
LEVELS: Final[tuple[Assurance, ...]] = ("none", "low", "substantial", "high")
READ_WINDOW = timedelta(minutes=15)


class NotAllowed(PermissionDenied):
    """The actor lacks a permission, or the thing is not theirs. Says which, for the journal of errors only."""


@dataclass(frozen=True)
class Actor:
    """Somebody, or the system itself, doing something through a channel.

    `permissions` are (permission, team) pairs; the team `*` stands for every team of the body.
    `person` is whom it is done for: the resident, or the caller whom an advisor helps. `name` is for screens.
    """

    kind: ActorKind
    id: str
    channel: Channel = "portal"
    permissions: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    person: UUID | None = None
    assurance: Assurance = "none"
    name: str = ""

    def may(self, permission: str, team: str = "*") -> bool:
        return (permission, "*") in self.permissions or (permission, team) in self.permissions

    def may_somewhere(self, permission: str) -> bool:
        return any(held == permission for held, _ in self.permissions)

    def teams(self, permission: str) -> frozenset[str]:
        """The teams for which the actor holds the permission; `*` means all."""
        return frozenset(team for held, team in self.permissions if held == permission)

    def require(self, permission: str, team: str = "*") -> None:
        if not self.may(permission, team):
            raise NotAllowed(f"{self.kind} {self.id} may not {permission} (team {team})")

    def assured(self, level: Assurance) -> bool:
        return LEVELS.index(self.assurance) >= LEVELS.index(level)

    def through(self, channel: Channel) -> "Actor":
        return replace(self, channel=channel)

    def on_behalf_of(self, person: UUID, channel: Channel) -> "Actor":
        return replace(self, person=person, channel=channel)


SYSTEM: Final = Actor("system", "towpath", "system", name="Towpath")

READ = """
insert into access_log (tenant_id, "window", actor_kind, actor_id, subject_kind, subject_id, purpose, person)
select %s, %s, %s, %s, %s, %s, %s, %s
where not exists (
    select 1 from access_log where tenant_id = %s and "window" = %s
    and recorded_at >= %s and recorded_at < %s and actor_id = %s and subject_kind = %s and subject_id = %s and purpose = %s)
"""


def log_read(actor: Actor, kind: str, subject: object, purpose: str, person: UUID | None = None) -> None:
    """Notes that `actor` saw personal data of a subject; once for each purpose in fifteen minutes.

    Two simultaneous first reads may leave two rows: the log may repeat itself, but it never misses.
    """
    tenant, window = tenancy.current_id(), _window(clock.now())
    key = [actor.id, kind, str(subject)[:200], purpose]
    # Rows of this window were recorded in real time, whatever clock the actor lives by.
    since = datetime.now(tz=window.tzinfo) - 2 * READ_WINDOW
    values = [tenant, window, actor.kind, *key, person, tenant, window, since, clock.recorded_before(), *key]
    with connection.cursor() as cursor:
        cursor.execute(READ, values)


def _window(moment: datetime) -> datetime:
    return moment - timedelta(
        minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond
    )
