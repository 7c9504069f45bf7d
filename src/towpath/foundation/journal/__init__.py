"""The journal: everything that happens, once, in order, in the transaction of the change itself."""

from towpath.foundation.journal.types import EventType, UnknownFact, event_type, event_types
from towpath.foundation.journal.write import Fact, Happened, record, record_all

__all__ = [
    "EventType",
    "Fact",
    "Happened",
    "UnknownFact",
    "event_type",
    "event_types",
    "record",
    "record_all",
]
