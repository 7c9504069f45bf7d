"""What of an event log is looked at: the filters of the map, and the addresses of the cases behind its numbers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from towpath.engines import mining
from towpath.foundation import tenancy
from towpath.journeys import queries as journeys
from towpath.people import queries as people
from towpath.surfaces.insight import words
from towpath.surfaces.insight.chosen import Chosen
from towpath.surfaces.look import Choice, Field

MOST_VARIANTS = 500  # looked at one by one
LISTED = 20
SLOW = "slow"
EVERYTHING = "all"


@dataclass(frozen=True)
class Walk:
    """Empty fields filter nothing. `step`, or `source` and `target`, or `odd` choose the cases behind one number."""

    over: tuple[datetime, datetime] | None = None
    channel: str = ""
    unit: str = ""
    version: str = ""
    variant: str = ""
    slow: bool = False
    whole: bool = False
    step: str = ""
    source: str = ""
    target: str = ""
    odd: str = ""

    @classmethod
    def of(cls, asked: QueryDict, over: tuple[datetime, datetime] | None, channel: str) -> "Walk":
        given = {
            name: asked.get(key, "").replace("\0", "")[:300]
            for name, key in {
                "unit": "team",
                "version": "version",
                "variant": "way",
                "step": "done",
                "source": "from",
                "target": "to",
                "odd": "odd",
            }.items()
        }
        return cls(
            over, channel, slow=asked.get("time") == SLOW, whole=asked.get("ways") == EVERYTHING, **given
        )

    @property
    def query(self) -> dict[str, str]:
        """The filters in an address, besides period and channel."""
        slow, whole = SLOW if self.slow else "", EVERYTHING if self.whole else ""
        asked = {"team": self.unit, "version": self.version, "way": self.variant, "time": slow, "ways": whole}
        return {key: value for key, value in asked.items() if value}

    def of_log(self, log: mining.Log) -> mining.Log:
        """What the filters leave over. `mining.QuestionError` where the log has no such value."""
        roles = log.mapping.roles()
        log = log.between(*self.over, "started") if self.over else log
        for role in ("channel", "unit"):
            value = getattr(self, role)
            log = log.where_column(roles[role], value) if value and role in roles else log
        log = log.where_column(journeys.VERSION, self.version) if self.version else log
        if self.variant:
            log = log.taking(_named(log, self.variant))
        return log.lasting(log.durations().p90) if self.slow else log

    def behind(self, log: mining.Log) -> mining.Log:
        """The cases behind a number of a log that was filtered already."""
        log = log.where_column("activity", self.step) if self.step else log
        return log.passing(self.source, self.target) if self.source and self.target else log


def digest(activities: Sequence[str]) -> str:
    """A short name of a variant, the same whatever else the log holds."""
    return hashlib.sha256("\x1f".join(activities).encode()).hexdigest()[:12]


def _named(log: mining.Log, name: str) -> mining.Variant:
    for one in log.variants(MOST_VARIANTS):
        if digest(one.activities) == name:
            return one
    raise mining.QuestionError(f"no case went the way {name}")


def span(first: date, until: date) -> tuple[datetime, datetime]:
    """Days of the body as moments."""
    zone = ZoneInfo(tenancy.current().zone)
    return tuple(datetime(d.year, d.month, d.day, tzinfo=zone) for d in (first, until))  # type: ignore[return-value]


def fields(walk: Walk, log: mining.Log) -> list[Field]:
    """Team, version, way and length; each only where the log has it."""
    roles = log.mapping.roles()
    found = []
    if "unit" in roles and (units := [unit for unit in log.values(roles["unit"]) if unit]):
        choices = [Choice(unit, people.team_name(unit)) for unit in sorted(units)]
        found.append(_select("team", _("Team"), _("All teams"), choices, walk.unit))
    if journeys.VERSION in log.columns and len(versions := log.values(journeys.VERSION)) > 1:
        choices = [
            Choice(number, _("Version %(n)s") % {"n": number})
            for number in sorted(versions, key=lambda number: (len(number), number))
        ]
        found.append(_select("version", _("Version"), _("All versions"), choices, walk.version))
    try:
        seen = replace(walk, variant="", slow=False).of_log(log).variants(LISTED)
    except mining.QuestionError:  # an address that asks for what this log has not
        seen = []
    ways = [
        Choice(
            digest(one.activities),
            _("Way %(n)s: %(share)s") % {"n": number, "share": words.percent(one.share)},
        )
        for number, one in enumerate(seen, start=1)
    ]
    found.append(_select("way", _("Way"), _("All ways"), ways, walk.variant))
    slow = [Choice(SLOW, _("The slowest tenth"))]
    found.append(_select("time", _("Time in all"), _("Slow and fast"), slow, SLOW if walk.slow else ""))
    every = [Choice(EVERYTHING, _("Everything"))]
    found.append(
        _select("ways", _("The map shows"), _("The main ways"), every, EVERYTHING if walk.whole else "")
    )
    return found


def _select(name: str, label: str, none: str, choices: Sequence[Choice], value: str) -> Field:
    return Field("select", name, label, choices=[Choice("", none), *choices], value=value, small=True)


def channel_field(log: mining.Log, value: str) -> list[Field]:
    """Of a log of its own: the channels that are in it."""
    roles = log.mapping.roles()
    if "channel" not in roles:
        return []
    choices = [Choice(one, words.channel(one)) for one in sorted(log.values(roles["channel"])) if one]
    return [_select("channel", _("Channel"), _("All channels"), choices, value)]


def year_field(log: mining.Log, value: str) -> Field:
    summary = log.summary
    years = (
        range(summary.first.year, summary.last.year + 1)[-30:] if summary.first and summary.last else range(0)
    )
    choices = [Choice(str(year), str(year)) for year in years]
    return _select("year", _("Begun in"), _("All years"), choices, value)


def year(value: str) -> tuple[datetime, datetime] | None:
    if not (value.isascii() and value.isdecimal() and len(value) == 4 and "1000" <= value < "9999"):
        return None
    return datetime(int(value), 1, 1, tzinfo=UTC), datetime(int(value) + 1, 1, 1, tzinfo=UTC)


def of_service(chosen: Chosen, asked: QueryDict) -> Walk:
    return Walk.of(asked, span(chosen.over.first, chosen.over.until), chosen.channel)
