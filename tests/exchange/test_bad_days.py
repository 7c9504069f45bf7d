"""The register is slow, wrong, dead and back again: the case waits, a person hears of it, and it goes on."""

import pytest

from tests.exchange.town import PERSON, Town
from tests.factories import staff
from towpath.exchange import actions, rules
from towpath.exchange.models import Circuit
from towpath.foundation import jobs, tenancy
from towpath.foundation.access import NotAllowed
from towpath.foundation.models import Event

BAD = ["dead", "error", "wrong-json", "wrong-receipt", "wrong-question", "wrong-answer"]


@pytest.mark.parametrize("mode", BAD)
def test_a_bad_moment_is_got_over_without_anybody(town: Town, mode: str):
    town.register.becomes(mode)
    call = town.asks()
    town.works()
    assert town.call(call).state == "failed"
    town.register.becomes("ok")
    town.works(minutes=1)
    assert town.call(call).state == "answered"
    assert town.journal() == ["asked", "failed", "answered"]
    assert town.to_see_to() == ([], [])


@pytest.mark.parametrize("mode", BAD)
def test_a_bad_day_reaches_a_person_and_the_call_goes_on_when_it_is_over(town: Town, mode: str):
    town.register.becomes(mode)
    call = town.asks()
    town.works(minutes=20)
    given_up = town.call(call)
    assert given_up.state == "given-up"
    assert town.to_see_to() == ([given_up.why], ["exchange.call"])
    assert town.journal().count("given-up") == 1
    town.register.becomes("ok")
    town.works(minutes=20)
    assert town.call(call).state == "answered"
    assert town.to_see_to() == ([], [])
    assert town.register.effects(str(call.pk))["effects"] == 1


def test_a_register_that_is_too_slow_has_not_answered(town: Town, hurried: None):
    town.register.becomes("slow", 30)
    call = town.asks()
    town.works()
    assert (town.call(call).state, town.call(call).why) == ("failed", "timeout")
    town.register.becomes("ok")
    town.works(minutes=1)
    assert town.call(call).state == "answered"


def test_an_answer_lost_on_the_way_is_asked_for_again_with_the_same_key(town: Town):
    town.register.becomes("lost")
    call = town.asks()
    town.works()
    assert town.call(call).state == "failed"
    town.register.becomes("ok")
    town.works(minutes=1)
    assert town.call(call).state == "answered"
    seen = town.register.effects(str(call.pk))
    assert (seen["effects"], seen["seen"]) == (1, 2)


def test_a_register_that_is_not_there_at_all_is_waited_for(town: Town):
    town.tenant.settings["registers"]["population-register"]["url"] = "http://127.0.0.1:1"
    town.tenant.save()
    call = town.asks()
    town.works()
    assert town.call(call).why == "no-connection"


def test_a_secret_that_is_missing_reaches_a_person(town: Town):
    town.tenant.settings["registers"]["population-register"]["token-file"] = "/nowhere"
    town.tenant.save()
    call = town.asks()
    town.works(minutes=10)
    assert (town.call(call).state, town.call(call).why) == ("given-up", "no-token")


def test_a_secret_that_comes_late_lets_the_call_go_on(town: Town):
    entry = town.tenant.settings["registers"]["population-register"]
    right, entry["token-file"] = entry["token-file"], "/nowhere"
    town.tenant.save()
    call = town.asks()
    town.works(minutes=30)
    entry["token-file"] = right
    town.tenant.save()
    town.works(minutes=20)
    assert town.call(call).state == "answered"
    assert town.to_see_to() == ([], [])


def test_a_person_may_have_it_asked_at_once(town: Town):
    town.register.becomes("dead")
    call = town.asks()
    town.works(minutes=10)
    town.register.becomes("ok")
    with tenancy.inside(town.tenant):
        actions.retry(PERSON, call.pk)
    assert town.to_see_to() == ([], [])
    town.works()
    assert town.call(call).state == "answered"
    town.works(days=8)  # what was planned while it was given up does nothing more
    assert town.journal().count("answered") == 1
    assert town.register.effects(str(call.pk))["seen"] == 1


def test_a_job_that_the_desk_has_done_again_is_a_retry(town: Town):
    town.register.becomes("dead")
    call = town.asks()
    town.works(minutes=10)
    town.register.becomes("ok")
    with tenancy.inside(town.tenant):
        (row,) = jobs.given_up()
        jobs.settle(PERSON, row.pk, again=True)
    town.works(minutes=1)
    assert town.call(call).state == "answered"


def test_a_person_may_answer_instead(town: Town):
    town.register.becomes("dead")
    call = town.asks()
    town.works(minutes=10)
    with tenancy.inside(town.tenant):
        with pytest.raises(actions.InvalidAnswer, match=r"address"):
            actions.answer_by_hand(PERSON, call.pk, {"name": {"full": "A", "given": "A", "family": "B"}})
        actions.answer_by_hand(PERSON, call.pk, None)
    answer = town.answer(call)
    assert answer and (answer.found, answer.by) == (False, "person")
    assert town.to_see_to() == ([], [])
    town.register.becomes("ok")
    town.works(days=1)
    assert town.call(call).state == "answered-by-hand"
    assert town.journal()[-1] == "answered-by-hand"


def test_seeing_to_a_call_needs_the_permission_and_an_open_call(town: Town):
    call = town.asks()
    town.works()
    with tenancy.inside(town.tenant):
        with pytest.raises(NotAllowed):
            actions.retry(staff("case.read"), call.pk)
        with pytest.raises(NotAllowed):
            actions.answer_by_hand(staff("case.read"), call.pk, None)
        with pytest.raises(rules.NotPossible, match="answered"):
            actions.retry(PERSON, call.pk)


def test_while_a_register_is_down_others_are_not_sent_but_one_probes(town: Town):
    town.register.becomes("dead")
    town.asks(command_id="first")
    town.works(minutes=1)
    with tenancy.inside(town.tenant):
        assert Circuit.objects.get().failures >= rules.FAILURES
    later = [town.asks(command_id=f"later-{n}") for n in range(3)]
    town.works()
    assert [town.call(call).attempts for call in later] == [1, 0, 0]
    town.register.becomes("ok")
    town.works(minutes=2)
    assert {town.call(call).state for call in later} == {"answered"}


def test_a_call_that_never_was_sent_reaches_a_person_too(town: Town):
    town.register.becomes("dead")
    calls = [town.asks(command_id=f"ask-{n}") for n in range(8)]
    town.works(minutes=20)
    assert {town.call(call).state for call in calls} == {"given-up"}


def test_attempts_tell_how_long_they_took_and_why_they_failed(town: Town):
    town.register.becomes("error")
    town.asks()
    town.works()
    with tenancy.inside(town.tenant):
        facts = Event.objects.get(type="exchange.failed").data
    assert (facts["why"], facts["attempt"], facts["peer"]) == ("http-503", 1, "population-register")
    assert facts["seconds"] >= 0
