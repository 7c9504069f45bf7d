"""Steps are called in the reader's language, in pictures, tables and sentences; what is matched by name goes on by the model's."""

import html
import re
from datetime import timedelta

import pytest

from tests.desk.town import submitted
from tests.insight.test_pages import NOW, happened, rows, words
from tests.insight.test_process import counted, granted, out_of_turn
from tests.insight.ways import PARKING, begun, process
from tests.journeys.history import follow
from towpath.casework import events as casework
from towpath.foundation import tenancy

pytestmark = pytest.mark.usefixtures("now")
DAY = timedelta(days=1)
PROCESS = f"/insight/services/{PARKING}/process/"
WHAT_IF = f"/insight/services/{PARKING}/what-if/"
PICTURE = process().diagram
THINGS = (*PICTURE.figures.values(), *PICTURE.lines.values())
IN_ENGLISH = sorted({thing.name for thing in THINGS if len(thing.name) > 5})


@pytest.fixture(params=["fr", "ar"])
def abroad(request, parking, manager):
    """The pages in another language, when some requests have gone their ways and one waits for its register."""
    waits = begun(NOW - 3 * DAY)
    waits.tell(
        casework.ACTIVITY_STARTED,
        element="ask_register",
        kind="step",
        activity="Ask the register for the address",
    )
    happened(parking, granted(), out_of_turn(), waits)
    manager.cookies["language"] = request.param
    return manager


def english(text):
    """Names of the model in what is read on the page; addresses go on by them."""
    read = re.sub(r"<[^>]+>", " ", html.unescape(text))
    return [read[max(0, read.index(name) - 60) :][:160] for name in IN_ENGLISH if name in read]


@pytest.mark.parametrize(
    "address",
    [
        PROCESS,
        f"{PROCESS}?ways=all",
        *(f"{PROCESS}?csv={table}" for table in ("edges", "activities", "variants", "odd", "designed")),
        WHAT_IF,
        f"/insight/services/{PARKING}/",
        "/insight/open/",
        "/insight/open/?csv=steps",
        "/insight/requests/?which=open",
    ],
)
def test_no_page_of_a_service_calls_its_steps_as_the_model_does(abroad, address):
    page = abroad.get(address)
    assert page.status_code == 200
    assert english(page.content.decode()) == []


@pytest.fixture
def french(parking, manager):
    manager.cookies["language"] = "fr"
    return manager


def test_the_design_names_its_steps_gateways_and_ways(parking, french):
    happened(parking, granted(), out_of_turn())
    page = html.unescape(french.get(PROCESS).content.decode())
    assert "L'habitant a retiré sa demande" in re.sub(r"</tspan><tspan[^>]*>", " ", page)
    assert re.search(r"<tspan[^>]*>Oui</tspan>", page)
    designed = {row[0]: row[1:] for row in rows(french.get(f"{PROCESS}?csv=designed"))}
    assert designed["Demander l'adresse au registre"][0] == "2"
    assert designed["Envoyer le refus"] == ["0", "0"]


def test_where_the_design_was_left_is_told_in_the_same_words(parking, french):
    happened(parking, granted(), granted(), out_of_turn())
    said = words(french.get(PROCESS)).replace("\u00a0", " ")
    assert "« Envoyer la carte » a été omis" in said
    assert re.search(r"67 % de 3 demandes respectent le modèle", said), (
        "ways are held against the model's names"
    )


def test_numbers_lead_to_requests_by_the_name_that_the_journal_knows(parking, french):
    happened(parking, granted(), granted(), out_of_turn())
    page = html.unescape(french.get(PROCESS).content.decode())
    link = next(link for link in re.findall(r'href="([^"]+)"', page) if "done=Send+the+permit" in link)
    french.cookies["language"] = "en"
    assert counted(french, link) == range(2)


def test_open_requests_are_counted_and_listed_at_their_step(parking, french):
    with tenancy.inside(parking):
        case = submitted()
    follow(parking)
    page = html.unescape(french.get("/insight/open/").content.decode())
    assert rows(french.get("/insight/open/?csv=steps"))[1][0] == "Vérifier l'adresse"
    link = next(link for link in re.findall(r'href="([^"]+)"', page) if "step=Check+the+address" in link)
    (line,) = rows(french.get(f"{link}&csv=requests"))[1:]
    assert line[0] == case.reference and "Vérifier l'adresse" in line


def test_what_is_taken_for_granted_names_gateways_and_events(parking, french):
    said = words(french.get(WHAT_IF))
    assert "Quelle adresse" in said and "Which address?" not in said
    assert "De la demande à la décision" in said
