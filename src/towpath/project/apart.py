"""A real body and the demonstration never share a database: its passwords, its sign-in for anybody, its e-mail to nowhere.

Asked by SQL, since `towpath run` asks before Django can be set up.
"""

from typing import Any

REAL = "select code from foundation_tenant where not is_demo and not is_rehearsal order by code"
DEMONSTRATION = "select code from foundation_tenant where is_demo and not is_rehearsal order by code"


def codes(cursor: Any, which: str) -> str:
    """The bodies that there are of one kind, as a text for people; empty if there is none."""
    cursor.execute(which)
    return ", ".join(code for (code,) in cursor.fetchall())
