"""A field whose JSON lies encrypted in the row, bound to its place. It is opened when somebody reads it."""

import json
from typing import Any

from django.db import models

from towpath.foundation import crypto


class Closed:
    """What came from the database and was not read yet."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Opening:
    """Opens at the first reading; what is set stays plain in memory."""

    def __init__(self, field: "SealedJSON") -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        if row is None:
            return self
        kept = row.__dict__
        if self.field.attname not in kept:
            row.refresh_from_db(fields=[self.field.attname])
        value = kept[self.field.attname]
        if isinstance(value, Closed):
            value = kept[self.field.attname] = self.field.opened(row, value)
        return value

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = value


class SealedJSON(models.TextField):  # type: ignore[type-arg]
    """Any JSON value, encrypted with the body's key; the authenticated place is (table, column, primary key)."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opening(self))

    def from_db_value(self, value: str, *_: Any) -> Closed:
        return Closed(value)

    def pre_save(self, row: models.Model, add: bool) -> str:
        value = row.__dict__[self.attname]
        if isinstance(value, Closed):
            return value.text
        if value in ({}, [], "", None):
            return ""
        return crypto.encrypt(json.dumps(value), row._meta.db_table, str(self.column), row.pk)

    def opened(self, row: models.Model, value: Closed) -> Any:
        """The empty text stands for nothing set: what the field's default makes."""
        if not value.text:
            return self.get_default()
        return json.loads(crypto.decrypt(value.text, row._meta.db_table, str(self.column), row.pk))
