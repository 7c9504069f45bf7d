"""The two towns, loaded once for all tests of this folder and removed afterwards."""

from collections.abc import Iterator

import pytest
from django.test import override_settings


@pytest.fixture(scope="module")
def towns(database: str) -> Iterator[dict[str, object]]:
    """Code -> body. They are really committed; no other test may find them."""
    from demo import load as demo
    from towpath.foundation.models import Tenant

    with override_settings(DEMO=True):
        demo.load(lambda text: None)
        yield {one.code: one for one in Tenant.objects.filter(is_demo=True)}
        demo.reset(lambda text: None)
