"""An entry as an e-mail: plain words first, the same as simple HTML, and headers that mail programs thread by."""

import re
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from towpath.contact import marks
from towpath.contact.models import Entry
from towpath.foundation import links
from towpath.foundation.models import Tenant

THREAD = 10  # earlier messages named in References
SAFE_ID = re.compile(r"<[!-;=?-~]{3,250}>")


def compose(entry: Entry, tenant: Tenant) -> EmailMultiAlternatives:
    """The same message each time but for its date. `from_email` is the envelope's sender, where reports go."""
    conversation, text = entry.conversation, entry.text
    if text is None:
        raise ValueError(f"The words of entry {entry.pk} were erased.")
    body = links.filled(text.body, conversation.case_id)
    with translation.override(conversation.language):
        said = {
            "tenant": tenant,
            "subject": text.subject,
            "body": body,
            "language": conversation.language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "footer": _footer(entry, tenant),
        }
        html = render_to_string("contact/email.html", said)
    message = EmailMultiAlternatives(
        subject=text.subject,
        body="\n\n".join([body.strip(), "-- \n" + "\n".join(said["footer"])]) + "\n",
        from_email=marks.bounce_address(entry.pk, tenant.host),
        to=[text.contact_point],
        reply_to=[marks.reply_address(conversation.token, tenant.host)],
        headers=_headers(entry, tenant),
    )
    message.attach_alternative(html, "text/html")
    return message


def _headers(entry: Entry, tenant: Tenant) -> dict[str, str]:
    headers = {
        "From": formataddr((tenant.name, f"contact@{tenant.host}")),
        "Message-ID": marks.message_id(entry.pk, tenant.host),
        "Content-Language": entry.conversation.language,
    }
    if entry.author_kind == "system":
        headers["Auto-Submitted"] = "auto-generated"
    if earlier := _earlier(entry, tenant):
        headers |= {"In-Reply-To": earlier[-1], "References": " ".join(earlier)}
    return headers


def _earlier(entry: Entry, tenant: Tenant) -> list[str]:
    """The Message-IDs of the e-mails before this one, oldest first."""
    before = Entry.objects.filter(conversation=entry.conversation, seq__lt=entry.seq, channel="email")
    found = []
    for one in before.prefetch_related("texts").order_by("-seq")[:THREAD]:
        theirs = one.text.message_id if one.text else ""
        if one.direction == "out":
            found.append(marks.message_id(one.pk, tenant.host))
        elif SAFE_ID.fullmatch(theirs):
            found.append(theirs)
    return found[::-1]


def _footer(entry: Entry, tenant: Tenant) -> list[str]:
    names = dict(settings.LANGUAGES)
    offered = ", ".join(names.get(code, code) for code in tenant.languages)
    lines = [tenant.name, _("You can answer this message: somebody reads it.")]
    if entry.author_kind == "system":
        lines.append(_("It was written by our system, not by a person."))
    if len(tenant.languages) > 1:
        lines.append(_("You can write to us in: %(languages)s.") % {"languages": offered})
    return lines
