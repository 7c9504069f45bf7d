"""Answers in a row: the plain ones as JSON, the sensitive ones encrypted beside them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from towpath.casework.models import Case, Draft
from towpath.catalogue.queries import Question
from towpath.foundation import crypto
from towpath.foundation.typed import pack, unpack


def keep(row: Draft | Case, answers: Mapping[str, Any], questions: Iterable[Question]) -> None:
    """Puts answers into the row's fields (the caller saves it)."""
    sensitive = {q.id for q in questions if q.sensitive}
    packed = {key: pack(value) for key, value in answers.items()}
    hidden = {key: value for key, value in packed.items() if key in sensitive and value is not None}
    row.answers = {key: value for key, value in packed.items() if key not in sensitive}
    row.sealed_answers = crypto.encrypt(json.dumps(hidden), *_place(row)) if hidden else ""


def read(row: Draft | Case) -> dict[str, Any]:
    """All answers of the row, question -> value."""
    hidden = json.loads(crypto.decrypt(row.sealed_answers, *_place(row))) if row.sealed_answers else {}
    return {key: unpack(value) for key, value in {**row.answers, **hidden}.items()}


def copy(draft: Draft, case: Case, questions: Iterable[Question]) -> None:
    """Values that are sealed for a draft's row can't be read in a case's: they are sealed anew."""
    keep(case, read(draft), questions)


def _place(row: Draft | Case) -> tuple[str, str, Any]:
    return row._meta.db_table, "sealed_answers", row.pk
