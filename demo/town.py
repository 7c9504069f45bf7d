"""Setting up the two towns, through the product's own actions: body, teams, staff, services, agreements."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from demo.register import keys
from demo.staff import CENTRE, PASSPHRASE, STAFF, TEAMS
from towpath.catalogue import actions as catalogue
from towpath.catalogue.load import files_of
from towpath.exchange import actions as exchange
from towpath.exchange.connectors import operations
from towpath.foundation import bodies, clock, crypto, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Tenant
from towpath.people import actions as people
from towpath.people.models import User

SERVICES = Path(__file__).parent.parent / "services"
OFFERED = ("resident-parking-permit", "environmental-permit")
BEGAN = timedelta(days=730)  # how long the services have been running


@dataclass(frozen=True)
class Town:
    code: str
    name: str
    theme: str
    phone: str
    address: str
    hours: Mapping[str, str]
    zone: str = "Europe/London"
    languages: tuple[str, ...] = ("en", "fr", "ar")
    # What one transaction costs the town by channel, staff time included.
    costs: Mapping[str, float] = field(
        default_factory=lambda: {"portal": 0.6, "email": 4.1, "phone": 5.8, "counter": 9.4, "post": 8.7}
    )

    @property
    def host(self) -> str:
        return f"{self.code}.localhost"

    def settings(self) -> dict[str, Any]:
        email = f"contact@{self.host}"
        return {
            "theme": self.theme,
            "contact": f"{email}, {self.phone}",
            "contact-points": {
                "email": email,
                "phone": self.phone,
                "address": self.address,
                "hours": dict(self.hours),
            },
            "costs": dict(self.costs),
            "currency": "€",
            "weekend": [5, 6],
            "holidays": [day.isoformat() for day in holidays(clock.now().year)],
            "registers": {},
            "demo-accounts": accounts(self.code),
        }


TOWNS = {
    "millbrook": Town(
        "millbrook", "Millbrook", "", "01632 960000", "Town Hall, 1 Market Square, Millbrook MB1 1AA",
        {
            "en": "Monday to Friday, 8.30 to 17.00",
            "fr": "Du lundi au vendredi, de 8 h 30 à 17 h",
            "ar": "من الاثنين إلى الجمعة، من 8:30 إلى 17:00",
        },
    ),
    "eastmere": Town(
        "eastmere", "Eastmere", "mere", "01632 960500", "The Customs House, 2 Quay Lane, Eastmere EM1 1QL",
        {
            "en": "Monday to Friday, 9.00 to 16.30",
            "fr": "Du lundi au vendredi, de 9 h à 16 h 30",
            "ar": "من الاثنين إلى الجمعة، من 9:00 إلى 16:30",
        },
    ),
}  # fmt: skip


def holidays(year: int) -> list[date]:
    """Of the years around `year`: new year, Easter, the first Monday in May, the last in August, Christmas."""
    return [day for one in range(year - 2, year + 3) for day in _of_year(one)]


def _of_year(year: int) -> list[date]:
    easter = _easter(year)
    may, august = date(year, 5, 1), date(year, 8, 31)
    return [
        date(year, 1, 1),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        may + timedelta(days=-may.weekday() % 7),
        august - timedelta(days=august.weekday()),
        date(year, 12, 25),
        date(year, 12, 26),
    ]


def _easter(year: int) -> date:
    """Gauss's rule for the Gregorian calendar, in the form that needs no exceptions."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    days = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * days) // 451
    month, day = divmod(epact + days - 7 * late + 114, 31)
    return date(year, month, day + 1)


def accounts(code: str) -> list[dict[str, str]]:
    """What the sign-in page offers in a demonstration."""
    own = [(c.name, c.email, c.what) for c in STAFF[code] if c.shown]
    everybody = [*own, (CENTRE.name, CENTRE.email, CENTRE.what)]
    return [
        {"name": name, "email": email, "what": what, "password": PASSPHRASE}
        for name, email, what in everybody
    ]


def totp_secret(email: str) -> str:
    """An account's second factor: this installation alone can derive it."""
    raw = hmac.digest(crypto.secret_file("demo.key"), f"second factor of {email}".encode(), "sha256")
    return base64.b32encode(raw[:20]).decode()


def set_up(town: Town, **changes: Any) -> Tenant:
    """The body with everything but its cases. Within a transaction of the caller's, on a clock of two years ago."""
    values: dict[str, Any] = {
        "code": town.code,
        "name": town.name,
        "host": town.host,
        "zone": town.zone,
        "languages": town.languages,
        "settings": town.settings(),
        "is_demo": True,
    }
    now = clock.now()
    with clock.running(clock.VirtualClock(now - BEGAN)):
        tenant = bodies.make(**(values | changes))
        with tenancy.inside(tenant):
            for code, name in TEAMS.items():
                people.set_up_team(code, name)
            _set_up_staff(town.code, until=now + BEGAN)
            for folder in OFFERED:
                publish(SERVICES / folder, (now - BEGAN).date())
            _agree(until=now + BEGAN)
    return tenant


def _set_up_staff(code: str, until: datetime) -> None:
    for one in STAFF[code]:
        people.set_up_staff(one.email, one.name, PASSPHRASE, one.roles, totp_secret(one.email))
    # The service centre is no team of the town: its people hold grants, and nothing else.
    if not User.objects.filter(email=CENTRE.email).exists():
        people.set_up_staff(CENTRE.email, CENTRE.name, PASSPHRASE, (), totp_secret(CENTRE.email))
    people.give_grant(SYSTEM, email=CENTRE.email, role=CENTRE.role, until=until, team=CENTRE.team)
    people.give_grant(SYSTEM, email=CENTRE.email, role="advisor", until=until)


def publish(folder: Path, effective_from: date) -> None:
    """Publishes a package of ours, taking on its doubts."""
    files, known = files_of(folder), list(operations())
    try:
        catalogue.publish(SYSTEM, files, effective_from, known_operations=known)
    except catalogue.NotPublishable as why:
        if any(problem.level == "error" for problem in why.problems):
            raise
        doubts = [problem.id for problem in why.problems]
        catalogue.publish(SYSTEM, files, effective_from, doubts, known_operations=known)


def _agree(until: datetime) -> None:
    """With the population register, on everything that it declares."""
    key = keys.signing_key(Path(settings.VAR) / "register").public_key().public_bytes_raw()
    for name in operations():
        exchange.agree(SYSTEM, name, peer_key=keys.encoded(key), valid_from=clock.now(), valid_until=until)
