"""What happens to a request. Facts are codes, numbers and identifiers; words and names stay in erasable rows."""

from towpath.foundation.journal import event_type

DRAFT_STARTED = event_type("draft.started", "Somebody began to apply.", "service", "version", "assisted")
DRAFT_SAVED = event_type("draft.saved", "A page of the form was saved.", "service", "page")
DRAFT_ADOPTED = event_type("draft.adopted", "The applicant signed in while filling in the form.", "service")
DRAFT_RENEWED = event_type("draft.renewed", "A draft moved to the version in force.", "service", "version")
DRAFT_EXPIRED = event_type("draft.expired", "A draft was not sent in time and is gone.", "service")

CASE_SUBMITTED = event_type(
    "case.submitted",
    "The applicant sent the request.",
    "service",
    "version",
    "assisted",
    "assurance",
    "seconds",
)
CASE_STAGE = event_type(
    "case.stage-reached", "The case came to a stage that the resident sees.", "stage", "awaits"
)
CASE_DECIDED = event_type(
    "case.decided",
    "A decision was made.",
    "service",
    "outcome",
    "favourable",
    "automatic",
    "rule",
    "legal_basis",
)
CASE_WITHDRAWN = event_type("case.withdrawn", "The applicant took the request back.", "service")
CASE_CLOSED = event_type("case.closed", "The process came to its end.", "service", "outcome", "end")
CASE_RATED = event_type("case.rated", "The resident said how it was.", "service", "score", "outcome")
CASE_NOTED = event_type("case.noted", "Staff wrote a note.")
CASE_REVIEW_ASKED = event_type("case.review-asked", "The resident asked a person to look again.", "service")
CASE_INCIDENT = event_type("case.incident", "The process could not go on; a person must look.", "why")
CASE_MIGRATED = event_type(
    "case.migrated",
    "A running case moved to another version of its service.",
    "service",
    "from_version",
    "to_version",
    "mapping",
)
CASE_ESCALATED = event_type(
    "case.escalated", "The process called for attention, and nothing in it takes that up.", "code", "element"
)
MESSAGE_UNHEARD = event_type(
    "message.unheard", "A message of the process was kept for its time, and nobody waited for it.", "message"
)

ACTIVITY_STARTED = event_type(
    "activity.started", "A step of the process began.", "element", "kind", "command"
)
ACTIVITY_COMPLETED = event_type("activity.completed", "A step of the process was done.", "element", "kind")
ACTIVITY_CANCELLED = event_type(
    "activity.cancelled", "A step of the process was called off.", "element", "kind"
)

TASK_CLAIMED = event_type("task.claimed", "Somebody took a task.", "task")
TASK_RELEASED = event_type("task.released", "Somebody gave a task back.", "task")
TASK_REFERRED = event_type(
    "task.referred", "A task went to another department.", "task", "from_team", "to_team"
)
TASK_TROUBLE = event_type("task.trouble", "A step could not be done without a person.", "task", "why")

QUESTION_ASKED = event_type(
    "question.asked", "The resident was asked for something.", "question", "stops_clock"
)
QUESTION_ANSWERED = event_type("question.answered", "The resident answered.", "question", "documents")
CLOCK_STOPPED = event_type("clock.stopped", "The legal deadline stands still.", "left_seconds")
CLOCK_STARTED = event_type("clock.started", "The legal deadline runs again.", "due")
DATE_KEPT = event_type("date.kept", "A date that matters later was noted.", "name", "on")
