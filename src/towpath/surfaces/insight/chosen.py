"""What a page is asked to show, and the addresses that lead there."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from towpath.catalogue import queries as catalogue
from towpath.foundation import clock, tenancy
from towpath.journeys import queries as journeys
from towpath.surfaces.insight import words
from towpath.surfaces.look import Choice, Field


@dataclass(frozen=True)
class Chosen:
    """Period and channel, among those that there are; `titles` are of the body's services, by code."""

    language: str
    over: journeys.Period
    channel: str
    titles: dict[str, str]
    keys: list[str]

    @classmethod
    def of(cls, asked: QueryDict, language: str) -> "Chosen":
        today = clock.today(tenancy.current().zone)
        keys = journeys.periods(journeys.earliest() or today, today)
        over = journeys.period(asked.get("period", ""), today)
        channel = asked.get("channel", "")
        return cls(
            language=language,
            over=over,
            channel=channel if channel in words.CHANNELS else "",
            titles={card.code: card.title for card in catalogue.services(language)},
            keys=keys if over.key in keys else [over.key, *keys],
        )

    def title(self, service: str) -> str:
        return self.titles.get(service, service.replace("-", " ").capitalize())

    def step(self, service: str, activity: str) -> str:
        """What a step of a service is called on the page."""
        return self._steps.get(service, {}).get(activity, activity)

    @cached_property
    def _steps(self) -> Mapping[str, Mapping[str, str]]:
        return catalogue.activities(self.language)

    def to(self, name: str, *where: str, **more: str | None) -> str:
        """The address of a page of insight, with the same period and channel. None as a value leaves it out."""
        wanted: dict[str, str | None] = {"period": self.over.key, "channel": self.channel, **more}
        query = urlencode({key: value for key, value in wanted.items() if value})
        return f"{reverse(f'insight:{name}', args=where)}?{query}"

    def requests(self, which: str, **more: str) -> str:
        """The address of the list of requests behind a number."""
        return self.to("requests", which=which, **more)

    @property
    def overview(self) -> str:
        return self.to("overview")

    @property
    def fields(self) -> list[Field]:
        periods = [Choice(key, words.period(key)) for key in self.keys]
        channels = [Choice(code, str(name)) for code, name in words.CHANNELS.items()]
        return [
            Field("select", "period", _("Period"), choices=periods, value=self.over.key, small=True),
            Field(
                "select",
                "channel",
                _("Channel"),
                choices=[Choice("", _("All channels")), *channels],
                value=self.channel,
                small=True,
            ),
        ]

    @property
    def said(self) -> str:
        """Period and channel in words."""
        period = words.period(self.over.key)
        return f"{period} · {words.channel(self.channel)}" if self.channel else period
