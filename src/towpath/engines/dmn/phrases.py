"""The phrases of explanations, language by language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """`units` has the forms of each unit of time: two where one differs from more, else as Arabic has them."""

    sentences: Mapping[str, str]
    words: Mapping[str, str]
    months: tuple[str, ...]
    units: Mapping[str, tuple[str, ...]]
    pair: str = "{name}: {value}"
    divider: str = "; "
    comma: str = ", "
    last: str = " and "
    thousands: str = ","
    point: str = "."
    first_of_month: str = ""
    right_to_left: bool = False
    none_is_one: bool = False

    def counted(self, unit: str, count: int) -> str:
        forms = self.units[unit]
        if len(forms) == 2:
            return forms[0] if count == 1 or (count == 0 and self.none_is_one) else forms[1]
        if count in (1, 2):
            return forms[count - 1]
        rest = count % 100
        return forms[2] if 3 <= rest <= 10 else forms[3] if rest >= 11 else forms[4]


ENGLISH = Phrases(
    {
        "one": "{decision}: rule {rules} decided.",
        "many": "{decision}: rules {rules} hold together.",
        "either": "{decision}: one of rules {rules} holds, and each of them gives the same.",
        "none": "{decision}: no rule holds.",
        "worked out": "{decision} was worked out.",
        "basis": "The basis is: {notes}.",
        "seen": "This was looked at: {inputs}.",
        "result": "The result is: {output}.",
    },
    {"yes": "yes", "no": "no", "not given": "not given", "nothing": "nothing"},
    (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    {
        "year": ("{count} year", "{count} years"),
        "month": ("{count} month", "{count} months"),
        "day": ("{count} day", "{count} days"),
        "hour": ("{count} hour", "{count} hours"),
        "minute": ("{count} minute", "{count} minutes"),
    },
)
FRENCH = Phrases(
    {
        "one": "{decision}\u00a0: la règle {rules} a décidé.",
        "many": "{decision}\u00a0: les règles {rules} s’appliquent ensemble.",
        "either": "{decision}\u00a0: une des règles {rules} s’applique, et chacune donne le même résultat.",
        "none": "{decision}\u00a0: aucune règle ne s’applique.",
        "worked out": "{decision}\u00a0: le résultat a été calculé.",
        "basis": "La base est\u00a0: {notes}.",
        "seen": "Ceci a été pris en compte\u00a0: {inputs}.",
        "result": "Le résultat est\u00a0: {output}.",
    },
    {"yes": "oui", "no": "non", "not given": "non indiqué", "nothing": "rien"},
    (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    {
        "year": ("{count} an", "{count} ans"),
        "month": ("{count} mois", "{count} mois"),
        "day": ("{count} jour", "{count} jours"),
        "hour": ("{count} heure", "{count} heures"),
        "minute": ("{count} minute", "{count} minutes"),
    },
    pair="{name}\u00a0: {value}",
    divider="\u00a0; ",
    last=" et ",
    thousands="\u202f",
    point=",",
    first_of_month="er",
    none_is_one=True,
)
ARABIC = Phrases(
    {
        "one": "{decision}: القاعدة {rules} هي التي قررت.",
        "many": "{decision}: القواعد {rules} تنطبق معًا.",
        "either": "{decision}: تنطبق إحدى القواعد {rules}، وكل منها يعطي النتيجة نفسها.",
        "none": "{decision}: لا تنطبق أي قاعدة.",
        "worked out": "{decision}: حُسبت النتيجة.",
        "basis": "الأساس هو: {notes}.",
        "seen": "نُظر في ما يلي: {inputs}.",
        "result": "النتيجة هي: {output}.",
    },
    {"yes": "نعم", "no": "لا", "not given": "لم يُذكر", "nothing": "لا شيء"},
    (
        *("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو"),
        *("يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"),
    ),
    {  # for one, two, three to ten, eleven and more, whole hundreds and none
        "year": ("سنة واحدة", "سنتان", "{count} سنوات", "{count} سنة", "{count} سنة"),
        "month": ("شهر واحد", "شهران", "{count} أشهر", "{count} شهرًا", "{count} شهر"),
        "day": ("يوم واحد", "يومان", "{count} أيام", "{count} يومًا", "{count} يوم"),
        "hour": ("ساعة واحدة", "ساعتان", "{count} ساعات", "{count} ساعة", "{count} ساعة"),
        "minute": ("دقيقة واحدة", "دقيقتان", "{count} دقائق", "{count} دقيقة", "{count} دقيقة"),
    },
    divider="؛ ",
    comma="، ",
    last=" و",
    right_to_left=True,
)
PHRASES: Mapping[str, Phrases] = {"en": ENGLISH, "fr": FRENCH, "ar": ARABIC}
