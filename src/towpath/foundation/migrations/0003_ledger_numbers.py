"""Numbers of transactions that go on after the database was restored into another cluster (ADR 0005)."""

from django.db import migrations

# Stable and not immutable, so that plans which hold the number are made anew when it is raised. Both functions are
# dumped and restored with the tables.
OFFSET = "create function ledger_offset() returns bigint language sql stable as 'select 0::bigint'"

AHEAD = """
create function ledger_ahead() returns bigint language sql stable security definer
set search_path = pg_catalog, public, pg_temp as $$
    select greatest(0, max(place) - ledger_offset() - pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1)
    from (
        select max(xid) as place from foundation_cursor
        union all
        select newest.place from foundation_tenant tenant
        cross join lateral (
            (select xid as place from journal_event where tenant_id = tenant.id order by xid desc limit 1)
            union all
            (select xid from access_log where tenant_id = tenant.id order by xid desc limit 1)
            union all
            (select until_xid from foundation_seal where tenant_id = tenant.id and ledger = 'journal'
                order by number desc limit 1)
            union all
            (select until_xid from foundation_seal where tenant_id = tenant.id and ledger = 'access'
                order by number desc limit 1)
        ) newest
    ) places
$$
"""

NUMBER = "alter table {} alter column xid set default (pg_current_xact_id()::text)::bigint{}"


def numbered(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(NUMBER.format(table, " + ledger_offset()"), NUMBER.format(table, ""))


class Migration(migrations.Migration):
    dependencies = [("foundation", "0002_ledgers")]
    operations = [
        migrations.RunSQL(OFFSET, "drop function ledger_offset()"),
        migrations.RunSQL(AHEAD, "drop function ledger_ahead()"),
        numbered("journal_event"),
        numbered("access_log"),
    ]
