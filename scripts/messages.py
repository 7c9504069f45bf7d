"""The product's own words: found in code and templates, merged into the catalogues, compiled.

`make messages` after changing a text. It finds every text marked for translation, brings the catalogues (`django.po`)
of each language up to date and compiles them (`django.mo`). New texts come out empty, changed ones as `fuzzy`:
write or mend their translation in the `.po` and run it again. The tests fail until nothing is left over.
Both files are committed, so that only those who change texts need the gettext tools.
"""

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ROOT / "src" / "towpath"
CATALOGUES = PRODUCT / "surfaces" / "locale"
LANGUAGES = ("ar", "fr")
TOOLS = ("msgmerge", "msgfmt", "msgattrib")
HOW = "The gettext tools are missing. On Debian and Ubuntu: apt-get install gettext; on macOS: brew install gettext."

# Which argument is what, by the name of the call.
SHAPES = {
    "_": ("id",),
    "gettext": ("id",),
    "ngettext": ("id", "plural"),
    "pgettext": ("context", "id"),
    "npgettext": ("context", "id", "plural"),
}
LITERAL = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
CALL = re.compile(rf"\b(_|n?p?gettext)\(({LITERAL}(?:\s*,\s*{LITERAL})*)")
HEADER = r"""msgid ""
msgstr ""
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


@dataclass
class Text:
    """A text of the product, as its source says it; `plural` and `context` are empty when there is none."""

    id: str
    plural: str = ""
    context: str = ""
    places: set[str] = field(default_factory=set)


@dataclass
class Entry:
    """A text of a catalogue with its translations: one, or one for each plural form."""

    id: str = ""
    plural: str = ""
    context: str = ""
    translations: list[str] = field(default_factory=list)
    fuzzy: bool = False


class Unreadable(Exception):
    """A text that can't be found by reading the source, or a catalogue that can't be read: says where."""


def texts(folder: Path = PRODUCT) -> dict[tuple[str, str], Text]:
    """Every text marked for translation below `folder`, by context and text."""
    found: dict[tuple[str, str], Text] = {}
    for path in sorted(folder.rglob("*")):
        for text in _texts_of(path):
            known = found.setdefault((text.context, text.id), text)
            known.plural = known.plural or text.plural
            known.places.add(path.relative_to(folder).as_posix())
    return found


def _texts_of(path: Path) -> Iterator[Text]:
    if path.suffix == ".py":
        yield from texts_of_code(path.read_text(encoding="utf-8"), str(path))
    elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
        yield from texts_of_template(path.read_text(encoding="utf-8"))


def texts_of_code(source: str, name: str) -> Iterator[Text]:
    """The texts in calls of gettext and its kin; a text put together at run time is refused."""
    for node in ast.walk(ast.parse(source, name)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        shape = SHAPES.get(re.sub("_(lazy|noop)$", "", called))
        if shape is None:
            continue
        if any(isinstance(argument, ast.JoinedStr) for argument in node.args):
            raise Unreadable(
                f"{name}:{node.lineno}: an f-string can't be translated; name its parts with % or format"
            )
        values = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        if len(values) >= len(shape) and all(isinstance(value, str) for value in values[: len(shape)]):
            yield _text(shape, [str(value) for value in values])


def texts_of_template(source: str) -> Iterator[Text]:
    """The texts in {% translate %}, {% blocktranslate %} and _("…"), as Django itself reads them."""
    for called, arguments in CALL.findall(templatize(source)):
        values = [ast.literal_eval(literal) for literal in re.findall(LITERAL, arguments)]
        yield _text(SHAPES[called], values)


def _text(shape: tuple[str, ...], values: list[str]) -> Text:
    given = dict(zip(shape, values, strict=False))
    return Text(given["id"], given.get("plural", ""), given.get("context", ""))


def entries(source: str) -> list[Entry]:
    """The entries of a catalogue (`.po`), its header first; obsolete ones are left out."""
    found = [_entry(block) for block in re.split(r"\n\s*\n", source)]
    return [entry for entry in found if entry is not None]


def _entry(block: str) -> Entry | None:
    entry, part, read = Entry(), "", False
    for line in block.splitlines():
        if line.startswith("#,") and "fuzzy" in line:
            entry.fuzzy = True
        if line.startswith("#") or not line.strip():
            continue
        found = re.fullmatch(r'(?:(msg\S+)\s+)?(".*")', line.strip())
        if found is None:
            raise Unreadable(f"No line of a catalogue: {line!r}. One has a text in quotation marks.")
        keyword, quoted = found.groups()
        part, read = keyword or part, True
        _take(entry, part, ast.literal_eval(quoted), starts=bool(keyword))
    return entry if read else None


def _take(entry: Entry, part: str, value: str, *, starts: bool) -> None:
    if part.startswith("msgstr"):
        if starts:
            entry.translations.append("")
        entry.translations[-1] += value
    else:
        name = {"msgid": "id", "msgid_plural": "plural", "msgctxt": "context"}[part]
        setattr(entry, name, getattr(entry, name) + value)


def template(found: dict[tuple[str, str], Text]) -> str:
    """The texts as a catalogue without translations (`.pot`), ordered by where they are."""
    ordered = sorted(found.values(), key=lambda text: (min(text.places), text.id))
    return HEADER + "\n".join(_written(text) for text in ordered)


def _written(text: Text) -> str:
    lines = [f"#: {place}" for place in sorted(text.places)]
    if re.search(r"%\(\w+\)|%[sd]", text.id + text.plural):
        lines.append("#, python-format")
    if text.context:
        lines.append(f"msgctxt {_quoted(text.context)}")
    lines.append(f"msgid {_quoted(text.id)}")
    if text.plural:
        lines += [f"msgid_plural {_quoted(text.plural)}", 'msgstr[0] ""', 'msgstr[1] ""']
    else:
        lines.append('msgstr ""')
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def merge(language: str, found: dict[tuple[str, str], Text]) -> None:
    """Bring the catalogue of a language up to date with the texts, drop what is gone, and compile it."""
    catalogue = CATALOGUES / language / "LC_MESSAGES" / "django.po"
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "django.pot"
        fresh.write_text(template(found), encoding="utf-8")
        _run("msgmerge", "--quiet", "--update", "--backup=none", "--width=110", str(catalogue), str(fresh))
    _run("msgattrib", "--no-obsolete", "--width=110", f"--output-file={catalogue}", str(catalogue))
    _run("msgfmt", "--check-format", f"--output-file={catalogue.with_suffix('.mo')}", str(catalogue))


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def left_over(language: str) -> int:
    """How many texts of a language wait for a translation, or for a look at a changed one."""
    catalogue = CATALOGUES / language / "LC_MESSAGES" / "django.po"
    read = entries(catalogue.read_text(encoding="utf-8"))[1:]
    return sum(entry.fuzzy or not all(entry.translations) for entry in read)


def main() -> int:
    if not all(shutil.which(tool) for tool in TOOLS):
        print(HOW)
        return 1
    found = texts()
    print(f"{len(found)} texts.")
    for language in LANGUAGES:
        merge(language, found)
        print(f"{language}: {left_over(language)} to translate.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
