"""Filters as SQL: what they leave over, as a relation with the columns of `events`.

Whole cases keep their `next` and `gap`; a cut at a time drops the gaps that cross it, since the events of a case that
lie between two times follow each other; any other choice of events has its neighbours worked out anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from towpath.engines.mining.duck.schema import BASE, Attribute
from towpath.engines.mining.errors import QuestionError
from towpath.engines.mining.filters import Between, Filter, Lasting, Named, Passing, Taking, View, Where

ACTIVITY = "activity"
_SPAN = "SELECT case_no, min(time) AS began, max(time) AS ended FROM {0} GROUP BY 1"


@dataclass(frozen=True, slots=True)
class Names:
    """What a log has: activity codes, attributes by name, and roles that stand for attributes."""

    codes: dict[str, int]
    attributes: dict[str, Attribute]
    roles: dict[str, str]

    def attribute(self, column: str) -> Attribute:
        """By the attribute's own name, or a role such as unit; QuestionError lists what there is."""
        found = self.attributes.get(column) or self.attributes.get(self.roles.get(column, ""))
        if found is None:
            there = ", ".join(f"'{name}'" for name in [ACTIVITY, *self.attributes])
            raise QuestionError(f"the log has no column '{column}'; it has {there}")
        return found

    def event_attribute(self, column: str) -> Attribute:
        """One that each event has for itself."""
        found = self.attribute(column)
        if found.level != "event":
            raise QuestionError(
                f"'{found.name}' belongs to the whole case; this question needs a column of events"
            )
        return found

    def code(self, activity: str) -> int:
        if activity not in self.codes:
            raise QuestionError(f"the log has no activity '{activity}'")
        return self.codes[activity]


@dataclass(frozen=True, slots=True)
class Relation:
    """`WITH` clauses, the name of the last one, and the values for their question marks. `whole`: no case was cut."""

    clauses: tuple[str, ...] = ()
    name: str = "events"
    values: tuple[Any, ...] = ()
    whole: bool = True

    def then(self, select: str, values: Sequence[Any] = (), cut: bool = False) -> Relation:
        """One more clause; "{0}" in it is the relation so far."""
        name = f"v{len(self.clauses)}"
        clause = f"{name} AS ({select.format(self.name)})"
        times = select.count("{0}")
        assert times
        return Relation((*self.clauses, clause), name, (*self.values, *values), self.whole and not cut)

    def ask(self, question: str, values: Sequence[Any] = ()) -> tuple[str, list[Any]]:
        """The whole statement; in `question` "{events}" and "{cases}" are the view's."""
        clauses = list(self.clauses)
        cases = "cases"
        if "{cases}" in question and self.clauses:
            cases = "view_cases"
            clauses.append(f"view_cases AS ({self._cases()})")
        start = f"WITH {', '.join(clauses)} " if clauses else ""
        if clauses and question.lstrip().startswith("WITH "):
            start, question = f"{start.rstrip()}, ", question.lstrip().removeprefix("WITH ")
        return start + question.format(events=self.name, cases=cases), [*self.values, *values]

    def _cases(self) -> str:
        if self.whole:
            return f"SELECT * FROM cases WHERE case_no IN (SELECT case_no FROM {self.name})"
        shown = f"list_transform(list(activity ORDER BY time, seq), lambda one: chr(({BASE} + one)::INTEGER))"
        return f"""
            SELECT c.* EXCLUDE (met) REPLACE (v.began AS began, v.ended AS ended, v.events AS events, v.first AS first, v.last AS last,
                                v.variant AS variant)
            FROM cases c JOIN (
                SELECT case_no, min(time) AS began, max(time) AS ended, count(*) AS events, arg_min(activity, (time, seq)) AS first,
                       arg_max(activity, (time, seq)) AS last, array_to_string({shown}, '') AS variant
                FROM {self.name} GROUP BY 1) v USING (case_no)"""


def relation(view: View, names: Names) -> Relation:
    """QuestionError if a filter names what the log does not have."""
    made = Relation()
    for one in view:
        made = _filtered(made, one, names)
    return made


def _filtered(made: Relation, one: Filter, names: Names) -> Relation:
    match one:
        case Between():
            return _between(made, one)
        case Where():
            return _where(made, one, names)
        case Passing(source, target):
            codes = [names.code(source), names.code(target)]
            inside = "SELECT case_no FROM {0} WHERE activity = ? AND next = ?"
            return made.then(f"SELECT * FROM {{0}} WHERE case_no IN ({inside})", codes)
        case Taking(activities):
            wanted = "".join(chr(BASE + names.code(name)) for name in activities)
            if made.whole:
                inside = "SELECT case_no FROM cases WHERE variant = ?"
            else:
                inside = f"SELECT case_no FROM ({made._cases()}) WHERE variant = ?"
            return made.then(f"SELECT * FROM {{0}} WHERE case_no IN ({inside})", [wanted])
        case Lasting(least, most):
            span = f"({_SPAN})" if not made.whole else "cases"
            inside = f"SELECT case_no FROM {span} WHERE (epoch_us(ended) - epoch_us(began)) / 1e6 >= ? AND (epoch_us(ended) - epoch_us(began)) / 1e6 < ?"
            return made.then(f"SELECT * FROM {{0}} WHERE case_no IN ({inside})", [least, most])
        case Named(ids):
            inside = "SELECT case_no FROM cases WHERE case_id IN (SELECT unnest(?::VARCHAR[]))"
            return made.then(f"SELECT * FROM {{0}} WHERE case_no IN ({inside})", [list(ids)])


def _between(made: Relation, one: Between) -> Relation:
    times = [one.start, one.end]
    if one.keep == "events":
        inside = "gap < epoch_us(?::TIMESTAMP) - epoch_us(time)"
        return made.then(
            f"""SELECT * REPLACE (CASE WHEN {inside} THEN next END AS next, CASE WHEN {inside} THEN gap END AS gap,
                                  CASE WHEN {inside} THEN worked END AS worked)
                FROM {{0}} WHERE time >= ? AND time < ?""",
            [one.end] * 3 + times,
            cut=True,
        )
    condition = {
        "contained": "began >= ? AND ended < ?",
        "touching": "",
        "started": "began >= ? AND began < ?",
        "ended": "ended >= ? AND ended < ?",
    }[one.keep]
    if one.keep == "touching":
        inside = "SELECT case_no FROM {0} WHERE time >= ? AND time < ?"
    else:
        inside = f"SELECT case_no FROM {'cases' if made.whole else f'({_SPAN})'} WHERE {condition}"
    return made.then(f"SELECT * FROM {{0}} WHERE case_no IN ({inside})", times)


def _where(made: Relation, one: Where, names: Names) -> Relation:
    if one.column == ACTIVITY:
        values: list[Any] = [names.code(value) for value in one.values]
        condition, kind, level = "activity", "UINTEGER", "event"
    else:
        attribute = names.attribute(one.column)
        values = list(one.values)
        condition, kind, level = attribute.place, "VARCHAR", attribute.level
    matches = f"coalesce({condition} IN (SELECT unnest(?::{kind}[])), false)"
    negated = "NOT " if one.negated else ""
    if level == "case":
        inside = f"SELECT case_no FROM cases WHERE {negated}{matches}"
        return made.then(f"SELECT * FROM {{0}} WHERE case_no IN ({inside})", [values])
    if one.keep == "cases":
        inside = f"SELECT case_no FROM {{0}} WHERE {matches}"
        return made.then(f"SELECT * FROM {{0}} WHERE case_no {negated}IN ({inside})", [values])
    return made.then(
        f"""SELECT * REPLACE (lead(activity) OVER one AS next, epoch_us(lead(time) OVER one) - epoch_us(time) AS gap,
                              NULL::BIGINT AS worked)
            FROM {{0}} WHERE {negated}{matches} WINDOW one AS (PARTITION BY case_no ORDER BY time, seq)""",
        [values],
        cut=True,
    )
