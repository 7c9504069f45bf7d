"""The two ledgers: partitioned by month, in the order that the database gives."""

from django.db import migrations

LEDGER = """
create sequence {table}_seq;
create table {table} (
    tenant_id int not null references foundation_tenant (id),
    seq bigint not null default nextval('{table}_seq'),
    xid bigint not null default (pg_current_xact_id()::text)::bigint check (xid >= 0),
    recorded_at timestamptz not null default now(),
    salt bytea not null default uuid_send(gen_random_uuid()),
    {columns}
) partition by range (recorded_at);
create table {table}_rest partition of {table} default;
create index {table}_order on {table} (tenant_id, xid, seq);
create index {table}_number on {table} (tenant_id, seq);
{indexes}
"""

EVENT_COLUMNS = """
    id uuid not null,
    type varchar(80) not null,
    version smallint not null,
    occurred_at timestamptz not null,
    actor_kind varchar(16) not null,
    actor_id varchar(64) not null,
    channel varchar(16) not null,
    unit varchar(64) not null,
    case_id uuid,
    conversation_id uuid,
    person uuid,
    objects jsonb not null,
    activity varchar(200) not null,
    lifecycle varchar(16) not null,
    data jsonb not null
"""
EVENT_INDEXES = """
create index journal_event_case on journal_event (tenant_id, case_id, seq) where case_id is not null;
create index journal_event_person on journal_event (tenant_id, person, seq) where person is not null;
create index journal_event_type on journal_event (tenant_id, type, occurred_at);
"""
ACCESS_COLUMNS = """
    "window" timestamptz not null,
    actor_kind varchar(16) not null,
    actor_id varchar(64) not null,
    subject_kind varchar(16) not null,
    subject_id varchar(200) not null,
    purpose varchar(80) not null,
    person uuid
"""
ACCESS_INDEXES = """
create index access_log_actor on access_log (tenant_id, actor_id, "window");
create index access_log_person on access_log (tenant_id, person, seq) where person is not null;
"""


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]
    operations = [
        migrations.RunSQL(
            LEDGER.format(table="journal_event", columns=EVENT_COLUMNS, indexes=EVENT_INDEXES),
            "drop table journal_event; drop sequence journal_event_seq",
        ),
        migrations.RunSQL(
            LEDGER.format(table="access_log", columns=ACCESS_COLUMNS, indexes=ACCESS_INDEXES),
            "drop table access_log; drop sequence access_log_seq",
        ),
    ]
