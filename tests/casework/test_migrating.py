"""Running cases move to another version: looked at first, then done, and nothing of them is lost."""

import pytest

from tests import factories
from tests.casework.drawn import CODE, begun, do, offer, offer_again, process, tasks, throw_away
from tests.casework.town import fresh
from tests.engines.bpmn.builder import definition, element, formal, on, step_task, timer, xml, zeebe
from towpath.casework import actions as casework
from towpath.casework import queries
from towpath.casework.actions import migration
from towpath.casework.models import Case, Task, Timer
from towpath.casework.queries import older
from towpath.foundation import clock, tenancy
from towpath.foundation.access import NotAllowed
from towpath.foundation.models import Event

OLD = xml("start -> look -> end")
RENAMED = xml("start -> inspect -> decide -> end", element("userTask", "inspect"))
LATE = on("look", "late", timer("P5D"), False)
LATER = on("inspect", "later", timer("P5D"), False)
CALL = element("callActivity", "call", zeebe('<zeebe:calledElement processId="inner"/>'))


@pytest.fixture(autouse=True)
def body(database):
    with tenancy.inside(throw_away()) as tenant:
        yield tenant


@pytest.fixture
def designer():
    return factories.staff("case.migrate", name="d1")


def move(actor, version, dry=False, after=None, **mapping):
    return casework.migrate_cases(actor, CODE, version.pk, mapping, dry=dry, after=after)


def test_a_case_moves_where_everything_keeps_its_name(designer):
    offer(OLD)
    case = begun()
    new = offer_again(xml("start -> look -> decide -> end"))
    assert [each.pk for each in move(designer, new).fit] == [case.pk]
    assert fresh(case).version_id == new.pk
    assert tasks(do(case, "look")) == ["decide"]
    event = Event.objects.get(case_id=case.pk, type="case.migrated")
    assert event.data == {"service": CODE, "from_version": 1, "to_version": 2, "mapping": {}}
    assert event.actor_id == "d1"


def test_a_look_changes_nothing(designer):
    offer(OLD)
    case = begun()
    new = offer_again(xml("start -> look -> decide -> end"))
    assert len(move(designer, new, dry=True).fit) == 1
    assert fresh(case).version_id != new.pk
    assert not Event.objects.filter(type="case.migrated").exists()


def test_a_token_without_a_place_is_named_and_its_case_stays(designer):
    offer(OLD)
    case = begun()
    new = offer_again(RENAMED)
    (stays,) = move(designer, new).stay
    assert [(each.element, each.name) for each in stays.unplaced] == [("look", "Look")]
    assert "no 'look' in the new version" in stays.unplaced[0].why
    assert fresh(case).version_id != new.pk
    assert tasks(case) == ["look"]


def test_a_mapping_gives_it_a_place_and_its_task_and_timer_the_new_names(designer):
    offer(xml("start -> look -> end\nlate -> hurry -> end", LATE))
    case = begun()
    due = Timer.objects.get(case=case).due_at
    new = offer_again(xml("start -> inspect -> decide -> end\nlater -> hurry -> end", LATER, element("userTask", "inspect")))  # fmt: skip
    assert move(designer, new, look="inspect", late="later").stay == ()
    (task,) = Task.objects.filter(case=case)
    assert (task.element, task.name) == ("inspect", "Inspect")
    assert task.command_id.startswith("inspect:")
    timer_row = Timer.objects.get(case=case)
    assert (timer_row.command_id.partition(":")[0], timer_row.due_at) == ("later", due)
    Timer.objects.update(due_at=clock.now())
    casework.fire_due_timers()
    assert tasks(case) == ["hurry", "inspect"]
    assert tasks(do(case, "inspect")) == ["decide", "hurry"]


def test_a_term_that_is_new_begins_to_run_and_one_that_is_gone_ends(designer):
    offer(xml("start -> look -> end\nlate -> hurry -> end", LATE))
    case = begun()
    week = on("look", "week", timer("P7D"), False)
    new = offer_again(xml("start -> look -> end\nweek -> hurry -> end", week))
    assert move(designer, new).stay == ()
    assert [row.command_id.partition(":")[0] for row in Timer.objects.filter(case=case)] == ["week"]


def test_a_step_whose_result_is_on_the_way_keeps_its_name_until_it_has_come(designer):
    offer(xml("start -> ask -> look -> end", step_task("ask", "exchange.ask", WITH_OPERATION)))
    case = begun()
    new = offer_again(
        xml("start -> query -> look -> end", step_task("query", "exchange.ask", WITH_OPERATION))
    )
    (stays,) = move(designer, new, ask="query").stay
    assert "on the way under its old name" in stays.unplaced[0].why
    do(case, "ask")
    assert move(designer, new, ask="query").stay == ()


WITH_OPERATION = '<zeebe:taskHeaders><zeebe:header key="operation" value="x.y"/></zeebe:taskHeaders>'


def test_what_a_case_has_called_moves_with_it(designer):
    offer(xml("start -> call -> end", CALL, after=process("inner", "start2 -> ask -> end2")))
    case = begun()
    new = offer_again(
        xml("start -> call -> after -> end", CALL, after=process("inner", "start2 -> query -> more -> end2"))
    )
    assert [each.element for stays in move(designer, new).stay for each in stays.unplaced] == ["ask"]
    assert move(designer, new, ask="query").stay == ()
    assert tasks(case) == ["query"]
    assert tasks(do(case, "query")) == ["more"]
    assert tasks(do(case, "more")) == ["after"]


def test_cases_that_have_ended_stay_under_their_law(designer):
    offer(OLD)
    case = do(begun(), "look")
    new = offer_again(xml("start -> look -> decide -> end"))
    assert case.state == "closed"
    assert move(designer, new).fit == ()


def test_moving_twice_moves_once(designer):
    offer(OLD)
    begun()
    new = offer_again(xml("start -> look -> decide -> end"))
    move(designer, new)
    assert move(designer, new).fit == ()
    assert Event.objects.filter(type="case.migrated").count() == 1


def test_only_those_who_may_move_cases_of_their_teams(designer):
    offer(OLD)
    begun()
    new = offer_again(xml("start -> look -> decide -> end"))
    with pytest.raises(NotAllowed):
        move(factories.staff("case.read", "task.work"), new)
    assert move(factories.staff("case.migrate", team="environment"), new).fit == ()
    assert len(move(factories.staff("case.migrate", team="parking"), new).fit) == 1


def test_how_many_cases_keep_older_versions_and_where_they_stand(designer):
    first = offer(OLD)
    cases = [begun() for _ in range(3)]
    new = offer_again(xml("start -> look -> decide -> end"))
    begun()
    counted = [(each.version.pk, each.cases) for each in queries.older_cases(designer, CODE)]
    assert counted == [(new.pk, 1), (first.pk, 3)]
    (place,) = queries.places_of(Case.objects.filter(pk__in=[each.pk for each in cases]))
    assert (place.element.id, place.cases) == ("look", 3)


@pytest.fixture
def two_at_once(monkeypatch):
    monkeypatch.setattr(migration, "AT_ONCE", 2)


def test_all_cases_come_up_in_bounded_batches_those_that_stay_included(designer, two_at_once):
    """The oldest ones have no place: the younger ones behind them are reached all the same."""
    offer(xml("start -> begin -> look -> end"))
    staying = [begun() for _ in range(3)]
    moving = [do(begun(), "begin") for _ in range(2)]
    new = offer_again(xml("start -> look -> end"))
    seen, after = [], None
    while not seen or seen[-1].left:
        seen.append(move(designer, new, after=after))
        after = seen[-1].last
    told = [(len(each.fit), len(each.stay), each.left) for each in seen]
    assert told == [(0, 2, 3), (1, 1, 1), (1, 0, 0)]
    moved = Case.objects.filter(version=new).values_list("pk", flat=True)
    assert set(moved) == {each.pk for each in moving}
    assert queries.on_other_versions(designer, CODE, new.pk).count() == len(staying)


def test_where_the_cases_stand_counts_all_of_them(designer, monkeypatch):
    monkeypatch.setattr(older, "AT_ONCE", 2)
    offer(OLD)
    for _ in range(5):
        begun()
    new = offer_again(RENAMED)
    (place,) = queries.places_of(queries.on_other_versions(designer, CODE, new.pk))
    assert place.cases == 5


def test_a_condition_that_holds_already_when_it_begins_to_be_waited_for_is_seen(designer):
    offer(OLD)
    case = begun()
    paid = on("look", "paid", definition("conditional", inside=formal("condition", 'answers.vehicle_kind = "car"')), False)  # fmt: skip
    new = offer_again(xml("start -> look -> end\npaid -> hurry -> end", paid))
    assert move(designer, new).stay == ()
    assert tasks(case) == ["hurry", "look"]


def test_a_case_that_goes_wrong_stays_alone_and_whole(designer, monkeypatch):
    offer(OLD)
    first, bad, last = begun(), begun(), begun()
    new = offer_again(RENAMED)
    real = migration._relabel

    def broken(case, package):
        if case.pk == bad.pk:
            raise ValueError("no such stage")
        real(case, package)

    monkeypatch.setattr(migration, "_relabel", broken)
    moved = move(designer, new, look="inspect")
    assert [case.pk for case in moved.fit] == [first.pk, last.pk]
    ((stays,),) = [each.unplaced for each in moved.stay]
    assert "no such stage" in stays.why
    assert (fresh(bad).version_id != new.pk, tasks(bad)) == (True, ["look"])
    assert set(Case.objects.filter(version=new).values_list("pk", flat=True)) == {first.pk, last.pk}
