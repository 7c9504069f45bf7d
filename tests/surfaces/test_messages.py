"""Every text of the product is there in each language that it is offered in, and says the same."""

import gettext
import re
from collections import Counter

import pytest
from scripts import messages
from scripts.messages import CATALOGUES, LANGUAGES, Entry, Text, Unreadable

FOUND = messages.texts()
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+")
WAY_OUT = "Run `make messages`, then write what is missing into the .po and run it again."


def entries(language: str) -> list[Entry]:
    source = (CATALOGUES / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    return messages.entries(source)


def compiled(language: str) -> gettext.GNUTranslations:
    with (CATALOGUES / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


CATALOGUE = {language: entries(language) for language in LANGUAGES}


def differing(entry: Entry, translation: str, *, may_leave_out: bool) -> Counter[str]:
    """Placeholders and marks that only one of text and translation has.

    The form for exactly one number may leave a named placeholder out: the number is in its words.
    """
    wanted = Counter(PLACEHOLDER.findall(entry.plural or entry.id))
    given = Counter(PLACEHOLDER.findall(translation))
    if may_leave_out:
        given |= Counter({name: 1 for name in wanted if name.startswith("%(")})
    return (wanted - given) + (given - wanted)


def numbers_of(language: str) -> dict[int, list[int]]:
    """Plural form -> the numbers below 1000 that take it, as the compiled catalogue counts."""
    count = compiled(language).plural  # type: ignore[attr-defined]
    forms: dict[int, list[int]] = {}
    for number in range(1000):
        forms.setdefault(count(number), []).append(number)
    return forms


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    known = {
        (entry.context, entry.id)
        for entry in CATALOGUE[language]
        if all(entry.translations) and not entry.fuzzy
    }
    missing = [f"{min(text.places)}: {text.id}" for key, text in FOUND.items() if key not in known]
    assert not missing, f"{language}: {len(missing)} texts. {WAY_OUT}\n" + "\n".join(missing)


def test_no_text_has_a_bare_percent_sign() -> None:
    """Where a template translates a variable, Django looks it up with the sign doubled, and finds nothing."""
    assert not [text.id for text in FOUND.values() if re.search(r"%(?![%(sd])", text.id.replace("%%", ""))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_of_a_text_that_is_gone(language: str) -> None:
    gone = [entry.id for entry in CATALOGUE[language] if entry.id and (entry.context, entry.id) not in FOUND]
    assert not gone, f"{language}. {WAY_OUT}\n" + "\n".join(gone)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    written: dict[object, str] = {}
    for entry in CATALOGUE[language]:
        key = f"{entry.context}\x04{entry.id}" if entry.context else entry.id
        if entry.plural:
            written |= {(key, form): text for form, text in enumerate(entry.translations)}
        elif not entry.fuzzy or not key:
            written[key] = entry.translations[0]
    assert compiled(language)._catalog == written, WAY_OUT  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_placeholders_of_their_texts(language: str) -> None:
    exact = {form for form, numbers in numbers_of(language).items() if len(numbers) == 1}
    wrong = [
        f"{entry.id!r} -> {translation!r}"
        for entry in CATALOGUE[language][1:]
        for form, translation in enumerate(entry.translations)
        if differing(entry, translation, may_leave_out=bool(entry.plural) and form in exact)
    ]
    assert not wrong, "\n".join([language, *wrong])


def test_no_french_line_begins_with_its_punctuation() -> None:
    """A space before : ; ? ! » and after « does not break."""
    wrong = [
        text for entry in CATALOGUE["fr"] for text in entry.translations if re.search(r" [:;?!»]|« ", text)
    ]
    assert not wrong, "Write U+00A0 there:\n" + "\n".join(wrong)


@pytest.mark.parametrize(("language", "forms"), [("ar", 6), ("fr", 2)])
def test_counted_texts_have_all_plural_forms(language: str, forms: int) -> None:
    assert sorted(numbers_of(language)) == list(range(forms))
    plurals = {key: text.plural for key, text in FOUND.items()}
    for entry in CATALOGUE[language][1:]:
        counted = bool(plurals.get((entry.context, entry.id), entry.plural))
        assert len(entry.translations) == (forms if counted else 1), entry.id


def test_texts_of_code_are_found() -> None:
    source = """
a = _("plain")
b = gettext_lazy("put " "together")
c = translation.ngettext("%(n)s day", "%(n)s days", n)
d = pgettext("a request", "Sent")
e = _(label)
f = join("not", "a text")
"""
    found = list(messages.texts_of_code(source, "here.py"))
    assert found == [
        Text("plain"),
        Text("put together"),
        Text("%(n)s day", plural="%(n)s days"),
        Text("Sent", context="a request"),
    ]


def test_a_text_put_together_at_run_time_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"here\.py:1"):
        list(messages.texts_of_code('_(f"{n} days")', "here.py"))


def test_texts_of_templates_are_found() -> None:
    source = """{% load i18n %}{% translate 'Open' context "a request" as word %}
{% button _("Send") "quiet" %}{{ name|default:_("Nobody") }}{# {% translate "no" %} #}
{% blocktranslate count n=all|length trimmed %}
  {{ n }} task
{% plural %}
  {{ n }} tasks at 5 %
{% endblocktranslate %}{% translate measure.title %}"""
    assert list(messages.texts_of_template(source)) == [
        Text("Open", context="a request"),
        Text("Send"),
        Text("Nobody"),
        Text("%(n)s task", plural="%(n)s tasks at 5 %%"),
    ]


def test_a_catalogue_is_read_with_its_long_and_changed_texts() -> None:
    source = """msgid ""
msgstr "Language: fr\\n"

#: here.py
#, fuzzy, python-format
#| msgid "before"
msgctxt "a request"
msgid ""
"first "
"second"
msgid_plural "many"
msgstr[0] "un"
msgstr[1] "plusieurs \\"choses\\""

#~ msgid "gone"
#~ msgstr "parti"
"""
    head, entry = messages.entries(source)
    assert head.translations == ["Language: fr\n"]
    assert entry == Entry("first second", "many", "a request", ["un", 'plusieurs "choses"'], fuzzy=True)
