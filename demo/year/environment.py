"""Environmental permits: plans, the advice of other departments, and what is decided."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from demo.residents import Resident
from demo.year.papers import paper
from demo.year.story import Ask, Done, Move, Refer, Story
from demo.year.world import World
from towpath.casework.actions import Verdict
from towpath.casework.models import Task

SERVICE = "environmental-permit"
KINDS = {"build": 44, "fell-tree": 20, "run-business": 20, "demolish": 9, "change-listed-building": 11}
BASIS = {
    "granted": "permit-need",
    "granted-with-conditions": "conditions",
    "refused": "permit-grounds",
    "no-permit-needed": "permit-need",
    "not-considered": "complete-request",
}


def story(world: World, who: Resident, channel: Any, signed_in: bool) -> Story:
    rng = world.rng
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    activities = [kind] if rng.random() < 0.85 else sorted({kind, rng.choice(["build", "run-business"])})
    owns = rng.random() < 0.88
    answers = _answers(world, who, kind, activities, owns)
    if channel in ("counter", "post") and rng.random() < 0.35:
        del answers["email"]
    needs_none = kind in ("fell-tree", "build") and rng.random() < 0.14
    plan = {
        "missing": not needs_none and rng.random() < 0.3,
        "no_permit": needs_none,
        "sent_back": rng.random() < 0.07,
        "outcome": rng.choices(["granted", "granted-with-conditions", "refused"], [50, 39, 11])[0],
        "asks": rng.random() < 0.1,
        "refers": rng.random() < 0.08,
    }
    return Story(who, SERVICE, channel, signed_in, answers, _files(who, activities, owns, plan), plan)


def concerns_everybody(world: World, who: Resident) -> Story:
    """A complete request on which all departments advise."""
    made = story(world, who, "portal", signed_in=False)
    made.answers |= {
        "activities": ["build", "run-business"],
        "description": world.say("plans", "run-business", who.language),
        "people_inside": Decimal(90),
        "effects": ["noise", "waste-water"],
        "owns_land": True,
    }
    made.plan |= dict.fromkeys(["missing", "no_permit", "refers", "asks"], False)
    return made


def lacks_papers(world: World, who: Resident) -> Story:
    """An extension whose drawings are missing; the applicant has not sent them yet."""
    made = story(world, who, "portal", signed_in=True)
    made.answers |= {
        "activities": ["build"],
        "description": world.words["plans"]["build"]["en"][0],
        "building_cost": Decimal(48_000),
        "people_inside": Decimal(3),
        "owns_land": True,
    }
    made.files.pop("drawings", None)
    made.plan |= {"missing": True, "no_permit": False, "sent_back": False}
    made.plan["advised"] = {"structure", "planning"}  # nobody is asked before the request is complete
    made.replies = made.withdraws = False
    return made


def _answers(world: World, who: Resident, kind: str, activities: list[str], owns: bool) -> dict[str, Any]:
    rng = world.rng
    today = world.now.astimezone(world.hours.zone).date()
    business = "run-business" in activities
    return {
        "full_name": who.name,
        "email": who.email,
        "phone": who.phone,
        "postal_address": who.address,
        "activities": activities,
        "site_address": who.address,
        "description": world.say("plans", kind, who.language),
        "building_cost": Decimal(rng.choice([8, 14, 18, 24, 35, 48, 60, 85, 120, 180, 260, 540]) * 1000),
        "people_inside": Decimal(rng.choice([4, 12, 60, 90] if business else [0, 2, 3, 4])),
        "effects": rng.sample(["noise", "smell", "waste-water", "smoke"], rng.randrange(1, 3))
        if business
        else None,
        "start_date": today + timedelta(days=rng.randrange(60, 240)),
        "owns_land": owns,
    }


def _files(who: Resident, activities: list[str], owns: bool, plan: dict[str, Any]) -> dict[str, Any]:
    place = who.address["line_1"]
    files = {"site_plan": paper("site-plan.pdf", f"Site plan, {place}, 1:500")}
    if {"build", "change-listed-building"} & set(activities) and not plan["missing"]:
        files["drawings"] = paper("drawings.pdf", f"Front, back and section, {place}, 1:100")
    if not owns and not plan["missing"]:
        files["owner_consent"] = paper("consent.pdf", f"The owner of {place} agrees")
    return files


def move(world: World, story: Story, task: Task, known: dict[str, Any]) -> Move:
    """What a caseworker does with a task, seeing the variables `known`."""
    if task.form.startswith("advise_") or task.form == "record_outside_advice":
        return _advise(world, story, task)
    return _STEPS[task.form](world, story, known)


def _advise(world: World, story: Story, task: Task) -> Move:
    if story.plan["refers"] and task.form == "advise_heritage":
        story.plan["refers"] = False
        return Refer("permits", world.words["referred"][0])
    if story.plan["refers"] and task.form == "advise_fire_safety":
        story.plan["refers"] = False
        return Refer("environment", world.words["referred"][1])
    against = story.plan["outcome"] == "refused"
    kinds = ["do-not", "wait", "with-conditions"] if against else ["go-ahead", "with-conditions"]
    answer = world.rng.choice(kinds)
    told = isinstance(world.words["advice"][answer], dict)  # what only those of this trade would say
    reasons = world.say("advice", answer, *([task.form] if told else []))
    return Done({"advice": answer, "advice_reasons": reasons})


def _check_letter(world: World, story: Story, known: dict[str, Any]) -> Move:
    wrong, story.plan["sent_back"] = story.plan["sent_back"], False
    correction = world.say("correction") if wrong else None
    return Done({"acknowledgement_right": not wrong, "correction_needed": correction})


def _decide_advice(world: World, story: Story, known: dict[str, Any]) -> Move:
    suggested = list(known.get("suggested_advisers") or [])
    already = story.plan.setdefault("advised", set())
    wanted = [one for one in suggested if one not in already] if not story.plan["no_permit"] else []
    already.update(suggested)
    return Done({"advice_wanted": wanted})


def _ask_outside(world: World, story: Story, known: dict[str, Any]) -> Move:
    bodies = world.rng.sample(["water-board", "province", "fire-region"], world.rng.randrange(1, 3))
    return Done({"outside_bodies": bodies, "question_to_bodies": "May the waste water go into the canal?"})


def _decide_next(world: World, story: Story, known: dict[str, Any]) -> Move:
    if story.plan["no_permit"]:
        return Done({"next_step": "no-permit-needed"})
    if story.plan["missing"] and not story.asked:
        story.asked += 1
        return Done({"next_step": "something-missing"})
    return Done({"next_step": "complete"})


def _decide(world: World, story: Story, known: dict[str, Any]) -> Move:
    if story.plan["asks"]:
        story.plan["asks"] = False
        return Ask(world.say("questions"))
    outcome = story.plan["outcome"]
    conditions = world.say("conditions") if outcome == "granted-with-conditions" else None
    return Done({"conditions": conditions}, _verdict(world, outcome))


def _without_reply(world: World, story: Story, known: dict[str, Any]) -> Move:
    more = world.rng.random() < 0.3
    return Done({"more_time": more}, None if more else _verdict(world, "not-considered"))


def _verdict(world: World, outcome: str) -> Verdict:
    return Verdict(outcome, world.say("reasons", outcome), BASIS[outcome])


def _says(**values: Any) -> Any:
    """A step that always goes the same way; a list names texts to choose from."""

    def step(world: World, story: Story, known: dict[str, Any]) -> Move:
        return Done({k: world.say(v[0]) if isinstance(v, list) else v for k, v in values.items()})

    return step


def _sign_no_permit(world: World, story: Story, known: dict[str, Any]) -> Move:
    return Done({"no_permit_signed": True}, _verdict(world, "no-permit-needed"))


_STEPS = {
    "check_acknowledgement": _check_letter,
    "correct_acknowledgement": _says(correction_made="Put right."),
    "sign_acknowledgement": _says(acknowledgement_signed=True),
    "decide_advice": _decide_advice,
    "ask_outside_bodies": _ask_outside,
    "decide_next_step": _decide_next,
    "write_no_permit_letter": _says(no_permit_reason=["no_permit"]),
    "check_no_permit_letter": _says(no_permit_right=True),
    "correct_no_permit_letter": _says(no_permit_reason=["no_permit"]),
    "sign_no_permit_letter": _sign_no_permit,
    "write_hold_report": _says(what_is_missing=["missing"]),
    "check_hold_report": _says(hold_right=True),
    "correct_hold_report": _says(what_is_missing=["missing"]),
    "sign_hold_report": _says(hold_signed=True),
    "decide_without_reply": _without_reply,
    "decide_permit": _decide,
}
