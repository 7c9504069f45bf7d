"""`towpath check`, `test` and `publish` as an author types them."""

import json
import shutil

import pytest

from tests import factories
from tests.catalogue import parking
from towpath.catalogue.models import ServiceVersion
from towpath.foundation import tenancy
from towpath.people import actions as people
from towpath.project import packages


@pytest.fixture
def folder(tmp_path):
    """A copy of the parking permit with two of its scenarios, to be broken at will."""
    copy = tmp_path / "parking"
    shutil.copytree(parking.FOLDER, copy)
    for path in (copy / "scenarios").iterdir():
        if path.stem not in ("granted-straight-through", "typed-address-matches"):
            path.unlink()
    return copy


def change(folder, path, old, new):
    file = folder / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_check_of_a_good_package(folder, capsys):
    assert packages.main(["check", str(folder)]) == 0
    assert capsys.readouterr().out == "No errors, No warnings.\n"


def test_check_tells_errors_and_warnings_and_how_to_take_these_on(folder, capsys):
    change(folder, "service.yaml", "themes:", "temes:")
    (folder / "draft.txt").write_text("")
    (folder / ".hidden").write_text("")
    assert packages.main(["check", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "service.yaml:10: temes: 'temes' is not known here; did you mean 'themes'?  [error]" in said
    assert "draft.txt: is no part of a package" in said
    assert "2 errors, 1 warning." in said
    packages.main(["check", str(folder), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert {problem["level"] for problem in told} == {"error", "warning"}
    assert all(set(problem) >= {"file", "line", "place", "what", "right", "id"} for problem in told)


def test_a_folder_that_is_none(tmp_path, capsys):
    assert packages.main(["check", str(tmp_path / "none")]) == 2
    assert "is no folder" in capsys.readouterr().err


def test_test_plays_the_scenarios(database, folder, capsys):
    assert packages.main(["test", str(folder)]) == 0
    assert "2 scenarios played, 2 hold, 0 don't." in capsys.readouterr().out
    change(folder, "scenarios/granted-straight-through.yaml", "outcome: granted", "outcome: refused")
    assert packages.main(["test", str(folder), "--only", "granted-straight-through"]) == 1
    assert "expected refused, found granted" in capsys.readouterr().out
    assert packages.main(["test", str(folder), "--json"]) == 1
    assert [one["holds"] for one in json.loads(capsys.readouterr().out)] == [False, True]


@pytest.fixture
def body(outside):
    with tenancy.inside(outside):
        people.set_up_team("parking", "Parking")
    return outside


def versions(body):
    with tenancy.inside(body):
        return list(ServiceVersion.objects.order_by("number"))


def test_publish_puts_a_proven_package_in_force(body, folder, capsys):
    assert packages.main(["publish", str(folder), "--body", body.code, "--from", "2031-01-01"]) == 0
    assert "Published resident-parking-permit, version 1, in force from 2031-01-01" in capsys.readouterr().out
    (version,) = versions(body)
    assert str(version.effective_from) == "2031-01-01"


def test_publish_takes_doubts_only_when_somebody_takes_them_on(body, folder, capsys):
    (folder / "draft.txt").write_text("")
    assert packages.main(["publish", str(folder), "--body", body.code]) == 1
    said = capsys.readouterr()
    assert "Nothing was published." in said.err
    (id_,) = [
        line.split("[warning ")[1].split("]")[0] for line in said.out.splitlines() if "[warning" in line
    ]
    assert packages.main(["publish", str(folder), "--body", body.code, "--acknowledge", id_, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == 1


def test_publish_refuses_what_its_examples_contradict(body, folder, capsys):
    change(folder, "scenarios/granted-straight-through.yaml", "outcome: granted", "outcome: refused")
    assert packages.main(["publish", str(folder), "--body", body.code]) == 1
    assert "expected refused, found granted" in capsys.readouterr().out
    assert versions(body) == []


def test_publish_for_a_body_that_is_none(database, folder, capsys):
    factories.make_tenant(code="somewhere", host="somewhere.localhost")
    assert packages.main(["publish", str(folder), "--body", "nowhere"]) == 2
    assert "somewhere" in capsys.readouterr().err
