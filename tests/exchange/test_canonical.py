"""One way to write JSON: whoever signs and whoever checks arrive at the same bytes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from towpath.exchange import canonical

TEXTS = st.text(st.characters(codec="utf-8"))
WHOLE = st.integers(-canonical.MOST, canonical.MOST)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_can_be_read_again(value):
    assert canonical.decode(canonical.encode(value)) == value


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_the_order_in_which_an_object_was_made_does_not_matter(value):
    turned = dict(reversed(value.items()))
    assert canonical.encode(turned) == canonical.encode(value)


@given(VALUES)
def test_any_other_spelling_has_the_same_canonical_form(value):
    spelt = json.dumps(value, indent=2, ensure_ascii=True).encode()
    assert canonical.encode(canonical.decode(spelt)) == canonical.encode(value)


@given(st.binary() | TEXTS.map(str.encode))
def test_junk_is_refused_and_never_crashes(raw):
    try:
        value = canonical.decode(raw)
        canonical.encode(value)
    except canonical.NotCanonical as error:
        assert str(error)


def test_names_are_in_the_order_of_their_utf16_units():
    # The example of RFC 8785, section 3.2.3.
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = json.loads(canonical.encode(dict.fromkeys(names, 0)), object_pairs_hook=list)
    assert [name for name, _ in written] == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_controls_are_escaped_the_short_way_and_nothing_else_is():
    assert canonical.encode('\x08\t\n\x0c\r\x0f"\\/\x7fé') == '"\\b\\t\\n\\f\\r\\u000f\\"\\\\/\x7fé"'.encode()


@pytest.mark.parametrize(
    "value", [1.0, 0.5, float("nan"), 2**53, b"x", {1: 2}, "\ud800", {"\ud800": 1}, object()]
)
def test_what_has_no_one_spelling_is_refused(value):
    with pytest.raises(canonical.NotCanonical):
        canonical.encode(value)


@pytest.mark.parametrize(
    "raw", [b'{"a":1,"a":2}', b"NaN", b"-Infinity", b"[" * 100_000, b"1" * 5_000, b"\xff", b"", b"{"]
)
def test_what_is_not_strict_json_is_refused(raw):
    with pytest.raises(canonical.NotCanonical):
        canonical.decode(raw)


def test_what_is_nested_too_deep_is_refused():
    value: list[object] = []
    for _ in range(canonical.DEEPEST + 1):
        value = [value]
    with pytest.raises(canonical.NotCanonical, match="deeper"):
        canonical.encode(value)
