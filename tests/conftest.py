"""What tests stand on: a real PostgreSQL, the application's own role in it, and a fresh body for each test.

Rows are really committed. Tests don't disturb each other because each has a tenant of its own: the product's own
isolation serves the tests. The database is made once for a state of the migrations and copied for each process.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCT = ROOT / "src" / "towpath"
MODELS = sorted(
    [
        *PRODUCT.glob("*/migrations/*.py"),
        *PRODUCT.glob("*/models*.py"),
        PRODUCT / "foundation" / "protection.py",
        PRODUCT / "foundation" / "global_tables.py",
        ROOT / "requirements.lock",
    ]
)


def _environment() -> None:
    folder = Path(tempfile.mkdtemp(prefix="towpath-test-"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "towpath.project.settings"),
        "TOWPATH_SECRET_KEY": secrets.token_hex(),
        "TOWPATH_VAR": str(folder),
        "TOWPATH_LOG_LEVEL": "ERROR",
        "DATABASE_URL": "postgresql://nobody@/none",
        "DATABASE_OWNER_URL": "postgresql://nobody@/none",
    }
    os.environ.pop("DATABASE_HOST", None)


_environment()


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ["TOWPATH_VAR"], ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """Models can be imported by all tests but the engines': those are pure and need none."""
    if not config.args or any("engines" not in argument for argument in config.args):
        import django

        django.setup()
        _cheap_passwords()
    import hypothesis

    # No test is a timed one: on a busy machine an example takes as long as it takes.
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")


def _cheap_passwords() -> None:
    """Of the same kind as ours, but nobody tries to guess those of a test: each would take a fifth of a second."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 8
    Argon2PasswordHasher.parallelism = 1


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """The name of this process's own database; Django's connections lead to it."""
    import psycopg

    from tests.cluster import test_cluster
    from tests.databases import fresh_database

    server = test_cluster()
    name = fresh_database(server, _fingerprint())
    yield name
    from django.db import connections

    connections.close_all()
    # The owner may not end a vacuum that the server has just begun there.
    with psycopg.connect(server.dsn("superuser"), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in MODELS:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture
def tenant(database: str) -> Iterator["object"]:
    """A fresh body, entered: the test runs inside it."""
    from tests import factories
    from towpath.foundation import tenancy

    with ExitStack() as stack:
        made = factories.make_tenant()
        stack.enter_context(tenancy.inside(made))
        yield made


@pytest.fixture
def outside(database: str) -> "object":
    """A fresh body that the test enters itself, so that it can commit."""
    from tests import factories

    return factories.make_tenant()


@pytest.fixture
def other(database: str) -> "object":
    """A second body."""
    from tests import factories

    return factories.make_tenant()


class Counted:
    """How many queries ran inside a block."""

    count = 0


@pytest.fixture
def count_queries(database: str) -> "object":
    from collections.abc import Callable
    from contextlib import contextmanager
    from typing import Any

    from django.db import connection

    @contextmanager
    def counting() -> Iterator[Counted]:
        counted = Counted()

        def wrap(execute: Callable[..., Any], *arguments: Any) -> Any:
            counted.count += 1
            return execute(*arguments)

        with connection.execute_wrapper(wrap):
            yield counted

    return counting
