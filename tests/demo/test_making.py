"""A short while is lived once more: the actions that make the year still carry it."""

import json
import lzma
from datetime import UTC, datetime

import pytest
from demo.load import lived_and_written

from towpath.foundation.models import Tenant

UNTIL = datetime(2026, 5, 22, 15, 30, tzinfo=UTC)


@pytest.mark.timeout(600)
def test_a_fortnight_passes_is_written_down_and_leaves_nothing_behind(database):
    before = Tenant.objects.count()
    raw = lived_and_written("eastmere", UNTIL, days=14, share=0.02)
    assert Tenant.objects.count() == before
    head, *lines = lzma.decompress(raw).decode().split("\n")
    assert json.loads(head)["until"] == UNTIL.isoformat()
    read = [json.loads(line) for line in lines]
    tables = {one["table"] for one in read if isinstance(one, dict)}
    assert {"casework_case", "casework_task", "contact_entry", "exchange_call", "journal_event"} <= tables
    assert any("⟨staff carys@eastmere.localhost⟩" in line for line in lines)
