"""From the service page to the receipt."""

import pytest

from tests.portal.town import PAGES, PARKING, PNG, field, words
from towpath.foundation import tenancy


def test_a_whole_application_from_the_service_page_to_the_receipt(browser, town):
    assert "Apply now" in words(browser.get(f"/services/{PARKING}/"))
    draft = browser.begin()
    there = browser.fill(draft)
    check = browser.get(there)
    assert "Ada Lovelace" in words(check) and "1 December 2031" in words(check).replace("Dec. 1, 2031", "1 December 2031")
    case = browser.send(draft)
    receipt = words(browser.get(f"/requests/{case}/receipt/"))
    from towpath.casework.models import Case

    with tenancy.inside(town):
        kept = Case.objects.get(pk=case)
    assert kept.reference in receipt and kept.applicant_name == "Ada Lovelace"
    assert "Decision by" in receipt
