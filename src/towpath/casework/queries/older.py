"""Running cases that keep an older version of their service, and where they stand."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Func, QuerySet

from towpath.casework import instances, rules
from towpath.casework.models import Case
from towpath.catalogue import queries as catalogue
from towpath.engines.bpmn.model import Element
from towpath.foundation.access import Actor

PERMISSION = "case.migrate"
AT_ONCE = 500  # cases of one look or one move


@dataclass(frozen=True)
class Older:
    """How many running cases a version has."""

    version: catalogue.ServiceVersion
    cases: int


@dataclass(frozen=True)
class Place:
    """An element of a version, and how many cases stand there."""

    package: catalogue.Package
    element: Element
    cases: int


def migratable(actor: Actor) -> QuerySet[Case]:
    """The running cases that the actor may move, those of their teams."""
    running: QuerySet[Case] = Case.objects.exclude(state__in=rules.ENDED)
    teams = actor.teams(PERMISSION)
    return running if "*" in teams else running.filter(team__in=teams)


def older_cases(actor: Actor, service: str) -> list[Older]:
    """The versions of a service with cases running on them, newest first."""
    rows = migratable(actor).filter(service_code=service).values_list("version").annotate(n=Count("pk"))
    running: dict[Any, int] = dict(rows.order_by())
    return [Older(row, running[row.pk]) for row in catalogue.versions(service) if row.pk in running]


def on_other_versions(actor: Actor, service: str, version_id: Any) -> QuerySet[Case]:
    """Those that may be moved to this version, the oldest first."""
    found = migratable(actor).filter(service_code=service).exclude(version_id=version_id)
    return found.order_by("pk")


def places_of(cases: QuerySet[Case]) -> list[Place]:
    """Where the cases stand now, the most crowded first.

    Counted in the database, but for what has called another process: that is sealed.
    """
    found: Counter[str] = Counter()
    packages: dict[str, catalogue.Package] = {}  # by element
    alone = cases.filter(called="").annotate(place=_Places()).values_list("version", "place").order_by()
    for version, place, number in alone.annotate(n=Count("pk", distinct=True)):
        package = catalogue.package(version)
        packages = {**dict.fromkeys(package.elements, package), **packages}
        found[place] += number
    for case in (
        cases.exclude(called="").only("pk", "version_id", "process_state", "called").iterator(AT_ONCE)
    ):
        package = catalogue.package(case.version_id)
        packages = {**dict.fromkeys(package.elements, package), **packages}
        found.update(_standing(case))
    return [
        Place(packages[id_], packages[id_].elements[id_], number)
        for id_, number in found.most_common()
        if id_ in packages
    ]


class _Places(Func):
    """Where the tokens of a case stand, a row each."""

    template = "jsonb_path_query(process_state, '$.tokens.*.at') #>> '{}'"
    set_returning = True
    output_field = CharField()


def _standing(case: Case) -> set[str]:
    states = [instances.state_of(case, name) for name in ("", *case.called)]
    return {token["at"] for state in states for token in state.get("tokens", {}).values()}
