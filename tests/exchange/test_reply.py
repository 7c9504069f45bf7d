"""Nothing that comes back is believed until it is whole, signed, about our question and in the agreed form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.peer import Peer
from tests.register.process import AMIRA
from towpath.exchange import canonical, reply
from towpath.exchange.connectors import operations
from towpath.exchange.reply import Question, Refused, Unreachable, WrongReply, read

PEER = Peer()
ADDRESS = {
    "line_1": "12 Canal Street",
    "street": "Canal Street",
    "house_number": "12",
    "postcode": "MB1 2CS",
    "town": "Millbrook",
}
QUESTION = Question(
    operation=operations()["population-register.resident-by-number"],
    key="7",
    inputs={"number": AMIRA},
    fields=("address",),
    purpose="residence-check",
    legal_basis="section 12",
    agreement="1",
    body="millbrook",
    peer_key=PEER.public,
)


def _envelope(**changes):
    return {
        "operation": QUESTION.operation.name,
        "key": "7",
        "question": canonical.digest(QUESTION.inputs),
        "found": True,
        "answer": {"address": ADDRESS},
        "at": "2026-01-01T00:00:00+00:00",
    } | changes


def _read(envelope, status=200, signed=None):
    return read(QUESTION, status, canonical.encode(envelope), PEER.sign(signed or envelope))


def test_a_whole_reply_is_believed():
    assert _read(_envelope()).values == {"address": ADDRESS}


def test_what_was_not_granted_is_not_kept():
    surplus = _envelope(answer={"address": ADDRESS, "birth_date": "1988-03-14", "religion": "?"})
    assert _read(surplus).values == {"address": ADDRESS}


def test_what_was_not_found_is_an_answer():
    assert _read(_envelope(found=False, answer=None), status=404).values is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"key": "8"}, "other-question"),
        ({"question": canonical.digest({"number": "138571206"})}, "other-question"),
        ({"operation": "population-register.vehicle-by-plate"}, "other-question"),
        ({"answer": None}, "bad-answer"),
        ({"answer": {}}, "bad-answer"),
        ({"answer": {"address": {**ADDRESS, "town": 7}}}, "bad-answer"),
        ({"answer": [ADDRESS]}, "bad-answer"),
        ({"found": "yes"}, "bad-answer"),
        ({"found": False}, "bad-answer"),
        ({"found": None, "answer": None}, "bad-answer"),
    ],
)
def test_a_signed_reply_that_is_not_an_answer_to_us_is_refused(changes, why):
    with pytest.raises(WrongReply, match=why):
        _read(_envelope(**changes))


def test_a_tampered_reply_is_found_out():
    tampered = _envelope(answer={"address": {**ADDRESS, "line_1": "13 Canal Street"}})
    with pytest.raises(WrongReply, match="bad-receipt"):
        _read(tampered, signed=_envelope())


def test_a_reply_without_receipt_is_refused():
    with pytest.raises(WrongReply, match="bad-receipt"):
        read(QUESTION, 200, canonical.encode(_envelope()), "")


def test_a_404_without_receipt_does_not_say_that_nobody_lives_there():
    with pytest.raises(WrongReply):
        read(QUESTION, 404, b"<h1>Not Found</h1>", "")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, Unreachable),
        (503, Unreachable),
        (429, Unreachable),
        (408, Unreachable),
        (400, Refused),
        (401, Refused),
        (403, Refused),
        (409, Refused),
        (422, Refused),
        (204, WrongReply),
        (302, WrongReply),
        (201, WrongReply),
    ],
)
def test_the_status_says_whether_to_try_again(status, kind):
    with pytest.raises(kind, match=f"http-{status}"):
        read(QUESTION, status, b"", "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.integers(100, 599),
    st.binary(max_size=60) | JSON.map(lambda v: json.dumps(v).encode()),
    st.text(max_size=40),
)
def test_junk_is_refused_and_never_crashes(status, raw, receipt):
    with pytest.raises(reply.Failed) as refused:
        read(QUESTION, status, raw, receipt)
    assert refused.value.why


@given(st.dictionaries(st.sampled_from(["found", "answer", "key", "question"]), JSON, min_size=1))
def test_signed_junk_is_refused_or_an_answer_in_the_agreed_form(changes):
    envelope = _envelope(**changes)
    try:
        raw = canonical.encode(envelope)
    except canonical.NotCanonical:
        return
    try:
        values = read(QUESTION, 200, raw, PEER.sign(envelope)).values
    except WrongReply:
        return
    assert values is None or values == {"address": ADDRESS}
