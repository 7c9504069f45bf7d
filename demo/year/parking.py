"""Resident parking permits: what is asked for, and how the doubtful ones are handled."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from demo.residents import Resident
from demo.year.papers import paper
from demo.year.story import Done, Move, Story
from demo.year.world import World
from towpath.casework.actions import Verdict
from towpath.casework.models import Task

SERVICE = "resident-parking-permit"
# How often a doubt ends well, and which of the texts gives the reason against it.
DOUBTS = {
    "vehicle_of_somebody_else": (0.75, 0),
    "two_permits_at_the_address": (0.25, 1),
    "own_parking_space": (0.45, 2),
    "address_not_confirmed": (0.2, 3),
    "vehicle_over_3500_kilograms": (0.0, 0),
}
ASKS = {"vehicle_of_somebody_else": 0, "address_not_confirmed": 1, "own_parking_space": 2}


def story(world: World, who: Resident, channel: Any, signed_in: bool) -> Story:
    rng = world.rng
    keeper = rng.choices(["me", "lease", "employer", "someone-else"], [76, 12, 8, 4])[0]
    badge = rng.random() < 0.05
    right = rng.random() < 0.9  # what is typed is what the register holds
    answers = _answers(world, who, keeper, badge) | {
        "typed_address": who.address if right else _old_address(who),
        "register_address_right": rng.random() < 0.93,
        "resident_number": who.entry.number
        if rng.random() < (0.72 if channel == "portal" else 0.4)
        else None,
    }
    if channel in ("phone", "counter", "post") and rng.random() < 0.4:
        del answers["email"]
    files = {"blue_badge_copy": paper("badge.pdf", "Blue badge, front and back")} if badge else {}
    if keeper != "me" and rng.random() < 0.5:
        files["vehicle_proof"] = paper("lease.pdf", f"Lease of {who.plate}, page 1")
    plan = {"lives_here": right or rng.random() < 0.75, "asks": rng.random() < 0.45}
    return Story(who, SERVICE, channel, signed_in, answers, files, plan)


def _answers(world: World, who: Resident, keeper: str, badge: bool) -> dict[str, Any]:
    rng = world.rng
    today = world.now.astimezone(world.hours.zone).date()
    return {
        "full_name": who.name,
        "email": who.email,
        "phone": who.phone,
        "vehicle_registration": who.plate,
        "vehicle_kind": rng.choices(["car", "motorcycle", "van", "heavy"], [86, 5, 7, 2])[0],
        "vehicle_keeper": keeper,
        "emission_class": rng.choices(["zero", "low", "average", "high"], [22, 38, 32, 8])[0],
        "permits_at_address": Decimal(rng.choices([0, 1, 2, 3], [66, 28, 5, 1])[0]),
        "off_street_space": rng.random() < 0.06,
        "blue_badge": badge,
        "start_date": today + timedelta(days=rng.randrange(1, 25)),
    }


def _old_address(who: Resident) -> dict[str, str]:
    return {**who.address, "line_1": f"{int(who.entry.house_number[:-1] or 1) + 3} {who.entry.street}"}


def move(world: World, story: Story, task: Task, known: dict[str, Any]) -> Move:
    """What a caseworker does with a task, seeing the variables `known`."""
    if task.form == "check_address":
        lives = bool(story.plan["lives_here"])
        note = None if lives else "The register has somebody else there; no answer at the door."
        return Done({"lives_here": lives, "address_note": note})
    if task.form == "look_again":
        return _look_again(world)
    return _decide(world, story, known)


def _decide(world: World, story: Story, known: dict[str, Any]) -> Move:
    doubt = known["eligibility"]["reason"]
    if story.plan["asks"] and not story.asked and doubt in ASKS:
        story.asked += 1
        text = world.words["parking"]["asks"][ASKS[doubt]]
        return Done({"next_step": "ask", "what_we_need": text})
    well, against = DOUBTS.get(doubt, (0.5, 0))
    replied = bool(story.asked and story.replies)
    if world.rng.random() < well + (0.2 if replied else 0):
        verdict = Verdict("granted", world.say("parking", "granted"), "granting")
    else:
        verdict = Verdict("refused", world.words["parking"]["refused"][against], "who-may-have-a-permit")
    return Done({"next_step": "decide"}, verdict)


def _look_again(world: World) -> Move:
    if world.rng.random() < 0.85:
        return Done({}, Verdict("granted", world.say("parking", "stays"), "granting"))
    return Done({}, Verdict("ended", world.say("parking", "ended"), "ending"))
