"""The style pages, rendered once, with plain static addresses."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.surfaces.look.render import pages

PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def plain_static() -> Iterator[None]:
    with override_settings(STORAGES=PLAIN):
        yield


@pytest.fixture(scope="session")
def style_pages() -> dict[str, str]:
    with override_settings(STORAGES=PLAIN):
        return pages()
