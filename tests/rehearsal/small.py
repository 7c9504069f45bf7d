"""A small made-up log and its mapping onto the environmental permit."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "services" / "environmental-permit"

MAPPING = """\
about: A log that was made up for these tests.
service: environmental-permit
columns: {team: department}
arrival: Arrived
teams: {Green: environment, Desk: customer-service}
answers:
  full_name: Rehearsal
  email: rehearsal@example.org
  postal_address: {line_1: 1 Street, town: Millbrook, postcode: MB1 1AA}
  activities: [build]
  site_address: {line_1: 1 Street, town: Millbrook, postcode: MB1 1AA}
  description: A request that is played from a made-up log.
  building_cost: 10000
  people_inside: 4
  start_date: "2030-01-01"
  owns_land: true
steps:
  Phoned: {ignore: Calls are not in the design.}
  Checked:
    task: check_acknowledgement
    answers:
      acknowledgement_right:
        next-of: {Corrected: false, Signed: true}
        otherwise: true
      correction_needed: {always: As in the log.}
  Corrected: {task: correct_acknowledgement, answers: {correction_made: {always: Done.}}}
  Signed: {task: sign_acknowledgement, answers: {acknowledgement_signed: {always: true}}}
  Sent: {automatic: send_acknowledgement}
  Advice wanted:
    task: decide_advice
    answers:
      advice_wanted:
        all-until: [Advice wanted, Looked at]
        each-of: {Green advice: environment, Fire advice: fire-safety}
        otherwise: []
  Green advice: {task: advise_environment, answers: &advice {advice: {always: go-ahead}, advice_reasons: {always: Fine.}}}
  Fire advice: {task: advise_fire_safety, answers: *advice}
  Looked at: {task: decide_next_step, answers: {next_step: {always: complete}}}
  Decided: {task: decide_permit}
decides:
  decide_permit: {outcome: granted, reason: As in the log., legal-basis: permit-need}
"""

# case, hours since its arrival, activity, department
CARRIED = [
    ("a", 0, "Arrived", ""),
    ("a", 2, "Phoned", ""),
    ("a", 24, "Checked", "Desk"),
    ("a", 25, "Corrected", ""),
    ("a", 26, "Checked", ""),
    ("a", 27, "Signed", ""),
    ("a", 27, "Sent", ""),
    ("a", 48, "Advice wanted", ""),
    ("a", 72, "Green advice", "Green"),
    ("a", 80, "Fire advice", "Green"),
    ("a", 90, "Advice wanted", ""),
    ("a", 96, "Looked at", ""),
    ("a", 120, "Decided", ""),
]
OPEN = [("b", 0, "Arrived", ""), ("b", 5, "Checked", "")]
SENT_TOO_SOON = [("c", 0, "Arrived", ""), ("c", 1, "Sent", "")]
TWICE = [("d", 0, "Arrived", ""), ("d", 1, "Checked", ""), ("d", 2, "Checked", "")]
NEVER_ARRIVED = [("e", 0, "Checked", ""), ("e", 1, "Arrived", "")]


def csv(*cases: list[tuple[str, int, str, str]]) -> str:
    lines = ["case,activity,time,department"]
    for case in cases:
        lines += [f"{id_},{what},{_time(hours)},{team}" for id_, hours, what, team in case]
    return "\n".join(lines) + "\n"


def xes(*cases: list[tuple[str, int, str, str]]) -> str:
    traces = ""
    for case in cases:
        events = "".join(
            f'<event><string key="concept:name" value="{what}"/><date key="time:timestamp" value="{_time(hours)}"/>'
            f'<string key="department" value="{team}"/></event>\n'
            for _, hours, what, team in case
        )
        traces += f'<trace><string key="concept:name" value="{case[0][0]}"/>\n{events}</trace>\n'
    return f'<?xml version="1.0"?>\n<log xmlns="http://www.xes-standard.org/">\n{traces}</log>\n'


def _time(hours: int) -> str:
    return f"2026-03-{2 + hours // 24:02}T{hours % 24:02}:00:00+00:00"
