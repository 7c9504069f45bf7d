"""All that changes services. Each runs inside the body's transaction."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import lru_cache

from django.db import transaction

from towpath.catalogue.check import Files, check
from towpath.catalogue.events import SERVICE_PUBLISHED, SERVICE_RESUMED, SERVICE_SUSPENDED
from towpath.catalogue.load import is_kept
from towpath.catalogue.models import Service, ServiceVersion
from towpath.catalogue.problems import Problem, nearest
from towpath.catalogue.versions import compiled, digest_of
from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor
from towpath.foundation.journal import Fact, record
from towpath.people import queries as people

__all__ = ["NotPublishable", "publish", "resume", "stage", "suspend"]

PERMISSION = "service.publish"
Prove = Callable[[Files], list[Problem]]


class NotPublishable(Exception):
    """The package stays out. `problems` are the errors, the doubts that nobody took on, and broken examples."""

    def __init__(self, problems: Collection[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = list(problems)


def publish(
    actor: Actor,
    files: Files,
    effective_from: date | None = None,
    acknowledged: Collection[str] = (),
    *,
    known_operations: Collection[str] | None = None,
    prove: Prove | None = None,
) -> ServiceVersion:
    """The next version of a service, in force from a day on (else from the package's own).

    `acknowledged` are the ids of warnings that the publisher takes on. `prove` plays the package's examples and
    tells those that don't hold. NotPublishable: nothing happened. Publishing the same again gives the same version.
    """
    _authorise(actor)
    doubts = _checked(files, acknowledged, known_operations)
    texts = _texts(files)
    service = compiled(digest_of(texts), texts).service
    _teams_are_there(service.teams)
    if prove and (broken := prove(files)):
        raise NotPublishable(broken)
    return _published(
        actor, service.identifier, texts, effective_from or service.in_force_from, [p.id for p in doubts]
    )


def _authorise(actor: Actor) -> None:
    if actor.kind != "system":  # setting up a body happens before it has a designer
        actor.require(PERMISSION)


def _checked(
    files: Files, acknowledged: Collection[str], known_operations: Collection[str] | None
) -> list[Problem]:
    operations = None if known_operations is None else frozenset(known_operations)
    problems = _problems(tuple(sorted(files.items())), operations)
    open_ones = [p for p in problems if p.level == "error" or p.id not in acknowledged]
    if open_ones:
        raise NotPublishable(open_ones)
    return problems


@lru_cache(maxsize=8)
def _problems(
    files: tuple[tuple[str, str | bytes], ...], known_operations: frozenset[str] | None
) -> list[Problem]:
    """One package is often published for several bodies, one after the other."""
    return check(dict(files), known_operations)


def _texts(files: Files) -> dict[str, str]:
    """What is published: the files that make the service, as text."""
    return {
        path: (raw if isinstance(raw, str) else raw.decode("utf-8-sig")).replace("\r\n", "\n")
        for path, raw in sorted(files.items())
        if is_kept(path)
    }


def _teams_are_there(teams: Collection[str]) -> None:
    """Work for a team that the body does not have would lie where nobody looks."""
    known = {team.code for team in people.teams()}
    missing = [team for team in teams if team not in known]
    if missing:
        what, right = "this body has no team '{}'", "set the team up first"
        raise NotPublishable(
            [
                Problem("service.yaml", 0, "teams", what.format(team), nearest(team, known, right))
                for team in missing
            ]
        )


@transaction.atomic
def _published(
    actor: Actor, code: str, texts: Mapping[str, str], effective_from: date, acknowledged: list[str]
) -> ServiceVersion:
    Service.objects.get_or_create(code=code)
    service: Service = Service.objects.select_for_update(no_key=True).get(code=code)
    digest = digest_of(texts)
    last: ServiceVersion | None = ServiceVersion.objects.filter(service=service).order_by("-number").first()
    if last and (last.digest, last.effective_from) == (digest, effective_from):
        return last
    made: ServiceVersion = ServiceVersion.objects.create(
        service=service,
        number=last.number + 1 if last else 1,
        effective_from=effective_from,
        files=dict(texts),
        digest=digest,
        acknowledged=sorted(acknowledged),
        published_at=clock.now(),
        published_by=actor.id,
    )
    record(
        SERVICE_PUBLISHED,
        actor,
        Fact(objects=[("service", code)]),
        service=code,
        version=made.number,
        effective_from=effective_from,
        digest=digest,
    )
    return made


def stage(texts: Mapping[str, str], effective_from: date) -> ServiceVersion:
    """A package that was checked already, in a throw-away body where it is played."""
    if not tenancy.current().is_rehearsal:
        raise ValueError("Only a throw-away body takes a package without a check: use publish.")
    kept = {path: text for path, text in texts.items() if is_kept(path)}
    code = compiled(digest_of(kept), kept).service.identifier
    service = Service.objects.create(code=code)
    found: ServiceVersion = ServiceVersion.objects.create(
        service=service,
        number=1,
        effective_from=effective_from,
        files=kept,
        digest=digest_of(kept),
        published_at=clock.now(),
        published_by="towpath",
    )
    return found


@transaction.atomic
def suspend(actor: Actor, code: str) -> None:
    """The service takes no new requests; those under way go on. Doing it twice changes nothing."""
    _authorise(actor)
    service: Service = Service.objects.select_for_update(no_key=True).get(code=code)
    if service.suspended_at is None:
        service.suspended_at = clock.now()
        service.save(update_fields=["suspended_at"])
        record(SERVICE_SUSPENDED, actor, Fact(objects=[("service", code)]), service=code)


@transaction.atomic
def resume(actor: Actor, code: str) -> None:
    """The service is offered again."""
    _authorise(actor)
    service: Service = Service.objects.select_for_update(no_key=True).get(code=code)
    if service.suspended_at is not None:
        service.suspended_at = None
        service.save(update_fields=["suspended_at"])
        record(SERVICE_RESUMED, actor, Fact(objects=[("service", code)]), service=code)
