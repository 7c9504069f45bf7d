"""Running cases move to another version of their service: looked at first, then done, each case under its lock.

A case moves when everything in it has a place in the other version, or stays as it is and a person is told what has
none. From then on the rules and texts of the other version are the case's.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import OperationalError, transaction

from towpath.casework import commands, conductor, incidents, instances
from towpath.casework.events import CASE_MIGRATED
from towpath.casework.models import Case, Question, Subscription, Task, Timer
from towpath.casework.queries.older import AT_ONCE, PERMISSION, on_other_versions
from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn
from towpath.foundation import faults
from towpath.foundation.access import Actor
from towpath.foundation.journal import record

log = logging.getLogger(__name__)
ENDING = (bpmn.Cancel, bpmn.Unschedule, bpmn.Unsubscribe)


@dataclass(frozen=True)
class Stays:
    """A case that has no place in the other version, and why."""

    case: Case
    unplaced: tuple[bpmn.Unplaced, ...]


@dataclass(frozen=True)
class Moved:
    """What became of the cases, or would become. `left`: so many more come after these, which go on after `last`."""

    fit: tuple[Case, ...]
    stay: tuple[Stays, ...]
    left: int
    last: UUID | None


def migrate_cases(
    actor: Actor,
    service: str,
    version_id: UUID,
    mapping: Mapping[str, str],
    *,
    dry: bool,
    after: UUID | None = None,
    most: int | None = None,
) -> Moved:
    """Moves the running cases of a service to one of its versions, `most` (`AT_ONCE`) of them; only looks when `dry`.

    `mapping` takes elements of the older versions to those of the new one; what it does not name keeps its name.
    The oldest come first. The next ones come `after` the last that were looked at, those that stay included.
    """
    if not actor.may_somewhere(PERMISSION):
        actor.require(PERMISSION)
    version = catalogue.version(version_id)
    if version.service.code != service:
        raise ValueError(f"{version} is no version of {service}")
    older = on_other_versions(actor, service, version_id)
    ids = list(
        (older.filter(pk__gt=after) if after else older).values_list("pk", flat=True)[: most or AT_ONCE]
    )
    fit: list[Case] = []
    stay: list[Stays] = []
    for case_id in ids:
        # Asked again under the lock: it may have ended, been moved or gone to another team meanwhile.
        with transaction.atomic():
            case = (older if dry else older.select_for_update(no_key=True)).filter(pk=case_id).first()
            if case is None:
                continue
            found = _looked_at(actor, case, version, mapping, dry)
        if isinstance(found, Stays):
            stay.append(found)
        else:
            fit.append(found)
    left = older.filter(pk__gt=ids[-1]).count() if ids else 0
    return Moved(tuple(fit), tuple(stay), left, ids[-1] if ids else None)


Plan = dict[str, bpmn.Migration]  # by instance


def _looked_at(
    actor: Actor, case: Case, version: catalogue.ServiceVersion, mapping: Mapping[str, str], dry: bool
) -> Case | Stays:
    """What goes wrong with one case keeps that one alone where it is, and nothing of it stays done."""
    try:
        with transaction.atomic():
            plan = _plan(case, catalogue.package(version.pk), mapping)
            if isinstance(plan, Stays):
                return plan
            if not dry:
                _move(actor, case, version, plan, mapping)
            return case
    except OperationalError:
        raise
    except (bpmn.Incident, bpmn.Refused) as why:
        told = str(why)
    except Exception as why:
        told = faults.in_short(why)
        log.error("Case %s was not moved to version %s: %s\n%s", case.pk, version, told, faults.path(why))
    return Stays(Case.objects.get(pk=case.pk), (bpmn.Unplaced("", "", "", told),))


def _plan(case: Case, new: catalogue.Package, mapping: Mapping[str, str]) -> Plan | Stays:
    old, plan, unplaced = catalogue.package(case.version_id), {}, _asked(case, new)
    for name in ("", *case.called):
        if not (state := instances.state_of(case, name)):
            continue  # it could not begin: it begins with the new version
        process = instances.process_of(case, old, name)
        target = new.model.processes.get(process.id) if name else new.process
        if target is None:
            why = "the new version has no such process to call; wait until it has ended"
            unplaced.append(bpmn.Unplaced(process.id, process.name, name, why))
            continue
        data, env = instances.context(case, new, name), conductor.env_of(case, new)
        plan[name] = bpmn.migrate(process, target, state, mapping, data, env)
        unplaced += [*plan[name].unplaced, *_awaited_by_name(case, name, process, plan[name])]
    return Stays(case, tuple(unplaced)) if unplaced else plan


def _asked(case: Case, new: catalogue.Package) -> list[bpmn.Unplaced]:
    """What the resident has been asked must be a question of the new version too."""
    asked = Question.objects.filter(case=case, state="open").exclude(form="").values_list("form", flat=True)
    why = "the applicant was asked this, and the new version does not ask it; wait for the answer"
    return [bpmn.Unplaced(form, form, "", why) for form in asked if form not in new.asks]


def _awaited_by_name(
    case: Case, instance: str, process: bpmn.Process, migration: bpmn.Migration
) -> list[bpmn.Unplaced]:
    """Steps whose result comes back under the name of their command: they can't have another one meanwhile."""
    names = {instances.within(instance, old): old for old in migration.renamed}
    steps = Task.objects.filter(case=case, state="open", kind="step", command_id__in=names)
    busy = [*steps.values_list("command_id", flat=True), *(name for name in names if name in case.called)]
    if names and incidents.open_of(case):
        busy += list(names)[:1]
    why = "its result is on the way under its old name; wait for it, or keep the name"
    ids = [names[name].partition(":")[0] for name in dict.fromkeys(busy)]
    return [bpmn.Unplaced(id_, process.awaited[id_].name, "", why) for id_ in ids]


def _move(
    actor: Actor, case: Case, version: catalogue.ServiceVersion, plan: Plan, mapping: Mapping[str, str]
) -> None:
    new, before = catalogue.package(version.pk), case.version.number
    for name, migration in plan.items():
        instances.put_state(case, name, migration.state)
        named = [replace(each, id=instances.within(name, each.id)) for each in migration.commands]
        # What ends goes by the old names, what begins by the new ones.
        for command in [each for each in named if isinstance(each, ENDING)]:
            commands.carry_out(case, new, command)
        _rename(case, name, migration.renamed)
        for begins in [each for each in named if not isinstance(each, ENDING)]:
            # Only waits begin with a version (terms, messages, signals), and none of them is over at once.
            done = commands.carry_out(case, new, begins)
            assert done is None, begins
    case.version = version
    _relabel(case, new)
    case.save()
    record(
        CASE_MIGRATED,
        actor,
        conductor.about(case, activity="Moved to another version"),
        service=case.service_code,
        from_version=before,
        to_version=version.number,
        mapping={old: to for old, to in mapping.items() if old != to},
    )
    # What begins to wait for a condition with this version: it may hold already.
    conductor.changed(case, actor)


def _rename(case: Case, instance: str, renamed: Mapping[str, str]) -> None:
    """In two rounds, for two may have changed places."""
    names = {instances.within(instance, old): instances.within(instance, to) for old, to in renamed.items()}
    rounds = [{old: f"~{to}" for old, to in names.items()}, {f"~{to}": to for to in names.values()}]
    for room in (Task, Timer, Subscription):
        for pairs in rounds:
            for old, to in pairs.items():
                room.objects.filter(case=case, command_id=old).update(command_id=to)


def _relabel(case: Case, new: catalogue.Package) -> None:
    """Open tasks and the stage bear the names of the new version."""
    for task in Task.objects.filter(case=case, state="open").exclude(step_kind=incidents.KIND):
        element = new.elements[instances.split(task.command_id)[1].partition(":")[0]]
        task.element, task.name, task.form = element.id, element.name or element.id, element.task.form
        task.save(update_fields=["element", "name", "form"])
        stage = new.stage_of(element.id)
        if case.stage not in {each.id for each in new.service.stages} and stage:
            case.stage = stage.id
