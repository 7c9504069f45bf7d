"""Rehearsal: a log's real cases played on a designed process, to see which it would have carried.

Cases are played in throw-away bodies, some at a time: each body lives in one short transaction that is rolled back,
so that nothing stays, whatever happens, and nobody waits for us for long.
"""

from towpath.casework.rehearsal.log import BrokenLog, LogCase, read
from towpath.casework.rehearsal.mapping import Plan, plan, unnamed
from towpath.casework.rehearsal.run import Reason, Report, rehearse

__all__ = ["BrokenLog", "LogCase", "Plan", "Reason", "Report", "plan", "read", "rehearse", "unnamed"]
