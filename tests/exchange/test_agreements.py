"""An agreement names what may be asked, for what and how long; the body signs it."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from tests.exchange.town import RESIDENT, Town
from tests.factories import staff
from towpath.exchange import actions, jws, queries
from towpath.exchange.models import Agreement, Receipt
from towpath.foundation import clock, tenancy
from towpath.foundation.access import NotAllowed
from towpath.foundation.models import Event


def test_an_agreement_is_signed_and_in_the_journal(town: Town):
    with tenancy.inside(town.tenant):
        (made,) = queries.agreements()
        assert jws.is_ours(made.signature, made.terms())
        assert Event.objects.get(type="exchange.agreed").data["operation"] == RESIDENT


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"operation": "population-register.shoe-size"}, "shoe-size"),
        ({"fields": ["religion"]}, "religion"),
        ({"peer_key": "short"}, "32 bytes"),
        ({"peer_key": "!"}, "32 bytes"),
        ({"days": -5}, "begin before"),
    ],
)
def test_terms_that_can_not_be_are_refused(town: Town, changes, why):
    with pytest.raises(actions.WrongAgreement, match=why):
        town.agrees(**changes)


def test_only_an_administrator_agrees_and_revokes(town: Town):
    now = clock.now()
    terms = {"peer_key": "x", "valid_from": now, "valid_until": now + timedelta(days=1)}
    with tenancy.inside(town.tenant):
        (made,) = queries.agreements()
        with pytest.raises(NotAllowed):
            actions.agree(staff("case.read"), RESIDENT, **terms)
        with pytest.raises(NotAllowed):
            actions.revoke(staff("case.read"), made.pk)
        actions.revoke(staff("staff.manage"), made.pk)
        actions.revoke(staff("staff.manage"), made.pk)
        assert queries.agreements() == []
        assert Event.objects.filter(type="exchange.revoked").count() == 1


def test_another_body_sees_none_of_it(town: Town, other):
    call = town.asks()
    town.works()
    with tenancy.inside(other):
        assert queries.agreements() == []
        assert queries.calls_of(town.case) == []
        assert queries.receipt(call.pk) is None
        assert not Agreement.objects.exists()


def test_a_receipt_can_not_be_changed(town: Town):
    town.asks()
    town.works()
    with tenancy.inside(town.tenant):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Receipt.objects.update(digest="0")
        assert Receipt.objects.count() == 1
