"""Which services the body offers, in the reader's words."""

from dataclasses import dataclass

from towpath.catalogue import queries as catalogue
from towpath.foundation import clock, tenancy


@dataclass(frozen=True)
class Offered:
    code: str
    title: str
    summary: str


def offered(language: str) -> list[Offered]:
    """Those that have a version in force today, by title."""
    today = clock.today(tenancy.current().zone)
    found = []
    for service in catalogue.Service.objects.filter(suspended_at=None).order_by("code"):
        try:
            version = catalogue.version_in_force(service.code, today)
        except LookupError:
            continue
        package = catalogue.package(version.pk)
        summary = package.text("service.summary", language, " ").strip()
        found.append(Offered(service.code, package.text("service.title", language), summary))
    return sorted(found, key=lambda one: one.title)
