"""Words of the portal: those of a package, and plain ones of ours for what it names by a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from towpath.surfaces.questions import Wording

THEMES: Mapping[str, Any] = {
    "transport": gettext_lazy("Transport and parking"),
    "housing": gettext_lazy("Home and housing"),
    "environment": gettext_lazy("Building and environment"),
    "health": gettext_lazy("Health and care"),
    "education": gettext_lazy("School and learning"),
    "work": gettext_lazy("Work and income"),
    "family": gettext_lazy("Family"),
    "taxes": gettext_lazy("Taxes and fees"),
}
REGISTERS: Mapping[str, Any] = {"population-register": gettext_lazy("the population register")}


def theme(code: str) -> str:
    return str(THEMES.get(code) or code.replace("-", " ").capitalize())


def register(code: str) -> str:
    return str(REGISTERS.get(code) or code.replace("-", " "))


@dataclass(frozen=True)
class Words(Wording):
    """The texts of a package as residents read them."""

    def legal(self, basis: str) -> str:
        """A legal resource by its code; what is no code is a text already."""
        return self.package.text(f"legal-resources.{basis}", self.language, basis)
