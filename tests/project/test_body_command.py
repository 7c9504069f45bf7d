"""`towpath body FILE`: what the file says is there afterwards, once; what it does not say stays."""

import json
import re
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from allauth.mfa.models import Authenticator
from django.test import override_settings
from jsonschema import Draft202012Validator

import towpath
from tests import factories
from towpath.exchange import queries as exchange
from towpath.exchange.connectors import operations
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Event, Tenant
from towpath.people import actions as people
from towpath.people import queries
from towpath.people.models import Staff, User
from towpath.project import body, demo
from towpath.project.body import main

EXAMPLE = Path(__file__).parents[2] / "docs" / "body.example.yaml"
OTHER_KEY = "HB0cGxoZGBcWFRQTEhEQDw4NDAsKCQgHBgUEAwIBAAA"


@pytest.fixture
def wanted(database):
    """The example under a name of its own; no demonstration is left from another test."""
    Tenant.objects.filter(is_demo=True).update(is_demo=False)
    example = yaml.safe_load(EXAMPLE.read_text())
    code = f"b{secrets.token_hex(6)}"
    for colleague in example["staff"]:
        colleague["email"] = colleague["email"].replace("ferrybridge.example", f"{code}.example")
    return example | {"code": code, "host": f"{code}.localhost"}


@pytest.fixture
def apply(tmp_path, capsys):
    """Writes the file, runs the command, and gives the exit code and what was printed."""

    def run(told, *more):
        file = tmp_path / "body.yaml"
        file.write_text(told if isinstance(told, str) else yaml.safe_dump(told, sort_keys=False))
        code = main([str(file), *more])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def tenant_of(wanted):
    return Tenant.objects.get(code=wanted["code"])


def events(wanted):
    with tenancy.inside(tenant_of(wanted)):
        return [(event.type, event.data) for event in Event.objects.order_by("seq")]


def test_a_body_is_made_with_all_that_the_file_says(wanted, apply):
    code, told = apply(wanted)
    assert code == 0
    assert f"body {wanted['code']}: make it, at {wanted['host']}" in told
    tenant = tenant_of(wanted)
    assert (tenant.name, tenant.zone, tenant.languages) == (
        "Ferrybridge",
        "Europe/Amsterdam",
        ["en", "fr", "ar"],
    )
    assert tenant.settings["holidays"] == ["2026-12-25", "2027-01-01"]
    assert tenant.settings["costs"]["email"] == 4.1
    assert not tenant.is_demo
    ben = wanted["staff"][1]["email"]
    with tenancy.inside(tenant):
        assert {team.code: team.name for team in queries.teams()} == wanted["teams"]
        assert queries.memberships(ben) == {("parking", "caseworker"), (None, "advisor")}
        assert queries.staff_actor(queries.account(ben)).may("task.decide", "parking")
    kinds = [kind for kind, _ in events(wanted)]
    assert kinds[0] == "body.set-up"
    assert set(kinds) == {"body.set-up", "team.set-up", "staff.set-up", "exchange.agreed"}


def test_applied_twice_it_changes_nothing(wanted, apply):
    apply(wanted)
    before = events(wanted)
    code, told = apply(wanted)
    assert (code, told) == (0, f"body {wanted['code']}: all is as the file says\n")
    assert events(wanted) == before


def test_check_says_the_same_and_does_nothing(wanted, apply):
    code, told = apply(wanted, "--check")
    assert code == 0
    assert not Tenant.objects.filter(code=wanted["code"]).exists()
    assert not User.objects.filter(email=wanted["staff"][0]["email"]).exists()
    _, done = apply(wanted)
    assert told.endswith("Only checked: nothing was changed.\n")
    assert told.splitlines()[:-1] == done.splitlines()[: len(told.splitlines()) - 1]
    before = events(wanted)
    _, told = apply(wanted | {"name": "Ferrybridge-on-Sea", "teams": {"harbour": "Harbour"}}, "--check")
    assert "change name" in told and "team harbour: set up" in told
    assert events(wanted) == before
    assert tenant_of(wanted).name == "Ferrybridge"


def test_what_the_file_does_not_name_is_left_alone(wanted, apply):
    apply(wanted)
    less = {key: wanted[key] for key in ("code", "host", "zone", "languages")} | {
        "name": "Newbridge",
        "settings": {"currency": "£"},
    }
    code, told = apply(less)
    assert (code, told) == (0, f"body {wanted['code']}: change name, currency\n")
    tenant = tenant_of(wanted)
    assert tenant.name == "Newbridge"
    assert tenant.settings == wanted["settings"] | {"currency": "£", "holidays": ["2026-12-25", "2027-01-01"]}
    with tenancy.inside(tenant):
        assert Staff.objects.count() == 2
        assert len(exchange.agreements()) == 2
    assert events(wanted)[-1] == ("body.set-up", {"changed": ["name", "settings"]})


def test_secrets_are_shown_to_a_new_colleague_alone_and_are_not_in_the_database(wanted, apply):
    _, told = apply(wanted)
    passphrases = re.findall(r"^  passphrase +(\S+)$", told, re.MULTILINE)
    factors = re.findall(r"second factor +([A-Z2-7]{32}) ", told)
    addresses = re.findall(r"otpauth://totp/\S+secret=(\S+?)&", told)
    assert len(set(passphrases)) == len(set(factors)) == 2
    assert addresses == factors
    for colleague, passphrase in zip(wanted["staff"], passphrases, strict=True):
        account = queries.account(colleague["email"])
        assert account.check_password(passphrase)
        assert passphrase not in account.password
        assert not any(factor in str(Authenticator.objects.get(user=account).data) for factor in factors)
    assert not any(secret in str(events(wanted)) for secret in passphrases + factors)


def test_who_is_here_already_keeps_their_passphrase_and_gets_the_roles_of_the_file(wanted, apply):
    apply(wanted)
    ada, before = wanted["staff"][0], queries.account(wanted["staff"][0]["email"]).password
    ada["roles"] = [{"role": "administrator"}, {"role": "lead", "team": "parking"}]
    code, told = apply(wanted)
    assert code == 0
    assert told == f"staff {ada['email']}: give lead in parking; take designer in all teams\n"
    with tenancy.inside(tenant_of(wanted)):
        assert queries.memberships(ada["email"]) == {(None, "administrator"), ("parking", "lead")}
    assert queries.account(ada["email"]).password == before


def test_an_agreement_holds_from_midnight_there_to_the_end_of_its_last_day(wanted, apply):
    apply(wanted)
    with tenancy.inside(tenant_of(wanted)):
        agreement, other = exchange.agreements()
        assert agreement.valid_from == datetime(2025, 12, 31, 23, tzinfo=UTC)
        assert agreement.valid_until == datetime(2035, 12, 31, 23, tzinfo=UTC)
        assert {agreement.operation, other.operation} == {one["operation"] for one in wanted["agreements"]}


def test_an_agreement_of_the_file_is_in_force_also_in_place_of_one_with_another_key(wanted, apply):
    from towpath.exchange.policy import agreement

    def in_force():
        with tenancy.inside(tenant_of(wanted)):
            return agreement(operations()[name], operations()[name].purpose)

    name = wanted["agreements"][0]["operation"]
    apply(wanted)
    found, objection = in_force()
    assert (found.peer_key, objection) == (wanted["agreements"][0]["register-key"], "")
    wanted["agreements"][0]["register-key"] = OTHER_KEY
    _, told = apply(wanted)
    assert f"agreement {name}: sign" in told and "in place of 1 made before" in told
    found, objection = in_force()
    assert (found.peer_key, objection) == (OTHER_KEY, "")
    assert "all is as the file says" in apply(wanted)[1]


@pytest.mark.parametrize("key", ["valid-from", "valid-until"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_is_refused(wanted, apply, key, day):
    wanted["agreements"][0][key] = day
    code, told = apply(wanted)
    assert code == 1
    assert f"agreements[1].{key}: {day} is too far away; name a day of the years 1900 to 2199" in told


def test_everything_that_is_wrong_is_told_at_once_with_its_line(wanted, apply):
    text = """code: Ferry Bridge
name: Ferrybridge
host: services.ferrybridge.example
zone: Europe/Amsterdamm
languages: [en, eo]
settings:
  holydays: []
  holidays: ["2026-02-30"]
  registers: {population-registry: {}}
  working-hours:
    "0": [["17:00", "08:30"]]
staff:
  - email: ada.lund@ferrybridge.example
    name: Ada Lund
    roles:
      - {role: adminstrator}
  - email: Ada.Lund@ferrybridge.example
    name: Ada Lund
    roles: [{role: auditor}]
agreements:
  - operation: population-register.resident-by-nummer
    valid-from: 2026-01-01
    valid-until: 2025-01-01
    register-key: AAAA
"""
    code, told = apply(text)
    assert code == 1
    lines = {int(re.search(r"body\.yaml:(\d+):", line)[1]): line for line in told.splitlines()[:-1]}
    for line, words in {
        1: "'Ferry Bridge' is not written as it must be; A code: small letters",
        4: "there is no time zone 'Europe/Amsterdamm'; did you mean 'Europe/Amsterdam'?",
        5: "'eo' is not spoken here; there is: en, fr, ar",
        7: "'holydays' is not known here; did you mean 'holidays'?",
        8: "there is no day 2026-02-30",
        9: "there is no register 'population-registry'; did you mean 'population-register'?",
        11: "ends before it begins",
        16: "there is no role 'adminstrator'; did you mean 'administrator'?",
        17: "ada.lund@ferrybridge.example stands here a second time; keep one of them",
        21: "there is no operation 'population-register.resident-by-nummer'; did you mean",
        23: "lies before valid-from",
        24: "'AAAA' is not written as it must be; The register's raw Ed25519 public key",
    }.items():
        assert words in lines[line]
    assert "12 problems. Nothing was changed." in told


def test_what_the_installation_holds_against_the_file_is_told_with_its_line(wanted, apply, other):
    email = f"{secrets.token_hex(6)}@centre.example"
    with tenancy.inside(other):
        people.set_up_staff(email, "Noor Castellan", "heron-under-the-old-bridge")
    wanted["host"] = other.host
    wanted["staff"][0]["email"] = email
    wanted["staff"][1]["roles"][0]["team"] = "parkin"
    code, told = apply(wanted)
    assert code == 1
    assert f"host: {other.host} leads to {other.name} already; name another host" in told
    assert (
        f"staff[1].email: {other.name} made the account of {email}; an administrator gives them a grant"
        in told
    )
    assert "staff[2].roles[1].team: there is no team 'parkin'; did you mean 'parking'?" in told
    assert not Tenant.objects.filter(code=wanted["code"]).exists()


def test_where_the_demonstration_is_no_real_body_is_made(wanted, apply):
    town = factories.make_tenant(is_demo=True)
    for more in ([], ["--check"]):
        code, told = apply(wanted, *more)
        assert code == 2
        assert f"holds the demonstration ({town.code})" in told
        assert "DATABASE_URL" in told and "towpath demo reset" in told
    assert not Tenant.objects.filter(code=wanted["code"]).exists()


def test_where_a_real_body_is_the_demonstration_is_not_loaded(wanted, apply, capsys):
    apply(wanted)
    with override_settings(DEMO=True):
        assert demo.main(["load"]) == 1
    told = capsys.readouterr().err
    assert wanted["code"] in told and "DATABASE_URL" in told
    assert not Tenant.objects.filter(code__in=demo.TOWNS).exists()


def test_the_schema_is_one_and_all_that_may_be_written_is_documented():
    scheme = json.loads((Path(body.__file__).parent / "body.schema.json").read_text())
    Draft202012Validator.check_schema(scheme)
    told = (EXAMPLE.parent / "running.md").read_text()
    parts = [scheme["properties"], *(scheme["$defs"][one]["properties"] for one in ("settings", "agreement"))]
    words = [*(key for part in parts for key in part), *queries.role_names()]
    assert [word for word in words if f"`{word}`" not in told] == []


def test_every_setting_that_the_product_reads_is_documented():
    read, told = set(), set()
    for path in Path(towpath.__file__).parent.rglob("*.py"):
        if path.name != "processes.py":  # what `towpath run` tells the demonstration's own servers
            read |= set(re.findall(r"\"((?:TOWPATH|DATABASE)_[A-Z_]+)\"", path.read_text()))
    for line in (EXAMPLE.parent / "running.md").read_text().splitlines():
        names = re.findall(r"`((?:TOWPATH|DATABASE)_[A-Z_]+)[`=]", line)
        told |= {
            *names,
            *(names[0].rpartition("_")[0] + end for end in re.findall(r"`(_[A-Z]+)`", line) if names),
        }
    assert len(read) > 20
    assert sorted(read - told) == []


def test_the_bodies_are_listed(wanted, apply, other, capsys):
    apply(wanted)
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"{wanted['code']}  {wanted['host']}  Ferrybridge" in lines
    assert f"{other.code}  {other.host}  {other.name}" in lines


def test_a_file_that_is_not_there_is_told(tmp_path, capsys):
    assert main([str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml" in capsys.readouterr().err


def test_an_agreement_signed_with_another_offset_still_holds(outside):
    """The database gives moments back in UTC; the signature is over their text."""
    from zoneinfo import ZoneInfo

    from towpath.exchange import actions, policy

    (name, operation) = next(iter(operations().items()))
    now = clock.now().astimezone(ZoneInfo("Asia/Tokyo"))
    with tenancy.inside(outside):
        actions.agree(
            SYSTEM,
            name,
            peer_key=OTHER_KEY,
            valid_from=now - timedelta(days=1),
            valid_until=now + timedelta(days=1),
        )
        _, objection = policy.agreement(operation, operation.purpose)
    assert objection == ""
