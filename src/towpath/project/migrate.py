"""`towpath migrate`: brings the database to this version. Runs as the owner of the tables."""

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from towpath.foundation import clock, counter
from towpath.foundation.journal import partitions
from towpath.project import env
from towpath.project.cli import parser


def main(arguments: list[str]) -> int:
    parser("migrate", "Brings the database to this version, as its owner.").parse_args(arguments)
    if "owner" not in settings.DATABASES:
        raise env.SettingError(
            "DATABASE_OWNER_URL is not set. Tables are made by their owner, never by the application's role."
        )
    if raised := migrate("owner"):
        print(
            f"The database was restored from another cluster: the journal's numbers go on from there (+ {raised:,})."
        )
    return 0


def migrate(using: str) -> int:
    """Returns by how much the ledgers' numbers had to be raised: 0 but after a restore into another cluster."""
    call_command("migrate", database=using, verbosity=0, interactive=False)
    with connections[using].cursor() as cursor:
        cursor.execute("select to_regclass('shared_cache')")
        if cursor.fetchone()[0] is None:
            call_command("createcachetable", database=using, verbosity=0)
    partitions.make(using, clock.now().date())
    from towpath.foundation import protection

    protection.protect(using)
    return counter.go_on(using)
