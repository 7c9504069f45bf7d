"""Give a colleague new access who lost their password or their second factor."""

from uuid import UUID

from allauth.mfa.models import Authenticator

from towpath.foundation.access import Actor, NotAllowed
from towpath.foundation.journal import Fact, record
from towpath.people import queries
from towpath.people.events import ACCESS_RENEWED
from towpath.people.models import Staff, User
from towpath.people.rules import RENEWALS
from towpath.people.staff_signin import end_sessions, fresh_passphrase


def renew_access(actor: Actor, staff_id: UUID, reason: str) -> str:
    """The new passphrase, in clear: to be shown once, and kept nowhere. What opened the account before opens it no more.

    Whoever signs in with it sets up a second factor first. `Staff.DoesNotExist` where nobody here has the id;
    NotAllowed where the actor may not renew them (`queries.renewable`).
    """
    if reason not in RENEWALS:
        raise ValueError(f"Access is renewed for one of {', '.join(RENEWALS)}, not for {reason!r}.")
    staff = Staff.objects.get(pk=staff_id)
    if staff.pk not in queries.renewable(actor):
        raise NotAllowed(f"{actor.kind} {actor.id} may not renew the access of staff {staff.pk}")
    user = User.objects.select_for_update().get(pk=staff.user_id)
    passphrase = fresh_passphrase()
    user.set_password(passphrase)
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    record(ACCESS_RENEWED, actor, Fact(), staff=str(staff.pk), reason=reason)
    return passphrase
