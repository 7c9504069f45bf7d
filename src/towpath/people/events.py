"""What happens to people and staff. Facts are ids and codes; the person is a pseudonym."""

from towpath.foundation.journal import event_type

REGISTERED = event_type("person.registered", "A person became known to the body.", "how")
SIGNED_IN = event_type("person.signed-in", "A resident signed in through a provider.", "assurance")
CONTACT_CHANGED = event_type("person.contact-changed", "A way to reach a person changed.", "kinds")
LANGUAGE_CHANGED = event_type("person.language-changed", "A person chose their language.", "language")

TEAM_SET_UP = event_type("team.set-up", "A team was set up.", "team")
STAFF_SET_UP = event_type("staff.set-up", "Somebody works for the body in these roles.", "staff", "roles")
ACCESS_RENEWED = event_type(
    "staff.access-renewed", "A colleague was given new access in place of what was lost.", "staff", "reason"
)
GRANTED = event_type(
    "staff.granted",
    "A provider's member of staff may work here until a day.",
    "staff",
    "role",
    "team",
    "until",
)
GRANT_ENDED = event_type("staff.grant-ended", "A grant was taken back.", "staff", "grant")
