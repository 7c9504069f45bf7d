import pytest
from hypothesis import given
from hypothesis import strategies as st

from towpath.engines import xmltree
from towpath.engines.xmltree import XmlError

MODEL = """<?xml version="1.0" encoding="UTF-16"?>
<a:plan xmlns:a="urn:a" xmlns:b="urn:b" id="p" b:kind="x">
  <a:step id="1">one <!-- aside -->two<a:inner/><![CDATA[ <3>]]></a:step>
  <b:step id="2"/>
  <other/>
</a:plan>"""


def test_names_namespaces_attributes_text_and_lines_are_kept():
    root = xmltree.parse(MODEL)
    assert (root.tag, root.ns, root.line) == ("plan", "urn:a", 2)
    assert root.attrs == {"id": "p", "{urn:b}kind": "x"}
    step = root.find("step")
    assert step is not None
    assert step.text == "one two <3>"
    assert step.line == 3
    other = root.find("other")
    assert other is not None and other.ns == ""


def test_children_are_found_by_name_and_by_namespace():
    root = xmltree.parse(MODEL)
    assert [node.attrs["id"] for node in root.all("step")] == ["1", "2"]
    assert [node.attrs["id"] for node in root.all("step", "urn:b")] == ["2"]
    assert root.find("inner") is None
    assert root.find("step", "urn:c") is None
    assert [node.tag for node in root.iter()] == ["plan", "step", "inner", "step", "other"]


def test_bytes_are_read_in_their_declared_encoding():
    text = '<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'
    assert xmltree.parse(text.encode("latin-1")).text == "é"
    assert xmltree.parse("<a>é</a>".encode()).text == "é"
    assert xmltree.parse("<a>é</a>".encode("utf-16")).text == "é"


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("", "no element found", 1),
        ("<a>\n<b></a>", "mismatched tag", 2),
        ("<a/>\n<b/>", "junk after document element", 2),
        ("\n<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "DOCTYPE", 2),
        ("<!DOCTYPE a SYSTEM 'http://localhost/a.dtd'><a/>", "DOCTYPE", 1),
        ("<a>&x;</a>", "undefined entity", 1),
        ("<a>\n\ud800</a>", "character", 2),
        (b"<?xml version='1.0' encoding='klingon'?><a/>", "encoding", 1),
        (b"<?xml version='1.0' encoding='utf-7'?><a/>", "encoding", 1),
        (b"<a>\xff</a>", "invalid token", 1),
    ],
)
def test_what_is_not_plain_xml_is_refused_with_its_line(text, why, line):
    with pytest.raises(XmlError, match=why) as caught:
        xmltree.parse(text)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"line {line}: ")


@pytest.mark.parametrize(
    ("text", "bounds", "name"),
    [
        ("<a><b/><b/></a>", {"max_elements": 2}, "max_elements"),
        ("<a><b><c/></b></a>", {"max_depth": 2}, "max_depth"),
        ("<a>12345</a>", {"max_bytes": 11}, "max_bytes"),
        ("<a>ééé</a>", {"max_bytes": 12}, "max_bytes"),
    ],
)
def test_each_bound_is_named_when_it_is_passed(text, bounds, name):
    with pytest.raises(XmlError, match=name):
        xmltree.parse(text, **bounds)
    xmltree.parse(text, **{key: value + 1 for key, value in bounds.items()})


@given(st.one_of(st.text(alphabet="<>ab/='\"&;! \n[]-?"), st.text(), st.binary()))
def test_no_text_breaks_out_of_the_one_error(text):
    try:
        assert xmltree.parse(text).tag
    except XmlError as error:
        assert error.line >= 1
