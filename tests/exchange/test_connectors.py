"""Declarations are data: checked when they are loaded, and they cover what the service packages ask."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from towpath.exchange import connectors
from towpath.exchange.connectors import BrokenConnector, load, operations

SERVICES = Path(__file__).parent.parent.parent / "services"
GOOD = yaml.safe_load((connectors.FOLDER / "population-register.yaml").read_text())


def _asked_by_packages() -> set[str]:
    asked = set()
    for path in SERVICES.glob("*/process.bpmn"):
        for task in ElementTree.parse(path).iter():
            headers = {e.get("key"): e.get("value", "") for e in task.iter() if e.tag.endswith("}header")}
            if task.tag.endswith("}serviceTask") and "operation" in headers:
                asked.add(headers["operation"])
    return asked


def test_every_operation_that_a_package_asks_for_is_declared():
    asked = _asked_by_packages()
    assert "population-register.resident-by-number" in asked
    assert asked <= set(operations())


def test_each_operation_says_what_whom_why_and_how_long():
    for name, operation in operations().items():
        assert name.startswith(f"{operation.connector}.")
        assert operation.means and operation.purpose and operation.legal_basis and operation.seconds
        assert operation.key_header == "Idempotency-Key"
        assert not operation.about or operation.about in operation.inputs


def test_the_form_of_a_question_is_checked_without_repeating_it():
    operation = operations()["population-register.resident-by-number"]
    assert operation.wrong_in_question({"number": "104820317"}) == []
    assert operation.wrong_in_question({"number": "104820317\n"}) == ["$.number: maxLength"]
    assert operation.wrong_in_question({"number": "secret"}) == ["$.number: pattern"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"kind": "soap"}, r"\$\.kind"),
        ({"operations": {}}, r"\$\.operations"),
        ({"operations": {"x": {}}}, r"\$\.operations\.x"),
        ({"surplus": 1}, "surplus"),
    ],
)
def test_a_broken_declaration_is_refused_with_its_place(tmp_path, change, place):
    path = tmp_path / "broken.yaml"
    path.write_text(yaml.safe_dump(GOOD | change))
    with pytest.raises(BrokenConnector, match=rf"broken\.yaml.*{place}"):
        list(load(path))


def test_a_broken_schema_inside_a_declaration_is_refused(tmp_path):
    broken = yaml.safe_load(yaml.safe_dump(GOOD))
    broken["operations"]["vehicle-by-plate"]["in"]["properties"]["plate"] = {"type": "word"}
    path = tmp_path / "broken.yaml"
    path.write_text(yaml.safe_dump(broken))
    with pytest.raises(BrokenConnector, match="vehicle-by-plate"):
        list(load(path))
