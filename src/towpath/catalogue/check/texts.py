"""Every text in every language: none missing, none left over, and in letters only places that there are."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from towpath.catalogue.check.folder import Folder
from towpath.catalogue.load import flat
from towpath.catalogue.package import drawn
from towpath.catalogue.problems import Problem, nearest
from towpath.catalogue.written import Document, mapping

PLACE = re.compile(r"\{\{(.*?)\}\}")
ALWAYS = frozenset({"name", "reference", "link", "service", "body", "contact", "today"})
OWNED = frozenset(
    {"pages", "questions", "tasks", "asks", "fields", "letters", "stages", "outcomes", "dates", "process"}
    | {"legal-resources", "evidence", "costs", "outputs", "reasons", "decisions"}
)
OF_A_VERDICT = ("outcome", "reason", "legal_basis")
REASON = re.compile(r'"([a-z][a-z0-9_]*)"')


def check(folder: Folder) -> Iterator[Problem]:
    if not folder.service.file:
        return
    languages = dict(folder.service.texts("languages"))
    for path, language in languages.items():
        if f"locale/{language}.yaml" not in folder.files:
            what = f"the language '{language}' has no texts"
            yield folder.service.problem(path, what, f"add locale/{language}.yaml")
    whole = {"service.yaml", "form.yaml", "tasks.yaml"} <= set(folder.documents)
    needed, optional, shown, names = _needed(folder), _optional(folder), _shown(folder), _names(folder)
    for name, document in folder.inside("locale"):
        if name not in languages.values():
            what = f"the language '{name}' is not among the languages of service.yaml"
            yield document.problem((), what, "add it there, or remove this file", level="warning")
            continue
        if document.at("language") not in (None, name):
            yield document.problem(("language",), f"says '{document.at('language')}'", f"write {name}")
        texts = flat(mapping(document.value))
        if whole:
            # What process.bpmn calls things is in the first language already.
            first = name == folder.service.at("languages", 0)
            yield from _missing(document, texts, needed if first else needed | names)
            known = needed | optional | (names if folder.process else _of_process(texts))
            yield from _left_over(document, texts, known, shown)
        yield from _places(folder, document, texts)
    for _, letter in folder.inside("letters"):
        for place, decision in _explained(letter):
            if folder.decisions_whole and decision not in folder.decisions:
                what = f"there is no decision '{decision}' to explain"
                right = nearest(decision, folder.decisions, "its name stands in quotes")
                yield letter.problem(("places", place, "value"), what, right)


def _missing(document: Document, texts: Mapping[str, str], needed: set[str]) -> Iterator[Problem]:
    for key in sorted(needed):
        if not texts.get(key, "").strip():
            yield document.problem(
                tuple(key.split(".")), "this text is missing", "add it", line=_line(document, key)
            )


def _left_over(
    document: Document, texts: Mapping[str, str], known: set[str], shown: set[str]
) -> Iterator[Problem]:
    for key in sorted(texts):
        room, name, *_rest = [*key.split("."), ""]
        if room in OWNED and key not in known and not (room == "fields" and name in shown):
            yield document.problem(
                tuple(key.split(".")),
                "nothing shows this text",
                nearest(key, known, "remove it"),
                level="warning",
            )


def _line(document: Document, key: str) -> int:
    return document.line(*key.split("."))


def _needed(folder: Folder) -> set[str]:
    """The keys that each language must have."""
    found = {"service.title", "service.summary"}
    service, form, tasks = folder.service, folder.form, folder.tasks
    for room in ("legal-resources", "evidence", "costs", "outputs", "dates"):
        found |= {f"{room}.{id_}" for id_ in service.ids(room)}
    for room in ("stages", "outcomes"):
        found |= {f"{room}.{id_}.label" for id_ in service.ids(room)}
    found |= {f"pages.{id_}.title" for id_ in form.ids("pages")}
    for _, question in folder.questions():
        found |= set(_of_field("questions", question)) | {f"questions.{question.get('id')}.why"}
    for _, question in form.entries("guided-check", "questions"):
        found |= set(_of_field("questions", question))
    for room in ("tasks", "asks"):
        found |= {f"{room}.{id_}.title" for id_ in tasks.ids(room)}
    for _, field in folder.fields():
        found |= set(_of_field("fields", field))
    for name, letter in folder.inside("letters"):
        found |= {f"letters.{name}.subject"}
        found |= {f"letters.{name}.paragraphs.{id_}" for id_ in letter.ids("paragraphs")}
        found |= {f"decisions.{decision}" for _, decision in _explained(letter)}
        if "sms" in {text for _, text in letter.texts("channels")}:
            found |= {f"letters.{name}.sms"}
    return found | {f"reasons.{code}" for code in _reasons(folder)}


def _names(folder: Folder) -> set[str]:
    """The keys of what has a name in process.bpmn and in no other text."""
    if folder.model is None or folder.process is None:
        return set()
    return _of_process(each.key for each in drawn(folder.model).values())


def _of_process(keys: Iterable[str]) -> set[str]:
    return {key for key in keys if key.startswith("process.")}


def _explained(letter: Document) -> Iterator[tuple[str, str]]:
    """The places that explain a decision, with its name: a text, so that it stands in quotes."""
    for place, told in mapping(letter.at("places")).items():
        if isinstance(told, dict) and told.get("as") == "explanation":
            yield place, str(told.get("value", "")).strip().strip('"')


def _of_field(room: str, field: Mapping[str, Any]) -> Iterator[str]:
    key = f"{room}.{field.get('id')}"
    yield f"{key}.label"
    options = field.get("options")
    yield from (f"{key}.options.{value}" for value in (options if isinstance(options, list) else []))
    checks = field.get("checks")
    for check in checks if isinstance(checks, list) else []:
        if isinstance(check, dict):
            yield f"{key}.messages.{check.get('id')}"


def _shown(folder: Folder) -> set[str]:
    """What task forms show besides fields: variables, which may have a label and names of their values."""
    tasks = folder.tasks
    return {name for path, _ in tasks.entries("tasks") for _, name in tasks.texts(*path, "shows")}


def _optional(folder: Folder) -> set[str]:
    """The keys that may be there besides."""
    found: set[str] = set()
    fields = [("questions", q) for _, q in folder.questions()]
    fields += [("questions", q) for _, q in folder.form.entries("guided-check", "questions")]
    fields += [("fields", f) for _, f in folder.fields()]
    fields += [("fields", {"id": name}) for name in OF_A_VERDICT]
    for room, field in fields:
        key = f"{room}.{field.get('id')}"
        found |= {f"{key}.{part}" for part in ("label", "hint", "why")}
        found |= {f"{key}.messages.{end}" for end in ("required", "min", "max", "too-long", "too-many-files")}
    for room in ("stages", "outcomes"):
        found |= {f"{room}.{id_}.explanation" for id_ in folder.service.ids(room)}
    for room, ids in (("pages", folder.form.ids("pages")), ("tasks", folder.tasks.ids("tasks")), ("asks", folder.tasks.ids("asks"))):  # fmt: skip
        found |= {f"{room}.{id_}.{part}" for id_ in ids for part in ("hint", "explanation", "intro", "help")}
    return found | {f"letters.{name}.sms" for name in folder.names("letters")}


def _reasons(folder: Folder) -> set[str]:
    """The codes in the columns named `reason` of decision tables."""
    from towpath.engines import xmltree

    found: set[str] = set()
    for path in sorted(set(folder.decision_files.values())):
        for table in xmltree.parse(folder.files[path]).iter():
            if table.tag != "decisionTable":
                continue
            columns = [
                n for n, output in enumerate(table.all("output")) if output.attrs.get("name") == "reason"
            ]
            for rule in table.all("rule"):
                cells = rule.all("outputEntry")
                texts = [cells[n].find("text") for n in columns if n < len(cells)]
                found |= {code for text in texts if text for code in REASON.findall(text.text)}
    return found


def _places(folder: Folder, document: Document, texts: Mapping[str, str]) -> Iterator[Problem]:
    used: dict[str, set[str]] = {}
    for key, text in texts.items():
        parts = key.split(".")
        if parts[0] != "letters" or len(parts) < 3:
            continue
        letter = folder.documents.get(f"letters/{parts[1]}.yaml")
        if letter is None:
            continue
        own = set(mapping(letter.at("places")))
        for found in PLACE.findall(text):
            name = found.strip()
            used.setdefault(parts[1], set()).add(name)
            if name not in own | ALWAYS:
                what = f"the letter has no place '{name}'"
                yield document.problem(
                    tuple(parts), what, nearest(name, own | ALWAYS), line=_line(document, key)
                )
    for name, letter in folder.inside("letters"):
        for place in sorted(set(mapping(letter.at("places"))) - used.get(name, set())):
            what = f"the text in {document.file} does not use this place"
            yield letter.problem(("places", place), what, "use it there, or remove it", level="warning")
