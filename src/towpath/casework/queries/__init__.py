"""All reads of drafts and cases, starting from what the actor may see."""

from towpath.casework.queries.case import (
    CasePage,
    answers_of,
    case,
    draft,
    draft_answers,
    drafts_of,
    form_context,
    links_of,
    task_context,
)
from towpath.casework.queries.find import find_cases
from towpath.casework.queries.older import Older, older_cases, on_other_versions, places_of
from towpath.casework.queries.queue import Filters, QueuePage, queue, queue_head, troubles
from towpath.casework.queries.timeline import Happening, Story, timeline
from towpath.casework.queries.tracking import (
    Tracking,
    may_ask_review,
    my_cases,
    my_dates,
    track_by_code,
    track_by_link,
    tracking,
)
from towpath.casework.queries.visible import may_see

__all__ = [
    "CasePage",
    "Filters",
    "Happening",
    "Older",
    "QueuePage",
    "Story",
    "Tracking",
    "answers_of",
    "case",
    "draft",
    "draft_answers",
    "drafts_of",
    "find_cases",
    "form_context",
    "links_of",
    "may_ask_review",
    "may_see",
    "my_cases",
    "my_dates",
    "older_cases",
    "on_other_versions",
    "places_of",
    "queue",
    "queue_head",
    "task_context",
    "timeline",
    "track_by_code",
    "track_by_link",
    "tracking",
    "troubles",
]
