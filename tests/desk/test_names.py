"""What is drawn of a process is called in the language of whoever works at the desk, and in the model's where it has no text."""

import html
import re
from datetime import date

import pytest

from tests.catalogue import parking
from tests.desk.town import PARKING, actor, begun, submitted, worker
from towpath.casework import actions as casework
from towpath.casework.models import Task
from towpath.catalogue import actions as catalogue
from towpath.catalogue.check import texts
from towpath.engines import bpmn
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Event

MODEL = bpmn.load(str(parking.files()["process.bpmn"]))
PICTURE = next(iter(MODEL.processes.values())).diagram
THINGS = (*PICTURE.figures.values(), *PICTURE.lines.values())
# Longer ones only: "No" and "Yes" are parts of other words.
IN_ENGLISH = sorted({thing.name for thing in THINGS if len(thing.name) > 5})


@pytest.fixture(params=["fr", "ar"])
def abroad(request, desk):
    """The desk in another language."""
    desk.get(f"/desk/?lang={request.param}")
    return desk


def page(desk, address):
    return re.sub(r"\s+", " ", html.unescape(desk.get(address).content.decode()))


def english(text):
    text = text.replace("The permit runs until", "")  # in a letter, which is in the applicant's language
    return [text[max(0, text.index(name) - 90) :][:200] for name in IN_ENGLISH if name in text]


def worked_on(staff):
    """A case that went through tasks, rules and letters, in somebody's hands and out again."""
    case = submitted()
    task = begun(staff, case)
    casework.refer(actor(staff), task.pk, "customer-service", "Theirs.")
    casework.complete_task(actor(staff), begun(staff, case).pk, {"lives_here": True, "address_note": "Rang."})
    return case


def test_map_and_timeline_of_a_case_are_in_the_language_of_the_reader(abroad, ana):
    case = worked_on(ana)
    for shown in ("", "?show=all", "?show=work"):
        said = page(abroad, f"/desk/cases/{case.pk}/{shown}")
        assert english(said) == []


def test_the_map_names_events_gateways_steps_and_flows(desk):
    case = submitted()
    desk.get("/desk/?lang=fr")
    said = page(desk, f"/desk/cases/{case.pk}/")
    for name in ("Demander l'adresse au registre", "L'habitant a retiré sa demande", "Est-ce clairement oui"):
        assert name in said
    assert re.search(r"<tspan[^>]*>Oui</tspan>", said)
    assert "Vérifier l'adresse (" in said, "a user task is called what its form is"


def test_what_is_done_with_a_task_is_told_by_its_translated_name(desk, ana):
    case = worked_on(ana)
    desk.get("/desk/?lang=fr")
    said = page(desk, f"/desk/cases/{case.pk}/?show=work")
    assert re.search(r"Pris[^<]*: Vérifier l'adresse", said.replace("\u00a0", "")), (
        "the journal tells no element of it"
    )


def test_the_journal_keeps_the_name_of_the_model(abroad, ana):
    case = worked_on(ana)
    page(abroad, f"/desk/cases/{case.pk}/")
    told = Event.objects.filter(case_id=case.pk, type="activity.completed").values_list("activity", flat=True)
    assert {"Work out the fee", "Check the address", "Check the rules for a permit"} <= set(told)
    assert set(Task.objects.filter(case=case).values_list("name", flat=True)) <= set(IN_ENGLISH)


def test_troubles_are_named_on_their_page_and_on_the_case(abroad):
    case = submitted()
    step = Task.objects.filter(case=case).order_by("made_at").last()
    Task.objects.filter(pk=step.pk).update(
        kind="step", element="send_granted", form="", name="Send the permit", trouble="register: timeout"
    )
    for address in ("/desk/troubles", f"/desk/cases/{case.pk}/"):
        said = page(abroad, address)
        assert english(said) == []
        assert "Envoyer la carte" in said or "إرسال التصريح" in said


def test_where_requests_stand_is_named_on_the_page_that_moves_them(at_desk, town):
    submitted()
    later = parking.changed(("service.yaml", 'from: "2025-01-01"', 'from: "2025-01-02"'))
    renamed = {path: str(text).replace("check_address", "see_address") for path, text in later.items()}
    catalogue.publish(SYSTEM, renamed, date(2025, 1, 2))
    desk = at_desk(worker((None, "designer"), name="Dee Signer"))
    desk.get("/desk/versions?lang=fr")
    said = page(desk, f"/desk/versions/{PARKING}?to=2")
    assert "Vérifier l'adresse (check_address)" in said
    assert "Décider de la carte (decide_permit)" in said
    assert english(said) == []


def test_a_version_that_was_published_without_such_texts_shows_the_names_of_its_model(desk, monkeypatch):
    files = parking.changed(("service.yaml", 'from: "2025-01-01"', 'from: "2025-01-02"'))
    for path in ("locale/fr.yaml", "locale/ar.yaml"):
        files[path] = re.sub(r"\nprocess:\n(  .*\n)+", "\n", str(files[path]))
    with monkeypatch.context() as before_they_were_asked_for:
        before_they_were_asked_for.setattr(texts, "_names", lambda folder: set())
        catalogue.publish(SYSTEM, files, date(2025, 1, 2))
    case = submitted()
    assert case.version.number == 2
    desk.get("/desk/?lang=fr")
    said = page(desk, f"/desk/cases/{case.pk}/")
    assert "Ask the register for the address" in said
    assert "Vérifier l'adresse" in said, "a user task has its title"
    assert "Check the address" not in said
