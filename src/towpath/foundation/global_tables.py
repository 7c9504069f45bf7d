"""The tables without a tenant, what the application may do with each, and why it has none.

A test compares this list with the database: a table is either here or under row-level security.
"""

from dataclasses import dataclass

READ = "select"
WRITE = "select, insert, update, delete"


@dataclass(frozen=True)
class GlobalTable:
    rights: str
    why: str


def _all(rights: str, why: str, *names: str) -> dict[str, GlobalTable]:
    return {name: GlobalTable(rights, why) for name in names}


GLOBAL_TABLES: dict[str, GlobalTable] = {
    **_all("select, insert, update", "It lists the bodies themselves.", "foundation_tenant"),
    **_all(READ, "Django's record of migrations and models.", "django_migrations", "django_content_type"),
    **_all(WRITE, "A session is bound to its host by its content.", "django_session"),
    **_all(WRITE, "Counters of tries, shared by all web processes; no personal data.", "shared_cache"),
    **_all(
        WRITE,
        "A member of staff may work for several bodies; what they may do there stands in tenant tables.",
        "people_user",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "account_emailaddress",
        "account_emailconfirmation",
        "mfa_authenticator",
    ),
    **_all(
        WRITE,
        "The queue of jobs; each job names its tenant and enters it before it sees a row.",
        "procrastinate_jobs",
        "procrastinate_events",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
    ),
}
