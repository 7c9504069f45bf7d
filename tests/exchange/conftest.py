"""Django is not set up when this is read, so models are imported where they are used."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.register.process import RunningRegister, running_register

if TYPE_CHECKING:
    from tests.exchange.town import Town
    from towpath.foundation.models import Tenant


@pytest.fixture(scope="session")
def the_register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRegister]:
    with running_register(tmp_path_factory.mktemp("register")) as register:
        yield register


@pytest.fixture
def register(the_register: RunningRegister) -> Iterator[RunningRegister]:
    """The register, in order when the test begins."""
    the_register.becomes("ok")
    yield the_register
    the_register.becomes("ok")


@pytest.fixture
def town(outside: "Tenant", register: RunningRegister) -> Iterator["Town"]:
    """A town with an agreement about residents."""
    from tests.exchange.town import town as make_town

    with make_town(outside, register) as made:
        made.agrees()
        yield made


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits longer than a moment for a register."""
    from towpath.exchange.connectors import operations

    for name, operation in list(operations().items()):
        monkeypatch.setitem(operations(), name, replace(operation, seconds=0.4))
