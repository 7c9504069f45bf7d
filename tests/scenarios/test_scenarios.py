"""The examples of a package hold, and say what is amiss when they don't."""

from pathlib import Path

import pytest

from tests.catalogue import parking
from towpath import flow
from towpath.casework import scenarios
from towpath.casework.models import Case
from towpath.catalogue.queries import gather
from towpath.foundation.models import Event, Tenant

SERVICES = Path(__file__).parents[2] / "services"


def played(files, only=""):
    return list(scenarios.run(gather(files), flow.SUBSCRIBERS, only))


@pytest.mark.parametrize("service", ["resident-parking-permit", "environmental-permit"])
def test_the_examples_of_the_shipped_services_hold(database, service):
    folder = SERVICES / service
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}
    outcomes = played(files)
    assert len(outcomes) == len(list((folder / "scenarios").iterdir()))
    assert [str(problem) for outcome in outcomes for problem in outcome.wrong] == []
