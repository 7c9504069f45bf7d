"""With TOWPATH_TEST_ENGINE=spark, as `make test-spark` has it, Spark counts every log that these tests read."""

import os
from collections.abc import Iterator
from functools import partial

import pytest

from towpath.engines import mining

ENGINE = os.environ.get("TOWPATH_TEST_ENGINE", "duckdb")
collect_ignore = [] if ENGINE == "spark" else ["test_engines.py"]


@pytest.fixture(autouse=True, scope="session")
def engine() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mining, "read", partial(mining.read, engine=ENGINE))
        yield ENGINE
