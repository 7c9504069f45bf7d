"""Files of a form: kept as soon as they are sent, so that a mistake elsewhere on the page does not lose them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from towpath.casework import actions as casework
from towpath.catalogue.queries import Question
from towpath.documents import actions as documents
from towpath.documents import queries as kept
from towpath.foundation.access import Actor
from towpath.surfaces.portal.filling import Filling


def of_question(filling: Filling, question: Question) -> list[Any]:
    return [one for one in kept.of_draft(filling.id) if one.purpose == question.id]


def take(request: HttpRequest, filling: Filling, question: Question) -> tuple[list[str], str]:
    """(names of all files that answer the question now, message key of what is wrong with a new one)."""
    here = of_question(filling, question)
    sent = [file for file in request.FILES.getlist(question.id) if file]
    if removed := [one for one in here if str(one.pk) == request.POST.get("remove")]:
        documents.discard(filling.actor, removed[0].pk, filling.id)
        here = [one for one in here if one not in removed]
    if len(here) + len(sent) > question.max_files:
        return [one.name for one in here], "too-many-files"
    error = ""
    for file in sent:
        try:
            here.append(casework.attach_to_draft(filling.actor, filling.id, question.id, upload(file)))
        except documents.NotTaken as refused:
            error = error or refused.code
    return [one.name for one in here], error


def upload(file: UploadedFile[bytes]) -> casework.Upload:
    """Raises `NotTaken` before a huge file is read into memory."""
    if (file.size or 0) > settings.MAX_UPLOAD:
        raise documents.NotTaken(
            "too-big", f"The file must be smaller than {settings.MAX_UPLOAD // 10**6} MB."
        )
    return casework.Upload(file.name or "", file.content_type or "", file.read())


def uploads(request: HttpRequest, names: Sequence[str]) -> list[casework.Upload]:
    return [upload(file) for name in names for file in request.FILES.getlist(name)]


def _attachment(document: Any) -> HttpResponse:
    """A file to be saved, never shown inside the site."""
    headers = {
        "Content-Disposition": content_disposition_header(True, document.name) or "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(bytes(document.content), content_type=document.content_type, headers=headers)


def handed_out(actor: Actor, document_id: UUID, **of: UUID) -> HttpResponse:
    """A file of a draft or case (`draft_id`, `case_id`) that the actor may see, to be saved; Http404 where it is gone."""
    try:
        return _attachment(kept.document(actor, document_id, **of))
    except ObjectDoesNotExist as gone:
        raise Http404(str(document_id)) from gone
