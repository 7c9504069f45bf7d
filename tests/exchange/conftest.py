from collections.abc import Iterator

import pytest

from tests.register.process import RunningRegister, running_register


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
