"""The commands of docs/running.md, from an empty database to the first colleague at the desk."""

import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.test import Client, override_settings
from psycopg import sql

from tests import databases
from tests.cluster import test_cluster
from tests.signin.conftest import PLAIN
from towpath.people.staff_signin import totp

pytestmark = pytest.mark.system
ROOT = Path(__file__).parents[2]
HOST = "services.ferrybridge.example"
LOGIN, CODE, DESK = "/accounts/login/", "/accounts/2fa/authenticate/", "/desk/"


@pytest.fixture
def empty(database: str) -> Iterator[str]:
    """An empty database, to which Django's connections lead meanwhile."""
    from django.db import connections

    server, name = test_cluster(), f"real_{os.getpid()}_{secrets.token_hex(3)}"
    databases.create(server, name, "template0")
    databases.lead_to(server, name)
    yield name
    connections.close_all()
    databases.lead_to(server, database)
    with psycopg.connect(server.dsn("superuser"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def towpath(*arguments: str, ends: int = 0) -> str:
    """What the command told; the owner's address is known to `migrate` alone."""
    left_out = () if arguments == ("migrate",) else ("DATABASE_OWNER_URL",)
    done = subprocess.run(
        [sys.executable, "-m", "towpath.project.cli", *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in left_out},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode == ends, told
    return told


def _answer(client: Client, page: str, **given: str) -> str:
    answered = client.post(page, given)
    assert answered.status_code == 302, answered.content.decode()
    return answered["Location"]


def test_a_real_body_is_set_up_and_its_first_colleague_signs_in(empty):
    assert "no tables yet" in towpath("body", "docs/body.example.yaml", ends=2)
    towpath("migrate")
    told = towpath("body", "docs/body.example.yaml")
    published = towpath("publish", "services/resident-parking-permit", "--body", "ferrybridge")
    assert "Published resident-parking-permit, version 1" in published
    assert "for Ferrybridge" in published
    passphrase, secret = re.search(
        r"ben\.okoro@\S+\n  passphrase +(\S+)\n  second factor +(\S+)", told
    ).groups()
    from django.conf import settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    with override_settings(ALLOWED_HOSTS=[HOST], STORAGES=settings.STORAGES | PLAIN):
        client = Client(HTTP_HOST=HOST, REMOTE_ADDR="10.20.30.40")
        home = client.get("/")
        assert home.status_code == 200
        assert "Resident parking permit" in home.content.decode()
        assert client.get(DESK)["Location"].startswith(LOGIN)
        name = "ben.okoro@ferrybridge.example"
        assert _answer(client, LOGIN, login=name, password=passphrase).startswith(CODE)
        assert _answer(client, CODE, code=totp(secret, time.time())) == DESK
        desk = client.get(DESK, follow=True)
        assert desk.status_code == 200
        assert "Ben Okoro" in desk.content.decode()
