"""Which body we work for.

`inside(tenant)` is the only way to tenant rows: it opens a transaction and tells PostgreSQL, whose row-level
security then shows and takes rows of that tenant alone. The setting is local to the transaction, so that a
pooled connection carries nothing over. Without it there are no rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError, OperationalError, connection, models, transaction

if TYPE_CHECKING:
    from towpath.foundation.models import Tenant


class NoTenant(RuntimeError):
    """Tenant rows were asked for outside `tenancy.inside(...)`."""

    def __init__(self) -> None:
        super().__init__("No tenant is set here. Wrap the call in `with tenancy.inside(tenant):`.")


_current: ContextVar[Tenant | None] = ContextVar("tenant", default=None)


def current() -> Tenant:
    tenant = _current.get()
    if tenant is None:
        raise NoTenant
    return tenant


def current_id() -> int:
    return current().pk


def is_set() -> bool:
    return _current.get() is not None


def _tell_database(tenant: Tenant | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.tenant', %s, true)", [str(tenant.pk) if tenant else ""])


@contextmanager
def inside(tenant: Tenant) -> Iterator[Tenant]:
    """One transaction (or savepoint, when nested) in which rows of `tenant`, and no others, exist."""
    outer = _current.get()
    with transaction.atomic():
        _tell_database(tenant)
        token = _current.set(tenant)
        try:
            yield tenant
        finally:
            _current.reset(token)
        # A failing block needs no restoring: rolling back the savepoint restores the setting too.
        if outer is not None:
            _tell_database(outer)


# `{}` are the columns of the body, and nothing else.
CHOSEN = """
select set_config('app.tenant', foundation_tenant.id::text, true), {}
from foundation_tenant where host = %s and not is_rehearsal
"""


@contextmanager
def at(host: str) -> Iterator[Tenant | None]:
    """`inside` the body that a host name chooses; None, and no rows, where nobody has that name.

    Body and setting come with the first statement of the transaction. It also shows whether the connection was lost
    since the last request, as when the database was started anew: nothing has been done yet, so it is opened again,
    once. That spares a question before each request.
    """
    outer = _current.get()
    connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs do not know it
    with ExitStack() as left:
        try:
            tenant = left.enter_context(_at(host))
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block:
                raise
            connection.close()
            tenant = left.enter_context(_at(host))
        token = _current.set(tenant)
        left.callback(_current.reset, token)
        yield tenant
        if outer is not None:
            _tell_database(outer)


@contextmanager
def _at(host: str) -> Iterator[Tenant | None]:
    from towpath.foundation.models import Tenant
    from towpath.foundation.rows import columns, made

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CHOSEN.format(columns(Tenant).sql), [host])
            row = cursor.fetchone()
        yield made(Tenant, columns(Tenant), row[1:]) if row else None


class TenantManager(models.Manager[Any]):
    """Scopes in code what row-level security also enforces beneath."""

    # What every query of the body begins with, made once: ((body, database), query).
    _beginning: tuple[tuple[int, str | None], models.QuerySet[Any]] | None = None

    def get_queryset(self) -> models.QuerySet[Any]:
        scope, beginning = (current_id(), self._db), self._beginning
        if beginning is None or beginning[0] != scope:
            beginning = self._beginning = scope, super().get_queryset().filter(tenant_id=scope[0])
        return beginning[1].all()


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A reference that can't cross tenants.

    The database holds it by (tenant, id) pairs; `protection` makes that constraint, so Django's own is left out.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **options: Any) -> None:
        options.setdefault("related_name", "+")
        options["db_constraint"] = False
        super().__init__(to, on_delete, **options)


class TenantModel(models.Model):
    """A row that belongs to one body."""

    # Append-only tables: the application's role may neither update nor delete.
    append_only = False
    # Columns of an append-only table whose words may be erased with the person.
    erasable: tuple[str, ...] = ()

    tenant = models.ForeignKey(
        "foundation.Tenant", models.PROTECT, default=current_id, editable=False, related_name="+"
    )

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
