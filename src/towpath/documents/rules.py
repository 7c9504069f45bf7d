"""Which files we take, told by what they are and not by what they are called. Pure."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

SIZE: Final = 10_000_000  # bytes
NAME: Final = 150  # characters
PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
# The first ending is the one that a file gets whose own does not fit.
ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    PDF: ("pdf",),
    PNG: ("png",),
    JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    DOCX: ("docx",),
    ODT: ("odt",),
    TEXT: ("txt", "text"),
}
# What browsers say when they don't know.
UNSURE: Final = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/zip"})
# A picture under the name of the other kind is common and harmless; its name is put right.
PICTURES: Final = frozenset({PNG, JPEG})

# quarantined: waits for the scanner and can't be read. unscanned: there is no scanner here, and screens say so.
STATES: Final[Mapping[str, frozenset[str]]] = {
    "quarantined": frozenset({"clean", "refused"}),
    "unscanned": frozenset({"clean", "refused"}),
    "clean": frozenset({"refused"}),
    "refused": frozenset(),
}
READABLE: Final = frozenset({"clean", "unscanned"})


class NotTaken(ValueError):
    """A file that we don't take. `code` is the key of the message beside the question; the text says what is right.

    Codes: empty, too-big, wrong-type, not-what-it-says, macros.
    """

    def __init__(self, code: str, right: str) -> None:
        super().__init__(right)
        self.code = code


@dataclass(frozen=True)
class Checked:
    name: str
    content_type: str


def check(name: str, claimed: str, content: bytes) -> Checked:
    """The file's proper name and true type; raises NotTaken."""
    if not content:
        raise NotTaken("empty", "The file is empty. Choose one that has something in it.")
    if len(content) > SIZE:
        raise NotTaken("too-big", f"The file must be smaller than {SIZE // 1_000_000} MB.")
    true = sniff(content)
    given = _claimed(name, claimed)
    if true is None or (true == TEXT and given not in {TEXT, None}):
        raise NotTaken("wrong-type", "The file must be a PDF, PNG, JPEG, DOCX, ODT or plain text (TXT) file.")
    if given not in {true, None} and not {given, true} <= PICTURES:
        said = ENDINGS[given][0].upper() if given in ENDINGS else "another kind of file"
        raise NotTaken(
            "not-what-it-says", f"The file says it is {said}, but it is {ENDINGS[true][0].upper()}."
        )
    return Checked(proper_name(name, true), true)


def _claimed(name: str, claimed: str) -> str | None:
    """What browser and name say it is: None where neither knows; `other` for what we don't take."""
    said = claimed.partition(";")[0].strip().lower()
    if said not in UNSURE:
        return said if said in ENDINGS else "other"
    ending = PurePosixPath(name.lower()).suffix.lstrip(".")
    return next(
        (kind for kind, endings in ENDINGS.items() if ending in endings), None if not ending else "other"
    )


def sniff(content: bytes) -> str | None:
    """The type by the content's first bytes, or by what lies in the package; None for all others."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if b"%PDF-" in content[:1024]:
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _package(content)
    return TEXT if _is_text(content) else None


def _package(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
            if "mimetype" in names:
                with package.open("mimetype") as said:
                    return ODT if said.read(100).strip() == ODT.encode() else None
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise NotTaken("macros", "The document has macros in it. Save it without them, or as PDF.")
    return DOCX if {"[Content_Types].xml", "word/document.xml"} <= names else None


def _is_text(content: bytes) -> bool:
    """UTF-8 (or what Windows writes), without control characters."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
        if "\N{REPLACEMENT CHARACTER}" in text:
            return False
    return not re.search(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]", text)


def proper_name(name: str, content_type: str) -> str:
    """Without folders, control characters or direction marks, with the ending that fits the content."""
    last = re.split(r"[/\\]", name)[-1]
    # Not printable are controls, and the direction marks that make `exe.fdp` look like `pdf.exe` backwards.
    plain = "".join(c if c not in '<>:"|?*' else "_" for c in last if c.isprintable())
    stem, dot, ending = " ".join(plain.split()).strip(". ").rpartition(".")
    endings = ENDINGS[content_type]
    if not dot:
        stem, ending = ending, endings[0]
    elif ending.lower() not in endings:
        ending = endings[0]
    return f"{stem.strip('. ')[:NAME] or 'document'}.{ending.lower()}"
