"""Copies template cases in SQL: every row that belongs to a case, with fresh ids, other names and other dates.

As the superuser, past triggers and row-level security: these rows are for measuring reads only. An id becomes the
MD5 of itself and the copy's number, so that references between the rows of one copy hold.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
from django.db import models
from psycopg import sql

from bench.templates import KINDS, Kind
from towpath.casework.models import Case, Decision, Question, Task
from towpath.foundation import crypto, tenancy
from towpath.foundation.models import Tenant
from towpath.foundation.protection import LEDGER_GIVEN, tenant_models
from towpath.foundation.sealed import SealedJSON
from towpath.foundation.tenancy import TenantForeignKey

BATCH = 10_000  # copies
# Which column says to whose copy a row belongs: the id of a case, conversation, entry, call or person.
ANCHORS = {
    "casework_case": "id", "casework_task": "case_id", "casework_timer": "case_id",
    "casework_subscription": "case_id", "casework_question": "case_id", "casework_decision": "case_id",
    "casework_rating": "case_id", "casework_keptdate": "case_id", "casework_caseconversation": "case_id",
    "documents_document": "case_id", "exchange_call": "case_id", "exchange_receipt": "call_id",
    "contact_conversation": "id", "contact_entry": "conversation_id", "contact_entrytext": "entry_id",
    "contact_delivery": "entry_id", "people_person": "id", "people_contactpoint": "person_id",
    "people_pseudonym": "person_id", "journeys_casefact": "case_id", "journeys_activityfact": "case_id",
}  # fmt: skip
EVENTS = "journal_event"  # of the case, and those of its conversations
OWNERS = """
create temp table owner_of as
select id as case_id, id from casework_case where id = any(%(cases)s)
union select case_id, conversation_id from casework_caseconversation where case_id = any(%(cases)s)
union select c.case_id, e.id from casework_caseconversation c join contact_entry e using (conversation_id)
    where case_id = any(%(cases)s)
union select case_id, id from exchange_call where case_id = any(%(cases)s)
union select id, person_id from casework_case where id = any(%(cases)s)
"""
# Names as they are in towns: few frequent ones and a long tail (rank r about as often as 1/r).
PEOPLE = """
create temp table copy as
select g::int as n, (%(cases)s::uuid[])[1 + (hashint8(g * 31) & 2147483647) %% cardinality(%(cases)s)] as case_id,
    floor(40 * pow((hashint8(g * 37) & 2147483647) / 2147483648.0, 2))::int as given,
    floor(exp(ln(6000) * (0.25 + 0.75 * (hashint8(g * 41) & 2147483647) / 2147483648.0)))::int as family,
    (hashint8(g * 43) & 2147483647) %% 900 as street, 1 + (hashint8(g * 47) & 2147483647) %% 120 as house,
    (g * 2654435761) %% 268435456 as number, (hashint8(g * 53) & 2147483647) %% 31536000 as seconds,
    ''::text as given_name, ''::text as family_name, ''::text as street_name, ''::text as reference
from generate_series(%(first)s::bigint, %(last)s::bigint) g
"""
NAMED = """
update copy set
    given_name = (%(given)s::text[])[1 + given %% cardinality(%(given)s)],
    family_name = (%(one)s::text[])[1 + family %% cardinality(%(one)s)]
        || (%(two)s::text[])[1 + (family / cardinality(%(one)s)) %% cardinality(%(two)s)]
        || case when family > 800 then (%(two)s::text[])[1 + (family / 40) %% cardinality(%(two)s)] else '' end,
    street_name = (%(one)s::text[])[1 + street %% cardinality(%(one)s)]
        || (%(two)s::text[])[1 + (street / cardinality(%(one)s)) %% cardinality(%(two)s)] || ' '
        || (array['Street', 'Lane', 'Road', 'Quay'])[1 + street %% 4],
    reference = 'M' || substr(upper(lpad(to_hex(number), 7, '0')), 1, 3) || '-'
        || substr(upper(lpad(to_hex(number), 7, '0')), 4)
"""
GIVEN = "Ada Ben Clara Daniel Elena Finn Gita Hugo Ida Jakub Kofi Lena Marta Nils Olga Paula Quentin Rosa Sofia Tobias".split()  # noqa: SIM905
ONE = "Ash Birch Clay Dun East Fair Glen Hart Ivy Kings Lang Mar North Oak Penn Rush Stan Thorn Under Wal".split()  # noqa: SIM905
TWO = "bury combe den field ford gate ham hurst ley low man mere ridge sey stone ton ward well wick worth".split()  # noqa: SIM905
TOKENS = """
insert into foundation_searchtoken (tenant_id, kind, token, object_id, rank)
select distinct %(tenant)s, kind, lower(token), md5(o.id::text || ':' || c.n)::uuid,
    extract(epoch from s.submitted_at - c.seconds * interval '1 second')::bigint
from copy c join casework_case s on s.id = c.case_id
join lateral (values ('case', s.id), ('person', s.person_id)) o (kind, id) on true
join lateral unnest(array[given_name, family_name, house::text, split_part(street_name, ' ', 1),
    split_part(street_name, ' ', 2), 'millbrook', 'mb1', '2ab']
    || case when o.kind = 'case' then array[split_part(c.reference, '-', 1), split_part(c.reference, '-', 2),
        replace(c.reference, '-', '')] else '{}'::text[] end) token on true
where c.n between %(first)s and %(last)s
"""
# Words that stand together (`search.pairs`): given and family name, house and street, and so on along the address.
PAIRS = """
insert into foundation_searchtoken (tenant_id, kind, token, object_id, rank)
select distinct %(tenant)s, kind || '+', least(lower(one) collate "C", lower(other)) || ' ' || greatest(lower(one) collate "C", lower(other)),
    md5(o.id::text || ':' || c.n)::uuid, extract(epoch from s.submitted_at - c.seconds * interval '1 second')::bigint
from copy c join casework_case s on s.id = c.case_id
join lateral (values ('case', s.id), ('person', s.person_id)) o (kind, id) on true
join lateral (values (given_name, family_name), (house::text, split_part(street_name, ' ', 1)),
    (split_part(street_name, ' ', 1), split_part(street_name, ' ', 2)), (split_part(street_name, ' ', 2), 'millbrook'),
    ('millbrook', 'mb1'), ('mb1', '2ab')) p (one, other) on lower(one) collate "C" <> lower(other) collate "C"
where c.n between %(first)s and %(last)s
"""
SEALED = [
    (model, f.column)
    for model in (Case, Task, Question, Decision)
    for f in model._meta.local_fields
    if isinstance(f, SealedJSON) or f.column == "sealed_answers"
]
ID = "md5({column}::text || ':' || c.n)::uuid"
SPECIAL = {
    ("casework_case", "reference"): "c.reference",
    ("casework_case", "applicant_name"): "c.given_name || ' ' || c.family_name",
    ("casework_case", "link_hash"): "md5({column} || c.n)",
    ("casework_case", "code_hash"): "md5({column} || c.n)",
    ("casework_case", "submission_key"): f"({ID})::text",
    ("contact_conversation", "token"): "md5({column} || c.n)",
    ("contact_conversation", "reference"): "c.reference",
    ("contact_entry", "cause"): "{column} || ':' || c.n",
    ("people_person", "given_name"): "c.given_name",
    ("people_person", "family_name"): "c.family_name",
    ("people_contactpoint", "normalised"): "c.n || {column}",
}


class Copier:
    """Adds copies until there are as many cases as asked for, and opens some of them.

    What is encrypted is bound to its row, so that a copy of it can't be read; `readable` seals it anew for those
    cases that are looked at.
    """

    def __init__(self, address: str, tenant: Tenant, kinds: Mapping[UUID, Kind]) -> None:
        self.connection = psycopg.connect(address, autocommit=True)
        self.connection.execute("set session_replication_role = replica")
        self.connection.execute("set synchronous_commit = off")
        self.tenant, self.made = tenant, 0
        # A hundred places, filled by share.
        self.cases: list[UUID] = []
        for kind in KINDS:
            own = [case for case, of in kinds.items() if of is kind]
            self.cases += [own[i % len(own)] for i in range(kind.share)]
        self.open = {case for case, kind in kinds.items() if kind.open}
        self.connection.execute(OWNERS, {"cases": list(kinds)})
        for kept in _templates():  # read once: the tables themselves grow with every batch
            self.connection.execute(kept)
        self.connection.execute("create temp table copied (n int primary key, case_id uuid)")

    def until(self, wanted: int) -> None:
        self._whole_pages("off")  # fresh ids fall anywhere in an index: each would be logged with its page
        while self.made < wanted:
            last = min(self.made + BATCH, wanted)
            self._batch(self.made + 1, last)
            self.made = last
        self._settle()
        self._whole_pages("on")

    def _whole_pages(self, logged: str) -> None:
        self.connection.execute(sql.SQL("alter system set full_page_writes = {}").format(sql.SQL(logged)))
        self.connection.execute("select pg_reload_conf()")

    def _batch(self, first: int, last: int) -> None:
        values = {"cases": self.cases, "first": first, "last": last, "tenant": self.tenant.pk}
        with self.connection.transaction():
            self.connection.execute("drop table if exists copy")
            self.connection.execute(PEOPLE, values)
            self.connection.execute(NAMED, {"given": GIVEN, "one": ONE, "two": TWO})
            recent = (
                "update copy set seconds = seconds % 3888000 where case_id = any(%s)"  # what is open is young
            )
            self.connection.execute(recent.replace(" % ", " %% "), [list(self.open)])
            self.connection.execute("analyze copy")
            for statement in _statements():
                self.connection.execute(statement)
            self.connection.execute(TOKENS, values)
            self.connection.execute(PAIRS, values)
            self.connection.execute("insert into copied select n, case_id from copy")

    def readable(self, chance: Random, count: int, *, open_only: bool = False) -> list[UUID]:
        """Some cases, drawn at random, whose encrypted parts are theirs."""
        asked = "select n, case_id from copied where case_id = any(%s) order by n"
        wanted = list(self.open) if open_only else list(set(self.cases))
        rows = self.connection.execute(asked, [wanted]).fetchall()
        found = []
        for number, template in chance.sample(rows, min(count, len(rows))):
            for model, column in SEALED:
                self._seal(model, column, template, number)
            found.append(copy_of(template, number))
        return found

    def _seal(self, model: Any, column: str, template: UUID, number: int) -> None:
        table = model._meta.db_table
        anchor = "id" if model is Case else "case_id"
        names = {
            "table": sql.Identifier(table),
            "column": sql.Identifier(column),
            "anchor": sql.Identifier(anchor),
        }
        asked = sql.SQL("select id, {column} from {table} where {anchor} = %s and {column} <> ''").format(
            **names
        )
        change = sql.SQL("update {table} set {column} = %s where id = %s").format(**names)
        for row, text in self.connection.execute(asked, [template]).fetchall():
            with tenancy.inside(self.tenant):
                mine = copy_of(row, number)
                sealed = crypto.encrypt(crypto.decrypt(text, table, column, row), table, column, mine)
            self.connection.execute(change, [sealed, mine])

    def _settle(self) -> None:
        for table in [*ANCHORS, EVENTS, "foundation_searchtoken"]:
            self.connection.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(table)))
        self.connection.execute("checkpoint")

    def close(self) -> None:
        self.connection.close()


def copy_of(id_: UUID, number: int) -> UUID:
    """As `ID` has it in SQL."""
    return UUID(hashlib.md5(f"{id_}:{number}".encode(), usedforsecurity=False).hexdigest())


def _sources() -> Iterator[tuple[Any, str, str]]:
    """Model, the column by which its rows belong to a copy, and what else must hold of them."""
    known = {model._meta.db_table: model for model in tenant_models()}
    for table, anchor in ANCHORS.items():
        if table in known:
            yield known[table], anchor, "true"
    yield known[EVENTS], "case_id", "true"
    yield known[EVENTS], "conversation_id", "t.case_id is null"


def _templates() -> Iterator[sql.Composed]:
    for number, (model, anchor, holds) in enumerate(_sources()):
        yield sql.SQL(
            "create temp table {kept} as select t.*, o.case_id as owner_case from {table} t "
            "join owner_of o on o.id = t.{anchor} where {holds}"
        ).format(
            kept=sql.Identifier(f"template_{number}"),
            table=sql.Identifier(model._meta.db_table),
            anchor=sql.Identifier(anchor),
            holds=sql.SQL(holds),
        )


def _statements() -> Iterator[sql.Composed]:
    for number, (model, _anchor, _holds) in enumerate(_sources()):
        yield _copied(model, f"template_{number}")


def _copied(model: Any, kept: str) -> sql.Composed:
    """Insert … select of one table's rows, each for the copies of its case."""
    fields = [f for f in model._meta.local_fields if not _is_given(model, f)]
    columns = sql.SQL(", ").join(sql.Identifier(f.column) for f in fields)
    values = sql.SQL(", ").join(sql.SQL(_expression(model._meta.db_table, f)) for f in fields)
    return sql.SQL(
        "insert into {table} ({columns}) select {values} from {kept} t join copy c on c.case_id = t.owner_case"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        columns=columns,
        values=values,
        kept=sql.Identifier(kept),
    )


def _is_given(model: Any, field: Any) -> bool:
    if isinstance(field, models.AutoField):
        return True
    return not model._meta.managed and field.column in LEDGER_GIVEN - {"recorded_at"}


def _expression(table: str, field: Any) -> str:
    column = f't."{field.column}"'
    special = SPECIAL.get((table, field.column))
    if special:
        return special.format(column=column)
    if isinstance(field, models.UUIDField) or _points_to_a_copy(field):
        return ID.format(column=column)
    if isinstance(field, models.DateTimeField):
        return f"{column} - c.seconds * interval '1 second'"
    if isinstance(field, models.DateField):
        return f"{column} - (c.seconds / 86400)::int"
    return column


def _points_to_a_copy(field: Any) -> bool:
    return isinstance(field, TenantForeignKey) and field.related_model._meta.db_table in ANCHORS


def taken_as_read(tenant: Tenant) -> None:
    """Subscribers and seals begin after the copies: they were never events of this installation."""
    from towpath import flow
    from towpath.foundation import clock
    from towpath.foundation.journal import seal
    from towpath.foundation.models import Cursor, Event, Seal

    with tenancy.inside(tenant):
        xid, seq = Event.objects.order_by("-xid", "-seq").values_list("xid", "seq").first() or (0, 0)
        for subscriber in flow.SUBSCRIBERS:
            Cursor.objects.update_or_create(subscriber=subscriber.name, defaults={"xid": xid, "seq": seq})
        last = seal.newest("journal")
        Seal.objects.create(
            ledger="journal", number=last.number + 1 if last else 1, until_xid=xid, until_seq=seq, count=0, leaves=b"",
            root=seal.GENESIS, previous=seal.GENESIS, signature=b"", key_id=crypto.signing_key_id(), sealed_at=clock.now(),
        )  # fmt: skip


def partitions_of_last_year(using: str) -> None:
    """The copies' events lie a year back."""
    from towpath.foundation import clock
    from towpath.foundation.journal import partitions

    partitions.make(using, (clock.now() - timedelta(days=400)).date())


def count(tenant: Tenant) -> int:
    with tenancy.inside(tenant):
        return int(Case.objects.count())
