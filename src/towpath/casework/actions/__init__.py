"""All that changes drafts and cases. Each runs inside the body's transaction."""

from towpath.casework.actions.decisions import Verdict, ask_review, decide_by_rules, withdraw
from towpath.casework.actions.drafts import (
    adopt_draft,
    attach_to_draft,
    expire_drafts,
    prefill,
    renew_draft,
    resume_by_code,
    resume_by_link,
    save_answers,
    start_draft,
)
from towpath.casework.actions.migration import Moved, migrate_cases
from towpath.casework.actions.moving_all import move_all, moving
from towpath.casework.actions.notes import note, rate, take_mail
from towpath.casework.actions.questions import answer_question, ask_resident
from towpath.casework.actions.steps import (
    fail_step,
    finish_step,
    fire_due_timers,
    go_on,
    hand_on,
    keep_date,
    step_needs_person,
)
from towpath.casework.actions.submit import Submitted, send_receipt, submit
from towpath.casework.actions.tasks import claim, complete_task, refer, release, save_task
from towpath.casework.rules import Upload
from towpath.casework.thrown import expire as expire_messages

__all__ = [
    "Moved",
    "Submitted",
    "Upload",
    "Verdict",
    "adopt_draft",
    "answer_question",
    "ask_resident",
    "ask_review",
    "attach_to_draft",
    "claim",
    "complete_task",
    "decide_by_rules",
    "expire_drafts",
    "expire_messages",
    "fail_step",
    "finish_step",
    "fire_due_timers",
    "go_on",
    "hand_on",
    "keep_date",
    "migrate_cases",
    "move_all",
    "moving",
    "note",
    "prefill",
    "rate",
    "refer",
    "release",
    "renew_draft",
    "resume_by_code",
    "resume_by_link",
    "save_answers",
    "save_task",
    "send_receipt",
    "start_draft",
    "step_needs_person",
    "submit",
    "take_mail",
    "withdraw",
]
