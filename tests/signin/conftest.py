"""Browsers that come to a body's host, and the demonstration's provider as a process of its own."""

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

ROOT = Path(__file__).parent.parent.parent
PASSWORD = "heron-under-the-old-bridge"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # Base32
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    from django.conf import settings
    from django.test import override_settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
    with override_settings(
        ROOT_URLCONF="tests.signin.urls", STORAGES=settings.STORAGES | PLAIN, MFA_TOTP_TOLERANCE=1
    ):
        yield


@pytest.fixture
def browser() -> Callable[..., Any]:
    """A browser at a body's host, from an address of its own, so that nobody else's tries count for it."""

    from django.test import Client

    def come(tenant: Any) -> Client:
        return Client(
            HTTP_HOST=tenant.host, REMOTE_ADDR=f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.7"
        )

    return come


@pytest.fixture
def colleague() -> Callable[..., Any]:
    from towpath.foundation import tenancy
    from towpath.people.actions import set_up_staff

    def make(tenant: Any, role: str = "caseworker", secret: str | None = SECRET) -> Any:
        with tenancy.inside(tenant):
            return set_up_staff(f"{uuid4()}@example.org", "Ana Ruiz", PASSWORD, [(None, role)], secret)

    return make


@pytest.fixture(scope="session")
def provider_process() -> Iterator[tuple[str, str]]:
    """The provider's issuer and the secret that it shares with us."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    secret = secrets.token_hex()
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "demo.signin", "--port", str(port)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TOWPATH_SIGNIN_SECRET": secret},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    line = process.stdout.readline()
    assert "Demonstration sign-in at" in line, line
    yield f"http://127.0.0.1:{port}", secret
    process.terminate()
    assert process.wait(timeout=10) == 0
    process.stdout.close()


@pytest.fixture
def provider(provider_process: tuple[str, str]) -> Iterator[str]:
    from django.test import override_settings

    issuer, secret = provider_process
    with override_settings(SIGN_IN_ISSUER=issuer, SIGN_IN_SECRET=secret, SIGN_IN_CLIENT="towpath"):
        yield issuer
