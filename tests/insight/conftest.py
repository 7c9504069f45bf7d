"""A manager who looks at the figures of a fresh body."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    from django.conf import settings
    from django.test import override_settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
    with override_settings(ROOT_URLCONF="tests.insight.urls", STORAGES=settings.STORAGES | PLAIN):
        yield


@pytest.fixture
def enter(outside: Any) -> Callable[..., Any]:
    """A browser of somebody with roles, signed in with a second factor (how, is tested in tests/signin)."""
    from django.test import Client

    from towpath.foundation import tenancy
    from towpath.people import actions as people
    from towpath.surfaces.staff_access import ACTIVATED

    def come(*roles: tuple[str | None, str]) -> Client:
        address, password = f"{uuid4()}@example.org", "heron-under-the-old-bridge"
        with tenancy.inside(outside):
            staff = people.set_up_staff(address, "Mara Voss", password, roles)
        client = Client(HTTP_HOST=outside.host)
        client.force_login(staff.user)
        session = client.session
        session[ACTIVATED] = str(staff.user.pk)
        session.save()
        return client

    return come


@pytest.fixture
def manager(enter: Callable[..., Any]) -> Any:
    return enter((None, "manager"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from tests.chromium import launched

    with launched() as running:
        yield running


@pytest.fixture
def now() -> Iterator[None]:
    """The moment at which the made-up requests are looked at."""
    from tests.insight.test_pages import NOW
    from towpath.foundation import clock

    with clock.running(clock.VirtualClock(NOW)):
        yield


@pytest.fixture
def parking(outside: Any) -> Any:
    """The body, with the resident parking permit in force."""
    from tests import factories
    from tests.insight.ways import PACKAGE
    from towpath.foundation import tenancy

    with tenancy.inside(outside):
        factories.publish(PACKAGE)
    return outside
