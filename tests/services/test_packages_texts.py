"""The shipped services say everything in every language, and nothing that nobody asks for."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

SERVICES = Path(__file__).parents[2] / "services"
PACKAGES = sorted(folder for folder in SERVICES.iterdir() if (folder / "service.yaml").exists())
ALWAYS_THERE = {"name", "reference", "link", "service", "body", "contact", "today"}
PLACE = re.compile(r"\{\{\s*(.*?)\s*\}\}")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def languages() -> list[Any]:
    return [
        pytest.param(folder, language, id=f"{folder.name}-{language}")
        for folder in PACKAGES
        for language in read(folder / "service.yaml")["languages"]
    ]


def flat(texts: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(texts, dict):
        for key, value in texts.items():
            yield from flat(value, f"{path}.{key}" if path else key)
    else:
        yield path, texts


def of_question(room: str, question: dict[str, Any]) -> Iterator[str]:
    yield f"{room}.{question['id']}.label"
    for value in question.get("options", []):
        yield f"{room}.{question['id']}.options.{value}"
    for check in question.get("checks", []):
        yield f"{room}.{question['id']}.messages.{check['id']}"


def of_form(form: dict[str, Any]) -> Iterator[str]:
    for page in form["pages"]:
        yield f"pages.{page['id']}.title"
        for question in page["questions"]:
            yield from of_question("questions", question)
            yield f"questions.{question['id']}.why"
            if not question.get("optional"):
                yield f"questions.{question['id']}.messages.required"
            yield from (
                f"questions.{question['id']}.messages.{end}" for end in ("min", "max") if end in question
            )
    for question in form.get("guided-check", {}).get("questions", []):
        yield from of_question("questions", {"id": question} if isinstance(question, str) else question)


def of_tasks(tasks: dict[str, Any]) -> Iterator[str]:
    for room in ("tasks", "asks"):
        for form in tasks.get(room, []):
            yield f"{room}.{form['id']}.title"
            for field in form.get("fields", []):
                yield from of_question("fields", field)


def of_service(service: dict[str, Any]) -> Iterator[str]:
    for room in ("legal-resources", "evidence", "costs", "outputs", "dates"):
        yield from (f"{room}.{entry['id']}" for entry in service.get(room, []))
    for room in ("stages", "outcomes"):
        for entry in service[room]:
            yield f"{room}.{entry['id']}.label"
            yield f"{room}.{entry['id']}.explanation"


def of_letters(folder: Path) -> Iterator[str]:
    for path in (folder / "letters").glob("*.yaml"):
        letter = read(path)
        yield f"letters.{path.stem}.subject"
        yield from (f"letters.{path.stem}.paragraphs.{part['id']}" for part in letter["paragraphs"])
        explained = [place for place in letter.get("places", {}).values() if place["as"] == "explanation"]
        yield from (f"decisions.{place['value'].strip(chr(34))}" for place in explained)
        if "sms" in letter["channels"]:
            yield f"letters.{path.stem}.sms"


def of_rules(folder: Path) -> Iterator[str]:
    """Reasons are the texts in the last output column of our decision tables."""
    for path in (folder / "decisions").glob("*.dmn"):
        table = path.read_text(encoding="utf-8")
        if 'name="reason"' in table:
            last = re.findall(r'<text>"(\w+)"</text>\s*</outputEntry>\s*<annotationEntry>', table)
            yield from (f"reasons.{code}" for code in last)


def drawn(folder: Path) -> dict[str, str]:
    """The keys of what has a name in the process, with that name. User tasks are called by their form."""
    root = ElementTree.fromstring((folder / "process.bpmn").read_text(encoding="utf-8"))
    (process,) = (node for node in root if node.tag.endswith("}process"))
    named = [node for node in process.iter() if node is not process and node.get("id") and node.get("name")]
    return {
        f"process.{node.get('id')}": str(node.get("name"))
        for node in named
        if not node.tag.endswith("}userTask")
    }


def needed(folder: Path) -> set[str]:
    return {
        *of_service(read(folder / "service.yaml")),
        *of_form(read(folder / "form.yaml")),
        *of_tasks(read(folder / "tasks.yaml")),
        *of_letters(folder),
        *of_rules(folder),
    }


def locale(folder: Path, language: str) -> dict[str, Any]:
    return dict(flat(read(folder / "locale" / f"{language}.yaml")))


@pytest.mark.parametrize(("folder", "language"), languages())
def test_every_text_that_is_needed_is_there(folder: Path, language: str) -> None:
    assert sorted(needed(folder) - set(locale(folder, language))) == []


@pytest.mark.parametrize(("folder", "language"), languages())
def test_what_is_drawn_has_a_name_in_each_further_language(folder: Path, language: str) -> None:
    """The process is drawn in the first language."""
    first = read(folder / "service.yaml")["languages"][0]
    named = {key for key in locale(folder, language) if key.startswith("process.")}
    assert named == (set() if language == first else set(drawn(folder)))


@pytest.mark.parametrize(("folder", "language"), languages())
def test_no_text_is_left_over_from_something_removed(folder: Path, language: str) -> None:
    owned = (
        "questions",
        "pages",
        "tasks",
        "asks",
        "fields",
        "letters",
        "reasons",
        "stages",
        "outcomes",
        "decisions",
    )
    named = {".".join(key.split(".")[:2]) for key in needed(folder)}
    named |= {f"fields.{part}" for part in ("outcome", "reason", "legal_basis")}
    named |= {
        f"fields.{name}" for task in read(folder / "tasks.yaml")["tasks"] for name in task.get("shows", [])
    }
    here = {".".join(key.split(".")[:2]) for key in locale(folder, language) if key.split(".")[0] in owned}
    assert sorted(here - named) == []


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_the_languages_have_the_same_keys(folder: Path) -> None:
    first, *others = read(folder / "service.yaml")["languages"]
    for other in others:
        assert set(locale(folder, other)) - set(drawn(folder)) == set(locale(folder, first)), other


@pytest.mark.parametrize(("folder", "language"), languages())
def test_letters_name_only_places_that_they_have_and_use_all_of_them(folder: Path, language: str) -> None:
    texts = locale(folder, language)
    for path in (folder / "letters").glob("*.yaml"):
        own = set(read(path).get("places", {}))
        words = [str(text) for key, text in texts.items() if key.startswith(f"letters.{path.stem}.")]
        used = {place for text in words for place in PLACE.findall(text)}
        assert used - own - ALWAYS_THERE == set(), path.stem
        assert own - used == set(), path.stem


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_a_letter_has_the_same_places_in_every_language(folder: Path) -> None:
    first, *others = read(folder / "service.yaml")["languages"]
    original = locale(folder, first)
    for other in others:
        for key, text in locale(folder, other).items():
            if key.startswith("letters."):
                assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(original[key])), (other, key)


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_nothing_is_left_untranslated(folder: Path) -> None:
    first, *others = read(folder / "service.yaml")["languages"]
    original = drawn(folder) | locale(folder, first)
    for other in others:
        for key, text in locale(folder, other).items():
            if isinstance(text, str) and len(PLACE.sub("", text)) > 20:
                assert text != original[key], (other, key)


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_no_french_line_begins_with_its_punctuation(folder: Path) -> None:
    """A space before : ; ? ! » and after « does not break (U+00A0)."""
    texts = locale(folder, "fr").items()
    assert [key for key, text in texts if isinstance(text, str) and re.search(r" [:;?!»]|« ", text)] == []


@pytest.mark.parametrize(("folder", "language"), languages())
def test_what_only_some_must_show_says_who(folder: Path, language: str) -> None:
    begins = {"en": "If ", "fr": "Si ", "ar": "إذا "}[language]
    texts = locale(folder, language)
    some = [one["id"] for one in read(folder / "service.yaml")["evidence"] if "needed-if" in one]
    assert some
    assert [id_ for id_ in some if not texts[f"evidence.{id_}"].startswith(begins)] == []


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_the_arabic_texts_are_arabic(folder: Path) -> None:
    for key, text in locale(folder, "ar").items():
        words = PLACE.sub("", text) if isinstance(text, str) else " ".join(text)
        if key != "language" and re.search(r"\w", words):
            assert re.search(r"[\u0600-\u06ff]", words), key
