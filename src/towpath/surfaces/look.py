"""What the shared templates show, as small frozen values.

A view fills these and hands them to the tags of `{% load towpath %}`; a tag takes any object with the same
attributes. Texts arrive translated; the only words that live in the templates are the components' own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, Literal

FieldKind = Literal["text", "textarea", "radios", "checkboxes", "select", "date", "file"]
StageState = Literal["done", "current", "next"]
TagKind = Literal["", "active", "done", "attention"]

DATE_PARTS = ("day", "month", "year")


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere. `current` marks the page one is on; `count` and `key` are for navigation."""

    text: str
    href: str
    current: bool = False
    count: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """A language that the page can be read in. `name` is in that language; `href` is for switching by link."""

    code: str
    name: str
    href: str = ""
    current: bool = False
    rtl: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page: whose page it is, who is signed in, where the ways out lead.

    Put it in the context as `frame`. Every attribute may be missing; then that part is not shown.
    `theme` is "" or "mere"; `sign_out` is posted to; `navigation`, `search`, `query` and `account` are the desk's.
    """

    body: str = ""
    home: str = "/"
    theme: str = ""
    demo: bool = False
    person: str = ""
    place: str = ""
    sign_in: str = ""
    sign_out: str = ""
    account: Sequence[Link] = ()
    languages: Sequence[Language] = ()
    navigation: Sequence[Link] = ()
    footer: Sequence[Link] = ()
    search: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer among several. `divider` is a word such as "or" set before it."""

    value: str
    label: str
    hint: str = ""
    divider: str = ""


@dataclass(frozen=True, slots=True)
class DatePart:
    """One of the three boxes of a date: `name` is what the form posts, `part` is day, month or year."""

    part: str
    name: str
    id: str
    value: str
    width: int
    wrong: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A question with its hint, its error and what was answered.

    `value` is a string; for checkboxes a sequence of strings; for a date a `datetime.date` or a mapping with
    `day`, `month`, `year` as they were typed. A date posts `<name>-day`, `<name>-month`, `<name>-year`.
    `heading` makes the label the page's heading; `wrong` names the parts of a date that are at fault.
    `width` is in characters (2, 3, 4, 5, 10, 20) and says how long an answer is expected.
    """

    kind: FieldKind
    name: str
    label: str
    hint: str = ""
    error: str = ""
    value: Any = ""
    choices: Sequence[Choice] = ()
    id: str = ""
    heading: bool = False
    optional: bool = False
    type: str = "text"
    autocomplete: str = ""
    inputmode: str = ""
    spellcheck: str = ""
    width: int = 0
    rows: int = 5
    maxlength: int = 0
    prefix: str = ""
    suffix: str = ""
    inline: bool = False
    small: bool = False
    accept: str = ""
    multiple: bool = False
    wrong: Sequence[str] = ()
    dir: str = ""

    @property
    def ident(self) -> str:
        return self.id or self.name

    @property
    def anchor(self) -> str:
        """The id of the first control, where the error summary leads."""
        return f"{self.ident}-day" if self.kind == "date" else self.ident

    @property
    def described_by(self) -> str:
        parts = [f"{self.ident}-hint"] if self.hint else []
        return " ".join([*parts, f"{self.ident}-error"] if self.error else parts)

    @property
    def values(self) -> tuple[str, ...]:
        if self.value is None or self.value == "":
            return ()
        if isinstance(self.value, str) or not isinstance(self.value, Iterable):
            return (str(self.value),)
        return tuple(str(value) for value in self.value)

    @property
    def options(self) -> list[tuple[str, Choice, bool]]:
        """Each choice with the id of its control and whether it is chosen."""
        chosen = set(self.values)
        return [
            (self.ident if n == 1 else f"{self.ident}-{n}", choice, choice.value in chosen)
            for n, choice in enumerate(self.choices, start=1)
        ]

    @property
    def parts(self) -> list[DatePart]:
        """The three boxes of a date, in the order in which they are shown."""
        typed = _date_parts(self.value)
        return [
            DatePart(
                part=part,
                name=f"{self.name}-{part}",
                id=f"{self.ident}-{part}",
                value=typed.get(part, ""),
                width=4 if part == "year" else 2,
                wrong=bool(self.error) and (not self.wrong or part in self.wrong),
            )
            for part in DATE_PARTS
        ]

    @classmethod
    def of(cls, bound: object) -> Field:
        """`bound` itself, or a copy of the attributes that it has; `kind`, `name` and `label` are needed."""
        if isinstance(bound, cls):
            return bound
        return cls(**{f.name: getattr(bound, f.name) for f in fields(cls) if hasattr(bound, f.name)})


def _date_parts(value: object) -> dict[str, str]:
    if isinstance(value, date):
        return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}
    if isinstance(value, Mapping):
        return {part: str(value.get(part) or "") for part in DATE_PARTS}
    return {}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a summary list. `change` leads back to the question; `lines` are shown one under the other."""

    key: str
    lines: Sequence[str] = ()
    change: str = ""
    what: str = ""
    href: str = ""

    @classmethod
    def said(cls, key: str, value: str, change: str = "", what: str = "") -> Row:
        return cls(key=key, lines=value.splitlines(), change=change, what=what)


@dataclass(frozen=True, slots=True)
class TaskItem:
    """A part of a longer task. Without `href` it can't be started yet."""

    title: str
    status: str
    href: str = ""
    hint: str = ""
    kind: TagKind = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the way in plain words: behind us, where we are, or still to come."""

    title: str
    state: StageState
    note: str = ""
    when: datetime | date | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened, for a timeline. `who` and `channel` are words for people."""

    when: datetime
    title: str
    text: str = ""
    who: str = ""
    channel: str = ""
    kind: TagKind = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table. `tag` shows the text as a status of that kind."""

    text: str
    href: str = ""
    tag: TagKind | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` hold strings, numbers or `Cell`s, as many as there are columns; the first one names its row."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    hide_caption: bool = False

    @property
    def lines(self) -> list[list[tuple[Column, Cell]]]:
        return [
            [(column, _cell(value)) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]


def _cell(value: object) -> Cell:
    return value if isinstance(value, Cell) else Cell("" if value is None else str(value))


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `shown` is the value as people read it ("12 days"); `href` leads to the cases behind it."""

    label: str
    value: float
    shown: str
    href: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a heading that says what they show. `measure` is the definition; `label_column` heads the table."""

    finding: str
    measure: str
    bars: Sequence[Bar]
    label_column: str
    value_column: str
    csv: str = ""
    note: str = ""

    @property
    def widths(self) -> list[tuple[Bar, str]]:
        """Each bar with its length in hundredths of the longest, as SVG takes it. A value below nought has none."""
        longest = max([0.0, *(bar.value for bar in self.bars)]) or 1.0
        return [(bar, f"{max(0.0, 100 * bar.value / longest):.2f}") for bar in self.bars]


@dataclass(frozen=True, slots=True)
class Pages:
    """The way through a long list. `numbers` may be left out; an empty text in it stands for a gap."""

    previous: str = ""
    next: str = ""
    numbers: Sequence[Link] = field(default_factory=tuple)
