"""What the body offers, as the catalogue knows it."""

from dataclasses import dataclass

from django.http import Http404

from towpath.catalogue import queries as catalogue
from towpath.foundation import clock, tenancy
from towpath.surfaces.portal.wording import Words


@dataclass(frozen=True)
class Offer:
    """A service under the version that is in force today."""

    code: str
    version: catalogue.ServiceVersion
    words: Words

    @property
    def package(self) -> catalogue.Package:
        return self.words.package

    @property
    def title(self) -> str:
        return self.words.text("service.title")


def offer(code: str, language: str) -> Offer:
    """Http404 where the body does not offer it."""
    try:
        version = catalogue.version_in_force(code, clock.today(tenancy.current().zone))
    except catalogue.NoSuchService as missing:
        raise Http404(code) from missing
    return Offer(code, version, Words(catalogue.package(version.pk), language))
