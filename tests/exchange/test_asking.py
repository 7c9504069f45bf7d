"""A case asks the real register: under an agreement, for no more than it needs, and once."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.exchange.town import PERSON, RESIDENT, Town
from tests.register.process import AMIRA
from towpath.exchange import actions, canonical, jws, queries
from towpath.exchange.models import Agreement, Call
from towpath.foundation import clock, steps, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Event


def test_a_question_is_answered(town: Town):
    call = town.asks()
    assert town.call(call).state == "waiting"
    town.works()
    answer = town.answer(call)
    assert answer and answer.found and answer.by == "register"
    assert answer.variables["entry"]["address"]["line_1"] == "12 Canal Street"
    assert answer.variables["entry"]["address"]["postcode"] == "MB1 2CS"
    assert town.journal() == ["asked", "answered"]


def test_the_receipt_is_kept_and_proves_the_answer(town: Town):
    call = town.asks()
    town.works()
    same = {"inputs": {"number": AMIRA}, "fields": []}
    kept = town.register.post("/v1/resident-by-number", same, Idempotency_Key=str(call.pk)).json()
    with tenancy.inside(town.tenant):
        receipt = queries.receipt(call.pk)
    assert receipt and receipt.digest == canonical.digest(kept)
    assert jws.is_signed_by(town.register.public_key, receipt.signature, kept)


def test_neither_journal_nor_row_shows_what_was_asked_or_answered(town: Town):
    call = town.asks()
    town.works()
    with tenancy.inside(town.tenant):
        row = json.dumps(Call.objects.values().get(pk=call.pk), default=str)
        told = json.dumps(list(Event.objects.filter(case_id=town.case).values("data", "activity")))
    for personal in (AMIRA, "Haddad", "Canal", "MB1 2CS", "1988"):
        assert personal not in row + told


def test_asking_twice_is_seen(town: Town):
    first, second = town.asks(), town.asks()
    assert first.pk == second.pk
    town.works()
    assert town.asks().pk == first.pk
    assert town.journal() == ["asked", "answered"]
    assert town.register.effects(str(first.pk))["seen"] == 1


def test_an_unknown_resident_is_an_answer(town: Town):
    call = town.asks({"number": "999999999"})
    town.works()
    answer = town.answer(call)
    assert answer and not answer.found
    assert answer.variables == {"entry": None}
    assert town.call(call).state == "answered"


def test_only_granted_fields_come_back(town: Town):
    with tenancy.inside(town.tenant):
        Agreement.objects.update(revoked_at=town.time.moment)
    town.agrees(fields=["address"])
    call = town.asks()
    town.works()
    answer = town.answer(call)
    assert answer and answer.values and set(answer.values) == {"address"}


def test_only_declared_inputs_go_out(town: Town):
    call = town.asks({"number": AMIRA, "income": 30_000})
    town.works()
    with tenancy.inside(town.tenant):
        assert queries.question(call.pk) == {"number": AMIRA}
    assert town.call(call).state == "answered"  # the register refuses surplus inputs


def _refused_unsent(town: Town, call: Call, why: str) -> None:
    town.works(hours=1)
    assert (town.call(call).state, town.call(call).why) == ("refused", why)
    assert town.register.effects(str(call.pk))["effects"] == 0
    assert town.journal() == ["asked", "refused"]
    assert town.to_see_to() == ([why], [])


def test_without_an_agreement_nothing_is_sent(town: Town):
    call = town.asks({"plate": "MB-417-K", "number": AMIRA}, "population-register.vehicle-by-plate")
    _refused_unsent(town, call, "no-agreement")


def test_after_an_agreement_expired_nothing_is_sent(town: Town):
    town.works(days=31)
    _refused_unsent(town, town.asks(), "agreement-expired")


def test_an_agreement_that_ends_before_the_job_runs_stops_it(town: Town):
    call = town.asks()
    with tenancy.inside(town.tenant):
        actions.revoke(SYSTEM, queries.agreements()[0].pk)
    _refused_unsent(town, call, "agreement-revoked")


def test_an_agreement_changed_in_the_database_counts_no_more(town: Town):
    with tenancy.inside(town.tenant):
        Agreement.objects.update(legal_basis="because")
    _refused_unsent(town, town.asks(), "agreement-altered")


def test_another_purpose_is_not_covered(town: Town):
    _refused_unsent(town, town.asks(purpose="statistics"), "other-purpose")


def test_a_question_of_the_wrong_form_is_not_sent(town: Town):
    _refused_unsent(town, town.asks({"number": "Amira"}), "wrong-question")


def test_an_unknown_operation_is_refused(town: Town):
    _refused_unsent(town, town.asks(operation="population-register.shoe-size"), "unknown-operation")


@pytest.mark.parametrize(
    "wrong", [{"inputs": {"number": "Amira"}}, {"operation": "population-register.shoe-size"}]
)
def test_a_question_that_can_not_be_asked_is_refused_again_when_it_is_retried(town: Town, wrong):
    call = town.asks(**wrong)
    with tenancy.inside(town.tenant):
        actions.retry(PERSON, call.pk)
    town.works()
    assert town.call(call).state == "refused"
    assert town.journal() == ["asked", "refused", "asked-again", "refused"]


def test_the_register_may_refuse(town: Town):
    (token := town.register.folder / "wrong").write_text("wrong")
    town.tenant.settings["registers"]["population-register"]["token-file"] = str(token)
    town.tenant.save()
    _refused_unsent(town, town.asks(), "http-401")


def test_a_refused_question_can_be_asked_again_once_there_is_an_agreement(town: Town):
    operation = "population-register.vehicle-by-plate"
    call = town.asks({"plate": "MB-417-K", "number": AMIRA}, operation)
    town.agrees(operation)
    with tenancy.inside(town.tenant):
        actions.retry(PERSON, call.pk)
    town.works()
    answer = town.answer(call)
    assert answer and answer.values and answer.values["keeper_matches"] is True
    assert town.journal() == ["asked", "refused", "asked-again", "answered"]


def test_the_step_kind_asks_and_waits(town: Town):
    kind = steps.step_kinds()["exchange.ask"]
    context = steps.StepContext(
        case_id=uuid4(),
        command_id="c-1",
        headers={"operation": RESIDENT, "result": "register_entry"},
        inputs={"number": AMIRA},
        person_id=None,
        language="en",
        reference="R-1",
        actor=SYSTEM,
    )
    with tenancy.inside(town.tenant):
        assert kind.begin(context) is None
        (call,) = queries.calls_of(context.case_id)
    town.works()
    answer = town.answer(call)
    assert answer and answer.variables["register_entry"]["name"]["full"] == "Amira Haddad"


def test_the_job_is_enqueued_with_the_question_or_not_at_all(outside, register):
    def asked(case, *, fails: bool) -> None:
        with tenancy.inside(outside):
            actions.ask(SYSTEM, RESIDENT, {"number": AMIRA}, case_id=case, command_id="c")
            if fails:
                raise ValueError("undo")

    now = clock.now()
    terms = {"valid_from": now - timedelta(days=1), "valid_until": now + timedelta(days=1)}
    with tenancy.inside(outside):
        actions.agree(SYSTEM, RESIDENT, peer_key=register.public_key, **terms)
    kept, undone = uuid4(), uuid4()
    asked(kept, fails=False)
    with pytest.raises(ValueError, match="undo"):
        asked(undone, fails=True)
    with tenancy.inside(outside):
        (call,) = queries.calls_of(kept)
        assert queries.calls_of(undone) == []
    jobs_of = ProcrastinateJob.objects.filter(args__tenant=outside.pk)
    assert [(job.lock, job.args["job"]) for job in jobs_of] == [(str(call.pk), "exchange.call")]
