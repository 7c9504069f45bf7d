"""A town with both services, and browsers that come to it. Requests are really committed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.portal.town import Browser

SERVICES = Path(__file__).parents[2] / "services"
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    from django.conf import settings
    from django.test import override_settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
    with override_settings(ROOT_URLCONF="tests.portal.urls", STORAGES=settings.STORAGES | PLAIN):
        yield


@pytest.fixture
def town(outside: Any) -> Any:
    from tests import factories
    from towpath.foundation import tenancy

    with tenancy.inside(outside):
        factories.publish(SERVICES / "resident-parking-permit")
        factories.publish(SERVICES / "environmental-permit")
    return outside


@pytest.fixture
def come(town: Any) -> Callable[..., Browser]:
    """A new browser at the town's site."""
    return lambda **more: Browser(headers={"host": town.host}, **more)


@pytest.fixture
def browser(come: Callable[..., Browser]) -> Browser:
    return come()
