"""What staff do with a case in the applicant's stead, in the channel that the applicant used."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from towpath.casework import actions as casework
from towpath.casework import queries as cases
from towpath.casework import rules
from towpath.documents import actions as documents
from towpath.surfaces.desk.scene import Scene, needed, words_field
from towpath.surfaces.look import Choice, Field
from towpath.surfaces.questions import FILES, WRONG


def answer_fields(scene: Scene) -> Sequence[Field] | None:
    if not scene.open_questions:
        return None
    choices = [Choice(str(one.pk), one.text[:200]) for one in scene.open_questions]
    first = choices[0].value
    return [
        scene.field("radios", "question", _("Which question?"), choices=choices, value=first, small=True),
        scene.channel(),
        words_field(scene, _("Their answer")),
        scene.field(
            "file", "files", _("Papers that they sent or brought"), multiple=True, accept=FILES, optional=True
        ),
    ]


def answer(scene: Scene) -> str:
    if not scene.typed.get("text") and not scene.typed.files:
        raise rules.NotComplete({"text": _("Write their answer, or add a paper.")})
    known = {str(one.pk): one.pk for one in scene.open_questions}
    question = known.get(scene.typed.get("question"))
    if question is None:
        raise rules.NotComplete({"question": _("Choose the question that they answer.")})
    files = [rules.Upload(f.name or "", f.content_type or "", f.read()) for f in scene.typed.files]
    try:
        casework.answer_question(scene.through(), question, text=scene.typed.get("text"), files=files)
    except documents.NotTaken as refused:
        raise rules.NotComplete({"files": str(WRONG.get(refused.code, refused))}) from refused
    except rules.NotComplete as missing:
        raise rules.NotComplete({"text": _("The answer is not complete.")}) from missing
    return _("The answer is taken.")


def withdraw_fields(scene: Scene) -> Sequence[Field] | None:
    if scene.case.state != "open":
        return None
    return [scene.channel(), scene.field("textarea", "text", _("Why?"), optional=True, rows=2)]


def withdraw(scene: Scene) -> str:
    casework.withdraw(scene.through(), scene.case.pk, scene.typed.get("text"))
    return _("The request is taken back.")


def review_fields(scene: Scene) -> Sequence[Field] | None:
    if scene.case.state != "decided" or not cases.may_ask_review(scene.case):
        return None
    return [scene.channel(), words_field(scene, _("What should a person look at?"))]


def review(scene: Scene) -> str:
    needed(scene, text=_("Write what a person should look at."))
    casework.ask_review(scene.through(), scene.case.pk, scene.typed.get("text"))
    return _("A person will look at it again.")


def rate_fields(scene: Scene) -> Sequence[Field] | None:
    ended = scene.case.state != "open" and scene.page.rating is None
    if not ended:
        return None
    labels = [_("Very bad"), _("Bad"), _("Neither good nor bad"), _("Good"), _("Very good")]
    scores = [Choice(str(n), label) for n, label in enumerate(labels, start=1)]
    return [
        scene.field("radios", "score", _("How was it for them?"), choices=scores, small=True, inline=True),
        scene.channel(),
        scene.field("textarea", "text", _("What they said"), optional=True, rows=2),
    ]


def rate(scene: Scene) -> str:
    needed(scene, score=_("Choose how it was for them."))
    score = scene.typed.get("score")
    casework.rate(
        scene.through(), scene.case.pk, int(score) if score.isdecimal() else 0, scene.typed.get("text")
    )
    return _("The rating is kept.")
