"""What came in and belongs nowhere yet, what must be printed, and what did not arrive."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from towpath.casework import queries as casework
from towpath.contact import actions, queries
from towpath.foundation.access import Actor
from towpath.people import queries as people
from towpath.surfaces.desk import pages, words
from towpath.surfaces.desk.mail_text import mail_text
from towpath.surfaces.look import Happening
from towpath.surfaces.staff_access import desk_actor, staff_page

OUTCOMES = {
    "unconfirmed": gettext_lazy("Seems to belong to a request, but the sender can be forged"),
    "automatic": gettext_lazy("Written by a machine"),
    "quarantined": gettext_lazy("Could not be read"),
    "bounce": gettext_lazy("A report about a message of ours"),
}


@require_safe
@staff_page("contact.write")
def tray(request: HttpRequest) -> HttpResponse:
    values = {
        "unrouted": queries.unrouted(),
        "kept": [
            {"mail": mail, "outcome": OUTCOMES.get(mail.outcome, mail.outcome)} for mail in queries.tray()
        ],
        "letters": queries.letters_to_print(),
        "failed": [
            {"delivery": one, "state": words.DELIVERIES.get(one.status, (one.status, ""))}
            for one in queries.failed_deliveries()[:50]
        ],
    }
    return pages.show(request, "mail", values, here="mail")


@require_safe
@staff_page("contact.write")
def mail(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    kept = _found(lambda: queries.mail(desk_actor(request), mail_id))
    values = {
        "mail": kept,
        "text": mail_text(bytes(kept.raw)),
        "outcome": OUTCOMES.get(kept.outcome, kept.outcome),
    }
    return pages.show(request, "mail_one", values, here="mail")


@require_safe
@staff_page("contact.write")
def mail_file(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """Exactly as it came in, to be saved."""
    kept = _found(lambda: queries.mail(desk_actor(request), mail_id))
    return _download(bytes(kept.raw), "message/rfc822", f"{mail_id}.eml")


@require_POST
@staff_page("contact.write")
def sort_mail(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """Into the conversation that it seems to belong to, into a request's, into a new one, or aside."""
    actor, how = desk_actor(request), request.POST.get("do", "")
    kept = _found(lambda: queries.mail(actor, mail_id))
    reference = request.POST.get("reference", "").strip()
    into = _conversation(actor, how, kept, reference)
    if how == "case" and into is None:
        pages.warn(
            request,
            _("There is no request %(reference)s that you may see.") % {"reference": reference or "–"},
        )
        return redirect("desk:mail-one", mail_id)
    try:
        with transaction.atomic():
            if how == "aside":
                actions.set_mail_aside(actor, mail_id)
                pages.say(request, _("Set aside. It stays kept."))
            else:
                entry = actions.enter_mail(actor, mail_id, into)
                pages.say(request, _("The message is in its conversation now."))
                if into is None:
                    return redirect("desk:conversation", entry.conversation_id)
    except actions.NotPossible as refused:
        pages.warn(request, str(refused))
    return redirect("desk:mail")


def _conversation(actor: Actor, how: str, kept: Any, reference: str) -> UUID | None:
    if how == "confirm":
        found: UUID | None = kept.conversation_id
        return found
    if how != "case" or not reference:
        return None
    exact = [case for case in casework.find_cases(actor, reference) if case.reference == reference.upper()]
    return casework.links_of(exact[0].pk)[0] if exact else None


@require_safe
@staff_page("contact.write")
def conversation(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    actor = desk_actor(request)
    found = _found(lambda: queries.conversation(actor, conversation_id))
    if found.case_id:
        return redirect("desk:case", found.case_id)  # who may see it is settled there
    entries = queries.entries_after([conversation_id])
    files = queries.attachments([entry.pk for entry in entries])
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    values = {
        "conversation": found,
        "person": people.person_card(found.person_id) if found.person_id else None,
        "happenings": [_said(entry, files) for entry in reversed(entries)],
        "files": [file for some in files.values() for file in some],
        "text": text,
        "people": people.find_people(actor, text) if text and not found.person_id else [],
        "once": pages.once(),
    }
    return pages.show(request, "conversation", values, here="mail")


def _said(entry: Any, files: dict[UUID, list[Any]]) -> Happening:
    names = ", ".join(file.name for file in files.get(entry.pk, []))
    text = entry.body + (f"\n\n{_('Files:')} {names}" if names else "")
    who = entry.text.contact_point if entry.text else ""
    ways = {"in": _("Came in"), "out": _("Sent"), "internal": _("Note")}
    title = entry.subject or ways.get(entry.direction, entry.direction)
    return Happening(entry.at, title, text, who=who, channel=words.channel(entry.channel))


@require_POST
@staff_page("contact.write")
def act_on_conversation(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Says with whom it is, answers, or closes it."""
    actor, how = desk_actor(request), request.POST.get("do", "")
    found = _found(lambda: queries.conversation(actor, conversation_id))
    if found.case_id:
        return redirect("desk:case", found.case_id)
    try:
        with transaction.atomic():
            pages.say(request, _carried_out(actor, found, how, request))
    except actions.NotPossible as refused:
        pages.warn(request, str(refused))
    return redirect(
        "desk:mail" if how == "close" else "desk:conversation", *([] if how == "close" else [found.pk])
    )


def _carried_out(actor: Actor, found: Any, how: str, request: HttpRequest) -> str:
    if how == "close":
        actions.close(actor, found.pk)
        return _("The conversation is closed. A new message opens it again.")
    if how == "link":
        actions.link_person(actor, found.pk, _uuid(request.POST.get("person", "")))
        return _("It is known now with whom this conversation is.")
    body = request.POST.get("text", "").strip()
    if not body or found.person_id is None:
        raise actions.NotPossible(_("Write an answer, and say first with whom the conversation is."))
    subject = request.POST.get("subject", "").strip() or found.subject
    cause = f"desk:{_uuid(request.POST.get('once', ''))}"
    actions.send(actor, found.pk, to_person=found.person_id, subject=subject, body=body, cause=cause)
    return _("The message is on its way.")


@require_safe
@staff_page("contact.write")
def attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """A file that came by e-mail, never scanned: to be saved, not shown."""
    found = _found(lambda: queries.attachment(desk_actor(request), attachment_id))
    return _download(bytes(found.content), "application/octet-stream", found.name)


@require_safe
@staff_page("contact.write")
def letter(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """A letter as it goes on paper."""
    found = _found(lambda: queries.letter(desk_actor(request), delivery_id))
    return pages.show(request, "letter", {"letter": found}, here="mail")


@require_POST
@staff_page("contact.write")
def letter_done(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """It was printed and posted, or the post brought it back."""
    actor = desk_actor(request)
    try:
        with transaction.atomic():
            if request.POST.get("do") == "returned":
                actions.letter_returned(actor, delivery_id)
                pages.say(request, _("It is noted that the letter came back."))
            else:
                actions.letter_printed(actor, delivery_id)
                pages.say(request, _("The letter is on its way."))
    except ObjectDoesNotExist as missing:
        raise Http404(str(delivery_id)) from missing
    except actions.NotPossible as refused:
        pages.warn(request, str(refused))
    return redirect("desk:mail")


def _found(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except ObjectDoesNotExist as missing:
        raise Http404 from missing


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404(text) from None


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=kind, headers=headers)
