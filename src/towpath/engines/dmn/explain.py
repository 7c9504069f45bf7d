"""An evaluation told in sentences, for letters and desks: which rules decided, on what ground, from which inputs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from towpath.engines.dmn.phrases import PHRASES, Phrases
from towpath.engines.feel.limits import Budget
from towpath.engines.feel.texts import number_text, text_of
from towpath.engines.feel.times import YearsMonths
from towpath.engines.feel.values import kind

if TYPE_CHECKING:
    from towpath.engines.dmn.trace import Step

_FIRST_STRONG, _POP = "\u2068", "\u2069"  # isolates: what is set in can't turn the sentence around it
MAX_ITEMS = 50  # of one list or context in a sentence


def sentences(
    trace: Sequence[Step], locale: str, labels: Mapping[str, str] | None = None, brief: bool = False
) -> tuple[str, ...]:
    """Of each step in turn; LookupError for a language that there are no phrases for.

    `labels` has what to call decisions, inputs and outputs by their name, and values as "name.value"; what it
    lacks goes by the model's own label, or its name. In `brief` what the rules saw and gave is left out.
    """
    language = locale.replace("_", "-").partition("-")[0].lower()
    if language not in PHRASES:
        raise LookupError(f"there are no phrases for '{locale}'; there are {', '.join(sorted(PHRASES))}")
    teller = _Teller(PHRASES[language], labels or {})
    return tuple(sentence for step in trace for sentence in teller.told(step, brief))


class _Teller:
    def __init__(self, phrases: Phrases, labels: Mapping[str, str]) -> None:
        self.phrases = phrases
        self.labels = labels

    def told(self, step: Step, brief: bool) -> list[str]:
        say = self.phrases.sentences
        named = self.set_in(self.label(step.decision, step))
        rules = self.listed([str(rule.index) for rule in step.rules])
        found = [say[_which(step)].format(decision=named, rules=rules)]
        notes = dict.fromkeys(text for rule in step.rules for text in rule.annotations.values() if text)
        if notes:
            found.append(say["basis"].format(notes=self.joined([self.set_in(note) for note in notes])))
        if brief:
            return found
        if step.inputs:
            found.append(say["seen"].format(inputs=self.pairs(step.inputs, step)))
        found.append(say["result"].format(output=self.written(step.output, step, step.decision)))
        return found

    def label(self, name: str, step: Step) -> str:
        last = name.rpartition(".")[2]
        return self.labels.get(name) or self.labels.get(last) or step.labels.get(name) or name

    def pairs(self, values: Mapping[str, Any], step: Step) -> str:
        told = [
            self.phrases.pair.format(
                name=self.set_in(self.label(name, step)), value=self.written(value, step, name)
            )
            for name, value in list(values.items())[:MAX_ITEMS]
        ]
        return self.joined(told)

    def joined(self, texts: list[str]) -> str:
        return self.phrases.divider.join(texts)

    def listed(self, texts: list[str]) -> str:
        if len(texts) < 2:
            return "".join(texts)
        return self.phrases.comma.join(texts[:-1]) + self.phrases.last + texts[-1]

    def set_in(self, text: str) -> str:
        """Where it runs the other way than the sentence, or begins with a sign that has no way of its own."""
        ways = {unicodedata.bidirectional(sign) for sign in text}
        other = ways & ({"L", "EN"} if self.phrases.right_to_left else {"R", "AL", "AN"})
        return f"{_FIRST_STRONG}{text}{_POP}" if other else text

    # -- values

    def written(self, value: Any, step: Step, name: str) -> str:
        if isinstance(value, Mapping):
            return self.pairs(value, step)
        if isinstance(value, list):
            items = [self.written(item, step, name) for item in value[:MAX_ITEMS]]
            return self.listed(items) if items else self.phrases.words["nothing"]
        plain = name.rpartition(".")[2]
        text = self.labels.get(f"{plain}.{value}") if isinstance(value, str) else None
        return self.set_in(text or self.plain(value))

    def plain(self, value: Any) -> str:
        words, what = self.phrases.words, kind(value)
        if what == "null":
            return words["not given"]
        if what == "boolean":
            return words["yes" if value else "no"]
        if what == "number":
            return self.number(value)
        if type(value) is date:
            return self.day(value)
        if type(value) is datetime:
            return f"{self.day(value)}, {value:%H:%M}"
        if type(value) in (timedelta, YearsMonths):
            return self.duration(value)
        return text_of(value, Budget())

    def number(self, value: Decimal | int) -> str:
        whole, point, rest = number_text(value).lstrip("-").partition(".")
        groups = f"{int(whole):,}".replace(",", self.phrases.thousands)
        sign = "\u2212" if value < 0 else ""
        return sign + groups + (self.phrases.point + rest if point else "")

    def day(self, value: date) -> str:
        first = self.phrases.first_of_month if value.day == 1 else ""
        return f"{value.day}{first} {self.phrases.months[value.month - 1]} {value.year}"

    def duration(self, value: Any) -> str:
        if isinstance(value, YearsMonths):
            parts = dict(zip(("year", "month"), divmod(abs(value.months), 12), strict=True))
            empty, negative = "month", value.months < 0
        else:
            minutes, negative, empty = abs(value) // timedelta(minutes=1), value < timedelta(0), "day"
            hours, minutes = divmod(minutes, 60)
            parts = {"day": hours // 24, "hour": hours % 24, "minute": minutes}
        told = [self.counted(count, unit) for unit, count in parts.items() if count]
        return ("\u2212" if negative else "") + (self.listed(told) or self.counted(0, empty))

    def counted(self, count: int, unit: str) -> str:
        return self.phrases.counted(unit, count).format(count=self.number(count))


def _which(step: Step) -> str:
    if step.kind != "decision table":
        return "worked out"
    if step.either:
        return "either"
    return "none" if not step.rules else "one" if len(step.rules) == 1 else "many"
