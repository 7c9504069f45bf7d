"""A small town with work to do, made through the product's own actions."""

import html
import re
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from allauth.account.internal.userkit import user_id_to_str

from tests import factories
from towpath.casework import actions as casework
from towpath.casework.models import Task
from towpath.foundation.access import Actor
from towpath.people import actions as people
from towpath.people import queries as people_queries
from towpath.surfaces.staff_access import ACTIVATED

SERVICES = Path(__file__).parents[2] / "services"
PARKING, ENVIRONMENT = "resident-parking-permit", "environmental-permit"
PASSWORD = "heron-under-the-old-bridge"
HTMX = {"HTTP_HX_REQUEST": "true"}
CAR = {
    "full_name": "Ada Lovelace",
    "typed_address": {"line_1": "12 Mill Lane", "line_2": "", "town": "Millbrook", "postcode": "MB1 2AB"},
    "email": "ada@example.org",
    "vehicle_registration": "AB12 CDE",
    "vehicle_kind": "car",
    "vehicle_keeper": "me",
    "emission_class": "low",
    "permits_at_address": Decimal(0),
    "off_street_space": False,
    "blue_badge": False,
    "start_date": date(2099, 12, 1),
}
SHED = {
    "full_name": "Grace Hopper",
    "email": "grace@example.org",
    "postal_address": {"line_1": "3 Weir Road", "line_2": "", "town": "Millbrook", "postcode": "MB2 1AA"},
    "activities": ["build"],
    "site_address": {"line_1": "3 Weir Road", "line_2": "", "town": "Millbrook", "postcode": "MB2 1AA"},
    "description": "A wooden shed of three by four metres behind the house.",
    "building_cost": Decimal(12000),
    "people_inside": Decimal(2),
    "effects": ["noise"],
    "start_date": date(2099, 12, 1),
    "owns_land": True,
}


def publish():
    for name in (PARKING, ENVIRONMENT):
        factories.publish(SERVICES / name)


def submitted(service=PARKING, **changes):
    visitor = Actor("visitor", "draft:new", "portal")
    draft = casework.start_draft(visitor, service, "en")
    me = Actor("visitor", f"draft:{draft.pk}", "portal")
    answers = {**(CAR if service == PARKING else SHED), **changes}
    casework.save_answers(me, draft.pk, answers, page="all")
    return casework.submit(me, draft.pk).case


def worker(*roles, name="Ana Ruiz"):
    return people.set_up_staff(f"{uuid4()}@example.org", name, PASSWORD, roles or [(None, "lead")])


def actor(staff):
    return people_queries.staff_actor(staff.user)


def open_task(case):
    return Task.objects.filter(case=case, state="open", kind="user").order_by("made_at", "id").first()


def begun(staff, case):
    """The open task of a case, in the hands of somebody."""
    return casework.claim(actor(staff), open_task(case).pk)


def task_path(task, tail=""):
    return f"/desk/cases/{task.case_id}/tasks/{task.pk}/{tail}"


def enter(client, staff):
    """Signed in with a second factor; how that is done is tested in tests/signin."""
    client.force_login(staff.user)
    session = client.session
    session[ACTIVATED] = str(staff.user.pk)
    session.save()
    return client


def proven(client, staff, ago=0.0):
    """The second factor was shown some seconds ago, as some pages want it."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time() - ago}]
    session["account_authentication_methods_user"] = user_id_to_str(staff.user)
    session.save()
    return client


def words(response):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))
