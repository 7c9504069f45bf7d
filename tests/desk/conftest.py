"""Somebody at the desk of a fresh body that offers both services."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    from django.conf import settings
    from django.test import override_settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
    with override_settings(ROOT_URLCONF="tests.desk.urls", STORAGES=settings.STORAGES | PLAIN):
        yield


@pytest.fixture
def town(tenant: Any) -> Any:
    from tests.desk.town import publish

    publish()
    return tenant


@pytest.fixture
def ana(town: Any) -> Any:
    """A lead of all teams."""
    from tests.desk.town import worker

    return worker()


@pytest.fixture
def at_desk(town: Any) -> Callable[..., Any]:
    """A browser of somebody of the staff."""
    from django.test import Client

    from tests.desk.town import enter

    return lambda staff: enter(Client(HTTP_HOST=town.host), staff)


@pytest.fixture
def desk(at_desk: Callable[..., Any], ana: Any) -> Any:
    return at_desk(ana)


@pytest.fixture
def django_queries() -> Callable[[Callable[[], Any]], int]:
    """How many queries something takes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(act: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            act()
        return len(captured)

    return count
