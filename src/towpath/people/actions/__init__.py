"""All that changes people and staff. Each runs inside the body's transaction."""

from towpath.people.actions.contact import change_contact, set_language
from towpath.people.actions.register import register_person
from towpath.people.actions.renew import renew_access
from towpath.people.actions.sign_in import Claims, sign_in_resident
from towpath.people.actions.staff import end_grant, give_grant, set_up_staff, set_up_team
from towpath.people.rules import NotOurAccount, UnknownRole, WrongContactPoint

__all__ = [
    "Claims",
    "NotOurAccount",
    "UnknownRole",
    "WrongContactPoint",
    "change_contact",
    "end_grant",
    "give_grant",
    "register_person",
    "renew_access",
    "set_language",
    "set_up_staff",
    "set_up_team",
    "sign_in_resident",
]
