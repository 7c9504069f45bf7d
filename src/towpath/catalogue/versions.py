"""Which version of a service is in force, and its compiled package."""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from uuid import UUID

from towpath.catalogue.load import is_kept, load
from towpath.catalogue.models import ServiceVersion
from towpath.catalogue.package import Package
from towpath.foundation import rows, tenancy

IN_FORCE = """
service_id = (select id from catalogue_service where tenant_id = %s and code = %s)
and effective_from <= %s order by effective_from desc, number desc limit 1
"""


class NoSuchService(LookupError):
    """No version of the service is in force on that day."""


def version_in_force(code: str, on: date) -> ServiceVersion:
    """The newest version whose effective date has come by that day; of several of one day, the last published.

    Without its files: they are large, and most who ask need its id only.
    """
    found = rows.first(ServiceVersion, IN_FORCE, tenancy.current_id(), code, on, without=("files",))
    if found is None:
        raise NoSuchService(f"No version of {code} is in force on {on}.")
    return found


def all_in_force(on: date) -> list[ServiceVersion]:
    """The version in force of each service that is offered, by code; without their files."""
    rows = ServiceVersion.objects.filter(effective_from__lte=on, service__suspended_at=None)
    newest: dict[str, ServiceVersion] = {}
    for row in rows.defer("files").select_related("service").order_by("effective_from", "number"):
        newest[row.service.code] = row
    return [newest[code] for code in sorted(newest)]


def versions(code: str) -> list[ServiceVersion]:
    """All versions of a service, newest first; without their files."""
    return list(ServiceVersion.objects.filter(service__code=code).defer("files").order_by("-number"))


def next_version(code: str, on: date) -> ServiceVersion | None:
    """The version that will be in force next after that day: the law is about to change."""
    coming = ServiceVersion.objects.filter(service__code=code, effective_from__gt=on)
    found: ServiceVersion | None = coming.defer("files").order_by("effective_from", "-number").first()
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
        kept = _by_version[key] = compiled(found.digest, found.files)
    return kept


_by_version: dict[tuple[int, UUID], Package] = {}


def compiled(digest: str, files: Mapping[str, str]) -> Package:
    """The package of these files, whose digest is known."""
    return _compiled(digest, tuple(sorted(files.items())))


def compiled_of(files: Mapping[str, str]) -> Package:
    """The package of files that were checked; what is not published of them does not matter."""
    kept = {path: text for path, text in files.items() if is_kept(path)}
    return compiled(digest_of(kept), kept)


def digest_of(texts: Mapping[str, str]) -> str:
    """SHA-256 over paths and texts in order; the lengths keep one file from running into the next."""
    whole = hashlib.sha256()
    for path, text in sorted(texts.items()):
        for part in (path.encode(), text.encode()):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


@lru_cache(maxsize=64)
def _compiled(digest: str, files: tuple[tuple[str, str], ...]) -> Package:
    return load(dict(files))
