"""Which tables a snapshot holds, and in which columns."""

from dataclasses import dataclass
from typing import Any

from django.db.models import AutoField, Field

from towpath.foundation.models import LedgerEntry
from towpath.foundation.protection import LEDGER_GIVEN, tenant_models
from towpath.foundation.tenancy import TenantModel

# Made anew where it is loaded: by setting up the town, by sealing, by reading the journal.
APPS_LEFT_OUT = frozenset({"catalogue", "journeys"})
LEFT_OUT = frozenset(
    {
        "exchange_agreement", "exchange_circuit", "foundation_cursor", "foundation_lockout", "foundation_parked",
        "foundation_seal", "foundation_tenantkey", "people_grant", "people_membership", "people_staff", "people_team",
    }
)  # fmt: skip
EVENTS = "journal_event"


@dataclass(frozen=True)
class Table:
    """`columns` are those whose values travel; the tenant and what the database numbers by itself do not."""

    name: str
    model: type[TenantModel]
    columns: tuple[str, ...]

    @property
    def sealed(self) -> tuple[str, ...]:
        """Those whose field encrypts them."""
        fields = self.model._meta.local_fields
        return tuple(str(f.column) for f in fields if type(f).__name__ == "SealedJSON")

    @property
    def order(self) -> str:
        return "seq" if issubclass(self.model, LedgerEntry) else str(self.model._meta.pk.column)

    def default(self, column: str) -> Any:
        """For a column that came after the snapshot was made."""
        field = next(f for f in self.model._meta.local_fields if f.column == column)
        return field.get_prep_value(field.get_default())


def tables() -> dict[str, Table]:
    wanted = [m for m in tenant_models() if m._meta.app_label not in APPS_LEFT_OUT]
    made = [_table(m) for m in wanted if m._meta.db_table not in LEFT_OUT]
    return {one.name: one for one in made}


def _table(model: type[TenantModel]) -> Table:
    name = model._meta.db_table
    given = LEDGER_GIVEN if issubclass(model, LedgerEntry) else frozenset()
    own = given | {"tenant_id"} | ({"id"} if name == EVENTS else set())
    columns = [str(f.column) for f in model._meta.local_fields if f.column not in own and not _numbered(f)]
    return Table(name, model, tuple(columns))


def _numbered(field: "Field[Any, Any]") -> bool:
    return isinstance(field, AutoField) or field.get_internal_type() == "BigAutoField"
