"""What is drawn of a process is called in each language: by its text, else as the service's first language has it."""

import pytest

from tests.catalogue import parking
from towpath.catalogue.load import load


@pytest.fixture(scope="module")
def package():
    return load({path: str(text) for path, text in parking.files().items()})


def changed(*changes):
    return load({path: str(text) for path, text in parking.changed(*changes).items()})


def test_elements_and_flows_have_the_texts_of_the_language(package):
    assert package.name("renewal_near", "fr") == "30 jours avant le renouvellement"
    assert package.name("granted___send_refused", "ar") == "لا"
    assert package.name("renewal_near", "en") == "30 days before renewal"


def test_a_user_task_is_called_what_its_form_is_and_the_process_what_the_service_is(package):
    assert package.name("look_again", "fr") == package.text("tasks.look_again.title", "fr")
    assert package.name("resident-parking-permit", "fr") == package.text("service.title", "fr")


def test_a_language_without_a_text_never_has_that_of_a_third_one():
    package = changed(("locale/ar.yaml", "  renewal_near: ", "  renewal_nearer: "))
    assert package.name("renewal_near", "ar") == "30 days before renewal"
    assert package.name("renewal_near", "en") == "30 days before renewal"
    assert package.name("renewal_near", "de") == "30 days before renewal"


def test_a_text_of_the_first_language_goes_before_the_name_in_the_model():
    package = changed(
        ("locale/en.yaml", "\nreasons:\n", "\nprocess:\n  renewal_near: Soon over\n\nreasons:\n")
    )
    assert package.name("renewal_near", "en") == "Soon over"
    assert package.name("renewal_near", "de") == "Soon over"


def test_what_is_not_drawn_has_the_name_that_it_came_with(package):
    assert package.name("gone_since", "fr", "Gone since") == "Gone since"
    assert package.name("", "fr") == ""
    assert package.name("address_settled", "fr") == "", "nothing is written at it in the model either"


def test_the_journal_knows_a_step_by_its_name_in_the_model(package):
    assert package.activity("Send the permit", "fr") == "Envoyer la carte"
    assert package.activity("Something older", "fr") == "Something older"
    assert package.activities("fr")["Check the address"] == "Vérifier l'adresse"
    assert "Yes" not in package.activities("fr"), "a flow is no step"


def test_a_picture_has_a_text_for_all_that_has_a_name(package):
    texts = package.names("fr")
    things = (*package.process.diagram.figures.values(), *package.process.diagram.lines.values())
    assert {thing.id for thing in things if thing.name} == set(texts) - {package.process.id}
    assert all(texts.values())


LANES = """<bpmn:laneSet id="lanes"><bpmn:lane id="front" name="Front office"><bpmn:flowNodeRef>request_received</bpmn:flowNodeRef>
</bpmn:lane></bpmn:laneSet><bpmn:dataObjectReference id="file" name="The file" dataObjectRef="o" /><bpmn:dataObject id="o" />
<bpmn:textAnnotation id="note"><bpmn:text>By law</bpmn:text></bpmn:textAnnotation><bpmn:startEvent id="request_received" """


def test_lanes_data_and_notes_are_named_too():
    package = changed(
        ("process.bpmn", '<bpmn:startEvent id="request_received" ', LANES),
        (
            "locale/fr.yaml",
            "\nprocess:\n",
            "\nprocess:\n  front: Accueil\n  file: Le dossier\n  note: Selon la loi\n",
        ),
    )
    assert [package.name(one, "fr") for one in ("front", "file", "note")] == [
        "Accueil",
        "Le dossier",
        "Selon la loi",
    ]
    assert [package.name(one, "ar") for one in ("front", "file", "note")] == [
        "Front office",
        "The file",
        "By law",
    ]
