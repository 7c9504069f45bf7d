"""Files are taken for what they are, under a name that can do no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents import files
from towpath.documents import rules


@pytest.mark.parametrize(
    ("name", "claimed", "content", "kept_as"),
    [
        ("plan.pdf", "application/pdf", files.PDF, ("plan.pdf", rules.PDF)),
        ("plan", "application/octet-stream", files.PDF, ("plan.pdf", rules.PDF)),
        ("a.PNG", "image/png", files.PNG, ("a.png", rules.PNG)),
        ("photo.jpg", "image/jpeg", files.PNG, ("photo.png", rules.PNG)),
        ("photo.jpeg", "", files.JPEG, ("photo.jpeg", rules.JPEG)),
        ("letter.docx", rules.DOCX, files.DOCX, ("letter.docx", rules.DOCX)),
        ("letter.odt", rules.ODT, files.ODT, ("letter.odt", rules.ODT)),
        ("note.txt", "text/plain; charset=utf-8", "Grüße".encode(), ("note.txt", rules.TEXT)),
        ("note.txt", "", "Grüße".encode("cp1252"), ("note.txt", rules.TEXT)),
        (r"C:\docs\my plan.pdf", "application/pdf", files.PDF, ("my plan.pdf", rules.PDF)),
        ("../../etc/passwd", "", b"root", ("passwd.txt", rules.TEXT)),
        ("invoice\u202efdp.exe.pdf", "", files.PDF, ("invoicefdp.exe.pdf", rules.PDF)),
        ("رخصة.pdf", "", files.PDF, ("رخصة.pdf", rules.PDF)),
        (".pdf", "", files.PDF, ("pdf.pdf", rules.PDF)),
        ("x" * 500 + ".pdf", "", files.PDF, ("x" * rules.NAME + ".pdf", rules.PDF)),
    ],
)
def test_files_are_taken_under_a_proper_name(name, claimed, content, kept_as):
    checked = rules.check(name, claimed, content)
    assert (checked.name, checked.content_type) == kept_as


@pytest.mark.parametrize(
    ("name", "claimed", "content", "code"),
    [
        ("a.pdf", "application/pdf", b"", "empty"),
        ("a.pdf", "application/pdf", files.PDF + b"x" * rules.SIZE, "too-big"),
        ("a.exe", "application/octet-stream", b"MZ\x90\x00\x03", "wrong-type"),
        ("a.svg", "image/svg+xml", b"<svg><script>x</script></svg>", "wrong-type"),
        ("a.html", "text/html", b"<p>hello", "wrong-type"),
        ("a.html", "", b"<p>hello", "wrong-type"),
        ("a.xlsx", "application/zip", files.XLSX, "wrong-type"),
        ("a.ods", "", files.ODS, "wrong-type"),
        ("a.zip", "application/zip", b"PK\x03\x04broken", "wrong-type"),
        ("a.pdf", "application/pdf", files.PNG, "not-what-it-says"),
        ("a.txt", "text/plain", files.PDF, "not-what-it-says"),
        ("a.exe", "", files.PDF, "not-what-it-says"),
        ("a.pdf", "application/pdf", b"just words", "wrong-type"),
        ("a.docx", rules.DOCX, files.DOCM, "macros"),
    ],
)
def test_other_files_are_refused_with_the_reason(name, claimed, content, code):
    with pytest.raises(rules.NotTaken) as refused:
        rules.check(name, claimed, content)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


@given(st.text(), st.text(max_size=50), st.binary(max_size=200))
def test_any_name_and_content_is_taken_safely_or_refused(name, claimed, content):
    try:
        checked = rules.check(name, claimed, content)
    except rules.NotTaken:
        return
    assert not set(checked.name) & set('/\\<>:"|?*\r\n\0')
    assert checked.name.isprintable()
    assert checked.name[0] != "."
    assert len(checked.name) <= 200
    assert checked.name.rpartition(".")[2] in rules.ENDINGS[checked.content_type]
