"""What the process commands, as rows: tasks, timers, subscriptions, the end. Each is done once, by its command id."""

from collections.abc import Mapping
from typing import Any

from towpath.casework import rules, thrown
from towpath.casework.events import CASE_CLOSED, TASK_TROUBLE
from towpath.casework.models import Case, Subscription, Task, Timer
from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn, dmn
from towpath.foundation import clock, rows
from towpath.foundation.access import SYSTEM
from towpath.foundation.journal import Fact, record
from towpath.foundation.steps import StepContext, step_kinds
from towpath.foundation.typed import pack, unpack

ALWAYS = "P90D"  # the term of a task where neither the form nor the law sets one


def carry_out(case: Case, package: catalogue.Package, command: bpmn.Command) -> bpmn.Completed | None:
    """Does one command; the completion, when it was done at once."""
    match command:
        case bpmn.Do():
            return _do(case, package, command)
        case bpmn.Cancel(id):
            _end_task(case, id)
        case bpmn.Schedule(id, due):
            Timer.objects.update_or_create(case=case, command_id=id, defaults={"due_at": due})
        case bpmn.Unschedule(id):
            Timer.objects.filter(case=case, command_id=id).delete()
        case bpmn.Subscribe():
            _subscribe(case, command)
        case bpmn.Unsubscribe(id):
            Subscription.objects.filter(case=case, command_id=id).delete()
        case bpmn.Finish():
            _finish(case, command)
        case _:
            # Publication refuses what is not driven; a command left out would be a case that hangs.
            raise NotImplementedError(
                f"nothing carries out {type(command).__name__} of version {case.version_id}"
            )
    return None


def _subscribe(case: Case, wait: bpmn.Subscribe) -> None:
    key = wait.correlation_key or ""
    if len(key) > thrown.LONGEST_KEY:
        raise bpmn.Incident(
            wait.element, "", f"its correlation key is longer than {thrown.LONGEST_KEY} characters"
        )
    row = {"kind": wait.kind, "message": wait.message, "correlation": key, "fresh": wait.kind == "message"}
    Subscription.objects.bulk_create(
        [Subscription(case=case, command_id=wait.id, **row)],
        update_conflicts=True,
        unique_fields=["tenant", "case", "command_id"],
        update_fields=list(row),
    )


def _do(case: Case, package: catalogue.Package, do: bpmn.Do) -> bpmn.Completed | None:
    # The lock on the case is held: nobody else makes the same task meanwhile.
    if rows.first(Task, "case_id = %s and command_id = %s", case.pk, do.id) is not None:
        return None
    task = Task.objects.create(case=case, command_id=do.id, **_row(case, package, do))
    return _begin(case, task) if do.kind == "step" else None


def _row(case: Case, package: catalogue.Package, do: bpmn.Do) -> dict[str, Any]:
    form = package.tasks.get(do.form)
    now = clock.now()
    own = catalogue.terms.moment_after(now, form.due) if form and form.due else None
    terms = [moment for moment in (do.due, own, case.due_at) if moment]
    return {
        "element": do.element,
        "kind": "step" if do.kind == "step" else "user",
        "step_kind": do.type,
        "form": do.form,
        "name": do.name or do.element,
        "team": do.assignment.groups[0] if do.assignment.groups else ("" if do.kind == "step" else case.team),
        "assignee": do.assignment.assignee,
        "state": "open",
        "service_code": case.service_code,
        "headers": dict(do.headers),
        "inputs": pack(dict(do.inputs)),
        "due_at": min(terms) if terms else catalogue.terms.moment_after(now, ALWAYS),
        "made_at": now,
    }


def _begin(case: Case, task: Task) -> bpmn.Completed | None:
    kind = step_kinds()[task.step_kind]
    context = StepContext(
        case_id=case.pk,
        command_id=task.command_id,
        headers=task.headers,
        inputs=unpack(task.inputs),
        person_id=case.person_id,
        language=case.language,
        reference=case.reference,
        actor=SYSTEM,
    )
    # Step kinds of this room change the case's row: they must find what has been set so far.
    case.save()
    result = kind.begin(context)
    case.refresh_from_db()
    if result is None:
        return None
    # Done at once: nobody waits for it any more.
    task.state, task.ended_at, task.ended_by = "done", clock.now(), SYSTEM.id
    task.save(update_fields=["state", "ended_at", "ended_by"])
    return bpmn.Completed(task.command_id, result)


def _end_task(case: Case, command_id: str) -> None:
    """The process no longer waits for it. A task that was completed has been marked done before."""
    task = Task.objects.filter(case=case, command_id=command_id, state="open").first()
    if task is None:
        return
    task.state = "done" if task.kind == "step" else "withdrawn"
    task.ended_at = clock.now()
    task.save(update_fields=["state", "ended_at"])


def _finish(case: Case, finish: bpmn.Finish) -> None:
    case.state = rules.moved(case.state, "end")
    case.awaits = "nobody"
    case.closed_at = case.closed_at or clock.now()
    about = Fact(case=case.pk, unit=case.team)
    record(CASE_CLOSED, SYSTEM, about, service=case.service_code, outcome=case.outcome, end=finish.outcome)


def trouble(task: Task, why: str) -> None:
    """A step needs a person: it stands on the desk until it goes on."""
    task.trouble = why[:200]
    task.save(update_fields=["trouble"])
    record(TASK_TROUBLE, SYSTEM, Fact(case=task.case_id, unit=task.team), task=str(task.pk), why=why[:60])


def trace_of(evaluation: dmn.Evaluation) -> list[dict[str, Any]]:
    """A decision's trace as JSON: what each table saw, and the rules that matched with their annotations."""
    return [_traced(step) for step in evaluation.trace]


def _traced(step: Any) -> dict[str, Any]:
    return {
        "decision": step.decision,
        "kind": step.kind,
        "inputs": _packed(step.inputs),
        "rules": [
            {"id": rule.id, "number": rule.index, "annotations": dict(rule.annotations)}
            for rule in step.rules
        ],
        "output": _packed(step.output),
    }


def evaluation_of(used: Mapping[str, Any]) -> dmn.Evaluation:
    """The evaluation that was kept of a decision with `trace_of`; an empty one if it was never made."""
    trace = tuple(_step(kept) for kept in used.get("trace", []))
    return dmn.Evaluation(unpack(used.get("value")), trace, ())


def _step(kept: Mapping[str, Any]) -> dmn.Step:
    rules = tuple(
        dmn.MatchedRule(rule["id"], rule["number"], rule["annotations"], None) for rule in kept["rules"]
    )
    inputs, kind = unpack(kept["inputs"]), kept.get("kind", "decision table")
    return dmn.Step(kept["decision"], kind, inputs, rules, unpack(kept["output"]))


def _packed(value: Any) -> Any:
    return {k: pack(v) for k, v in value.items()} if isinstance(value, Mapping) else pack(value)
