"""All running cases of a service move to another version, some at a time, while nobody waits for it."""

from collections.abc import Mapping
from uuid import UUID

from towpath.casework.actions.migration import migrate_cases
from towpath.casework.queries.older import PERMISSION
from towpath.foundation import jobs, tenancy
from towpath.foundation.access import Actor
from towpath.foundation.models import Tenant
from towpath.people import queries as people

JOB = "casework.move"
SOME = 50  # cases of one transaction: so long their locks are held


def move_all(actor: Actor, service: str, version_id: UUID, mapping: Mapping[str, str]) -> None:
    """The worker does it, as `migrate_cases` would, with the rights that the actor has by then."""
    if not actor.may_somewhere(PERMISSION):
        actor.require(PERMISSION)
    _go_on(actor.id, service, str(version_id), dict(mapping), None)


def moving(service: str) -> bool:
    """Whether cases of the service are being moved, or are about to be."""
    return jobs.under_way(_lock(service))


@jobs.job(JOB)
def move_some(
    tenant: Tenant, staff: str, service: str, version: str, mapping: dict[str, str], after: str | None
) -> None:
    """The next cases, and the job for those that come after them, in one transaction: done once, or not yet."""
    with tenancy.inside(tenant):
        actor = people.staff_actor_of(UUID(staff))
        if actor is None or not actor.may_somewhere(PERMISSION):
            return  # who began it may not go on; what is left shows on the page
        since = UUID(after) if after else None
        moved = migrate_cases(actor, service, UUID(version), mapping, dry=False, after=since, most=SOME)
        if moved.left:
            _go_on(staff, service, version, mapping, str(moved.last))


def _go_on(staff: str, service: str, version: str, mapping: dict[str, str], after: str | None) -> None:
    jobs.enqueue(
        JOB, lock=_lock(service), staff=staff, service=service, version=version, mapping=mapping, after=after
    )


def _lock(service: str) -> str:
    return f"{JOB}.{tenancy.current_id()}.{service}"
