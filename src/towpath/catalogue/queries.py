"""Reading the catalogue: what a body offers, in which version, and the compiled package."""

from datetime import date
from functools import lru_cache
from uuid import UUID

from towpath.catalogue import terms
from towpath.catalogue.load import load
from towpath.catalogue.models import Service, ServiceVersion
from towpath.catalogue.package import Ask, Letter, Package, Question, TaskForm
from towpath.foundation import tenancy

__all__ = [
    "Ask",
    "Letter",
    "Package",
    "Question",
    "Service",
    "ServiceVersion",
    "TaskForm",
    "package",
    "terms",
    "version",
    "version_in_force",
]


class NoSuchService(LookupError):
    """No version of the service is in force on that day."""


def version_in_force(code: str, on: date) -> ServiceVersion:
    """The newest version whose effective date has come by that day; of several of one day, the last published."""
    found: ServiceVersion | None = (
        ServiceVersion.objects.filter(service__code=code, effective_from__lte=on)
        .order_by("-effective_from", "-number")
        .first()
    )
    if found is None:
        raise NoSuchService(f"No version of {code} is in force on {on}.")
    return found


def version(version_id: UUID) -> ServiceVersion:
    found: ServiceVersion = ServiceVersion.objects.get(pk=version_id)
    return found


def package(version_id: UUID) -> Package:
    """The compiled package of a version; kept in memory by its digest, which is the same for equal files."""
    key = (tenancy.current_id(), version_id)
    kept = _by_version.get(key)
    if kept is None:
        found = version(version_id)
        kept = _by_version[key] = _compiled(found.digest, tuple(sorted(found.files.items())))
    return kept


_by_version: dict[tuple[int, UUID], Package] = {}


@lru_cache(maxsize=64)
def _compiled(digest: str, files: tuple[tuple[str, str], ...]) -> Package:
    return load(dict(files))
