"""What residents read about services, and how they find them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from towpath.catalogue.models import ServiceVersion
from towpath.catalogue.package import Deadline, Package
from towpath.catalogue.versions import all_in_force, package, version_in_force
from towpath.foundation import clock, search, tenancy

WORDS = 12  # of one search
# Where a word stands says how much it tells.
WEIGHTS = {"title": 8, "keywords": 6, "summary": 3, "who-can-apply": 1, "what-you-need": 1}
BEGINNING = 0.6  # a word that only begins like the one sought


@dataclass(frozen=True)
class ServiceCard:
    code: str
    title: str
    summary: str
    themes: tuple[str, ...]
    life_events: tuple[str, ...]


@dataclass(frozen=True)
class Cost:
    """`amount` is empty where a decision table works it out."""

    id: str
    text: str
    amount: str
    currency: str


@dataclass(frozen=True)
class ServicePage:
    """`texts`: who-can-apply, what-you-need, how-long, what-happens-next, in the language asked for."""

    code: str
    title: str
    summary: str
    texts: Mapping[str, str]
    costs: Sequence[Cost]
    evidence: Sequence[str]
    channels: Sequence[str]
    open_to: Sequence[str]
    deadline: Deadline | None
    assurance: str
    number: int
    effective_from: date
    guided: bool


def services(language: str) -> list[ServiceCard]:
    """What the body offers today, by title."""
    cards = [_card(row, package(row.pk), language) for row in _today()]
    return sorted(cards, key=lambda card: card.title.casefold())


def activities(language: str) -> dict[str, dict[str, str]]:
    """Of each service offered today, what its steps are called, by what the journal knows them by."""
    return {row.service.code: package(row.pk).activities(language) for row in _today()}


def _today() -> list[ServiceVersion]:
    return all_in_force(clock.today(tenancy.current().zone))


def _card(row: ServiceVersion, of: Package, language: str) -> ServiceCard:
    return ServiceCard(
        code=row.service.code,
        title=of.text("service.title", language),
        summary=of.text("service.summary", language),
        themes=tuple(of.service.raw.get("themes", ())),
        life_events=(*of.service.raw.get("life-events", ()), *of.service.raw.get("business-events", ())),
    )


def service_page(code: str, language: str) -> ServicePage:
    """`NoSuchService` where no version is in force today."""
    row = version_in_force(code, clock.today(tenancy.current().zone))
    of = package(row.pk)
    raw = of.service.raw
    named = ("who-can-apply", "what-you-need", "how-long", "what-happens-next")
    return ServicePage(
        code=code,
        title=of.text("service.title", language),
        summary=of.text("service.summary", language),
        texts={key: text for key in named if (text := of.text(f"service.{key}", language, " ").strip())},
        costs=[_cost(entry, of, language) for entry in raw.get("costs", ())],
        evidence=[of.text(f"evidence.{entry['id']}", language) for entry in raw.get("evidence", ())],
        channels=of.service.channels,
        open_to=of.service.open_to,
        deadline=of.service.deadline,
        assurance=of.service.assurance,
        number=row.number,
        effective_from=row.effective_from,
        guided=of.form.guided_check is not None,
    )


def _cost(entry: Mapping[str, object], of: Package, language: str) -> Cost:
    id_ = str(entry["id"])
    amount = str(entry.get("amount", ""))
    return Cost(id_, of.text(f"costs.{id_}", language), amount, str(entry["currency"]))


def search_services(text: str, language: str) -> list[ServiceCard]:
    """Services that fit a search, best first: those with most of its words, then where the words stand."""
    sought = search.tokens(text)[:WORDS]
    if not sought:
        return []
    found = []
    for row in _today():
        of = package(row.pk)
        scores = [_score(word, _words(of, language)) for word in sought]
        if any(scores):
            card = _card(row, of, language)
            found.append((-sum(1 for s in scores if s), -sum(scores), card.title.casefold(), card))
    found.sort(key=lambda one: one[:3])
    most = -found[0][0] if found else 0
    # A service that shares only a small word with a long search is no answer to it.
    return [card for matched, _, _, card in found if -matched * 2 >= most]


def _words(of: Package, language: str) -> dict[str, list[str]]:
    return {key: search.tokens(of.text(f"service.{key}", language, " ")) for key in WEIGHTS}


def _score(word: str, places: Mapping[str, Sequence[str]]) -> float:
    best = 0.0
    for place, words in places.items():
        if word in words:
            best = max(best, WEIGHTS[place])
        elif any(one.startswith(word) for one in words):
            best = max(best, WEIGHTS[place] * BEGINNING)
    return best
