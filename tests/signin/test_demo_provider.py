"""The stand-in provider keeps to the protocol, so that signing in is tested against something real."""

import base64
import time

import pytest
from demo.signin import pages, people
from demo.signin.provider import LEVELS, Provider, Refused, challenge, is_demo_address, with_query
from joserfc import jwk, jwt

BACK = "http://millbrook.localhost:8000/sign-in/callback"
BASIC = "Basic " + base64.b64encode(b"towpath:secret").decode()
VERIFIER = "v" * 43
QUERY = {
    "client_id": "towpath",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid profile",
    "state": "st",
    "nonce": "no",
    "code_challenge": challenge(VERIFIER),
    "code_challenge_method": "S256",
    "acr_values": LEVELS["substantial"],
}


@pytest.fixture
def provider():
    return Provider("http://127.0.0.1:8001", "towpath", "secret", people.load())


def granted_code(provider, **changes):
    name = provider.ask(QUERY | changes)
    back = provider.grant(name, provider.people[0].number, "substantial")
    return dict(part.split("=") for part in back.partition("?")[2].split("&"))["code"]


def form(code, **changes):
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    return grant | changes


def test_the_residents_of_both_towns_can_sign_in_and_have_opaque_subjects():
    all_of_them = people.load()
    assert [len(people.of_town(all_of_them, f"{t}.localhost")) for t in ("millbrook", "eastmere")] == [8, 8]
    assert len({p.subject for p in all_of_them}) == 16
    assert not any(p.number in p.subject for p in all_of_them)


def test_the_challenge_is_that_of_rfc_7636():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # appendix B
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_code_is_exchanged_for_a_signed_id_token(provider):
    answer = provider.exchange(form(granted_code(provider)), BASIC)
    keys = jwk.KeySet.import_key_set(provider.keys())
    claims = jwt.decode(answer["id_token"], keys, algorithms=["ES256"]).claims
    assert (claims["aud"], claims["nonce"], claims["acr"]) == ("towpath", "no", LEVELS["substantial"])
    told = provider.userinfo(f"Bearer {answer['access_token']}")
    assert told["sub"] == claims["sub"] and told["register_number"] == provider.people[0].number


def test_a_code_works_once(provider):
    code = granted_code(provider)
    provider.exchange(form(code), BASIC)
    with pytest.raises(Refused) as refused:
        provider.exchange(form(code), BASIC)
    assert refused.value.code == "invalid_grant"


def test_a_code_is_good_for_a_minute(provider, monkeypatch):
    code, now = granted_code(provider), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    with pytest.raises(Refused, match="older than a minute"):
        provider.exchange(form(code), BASIC)


@pytest.mark.parametrize(
    ("changes", "authorization", "code"),
    [
        ({"code_verifier": "w" * 43}, BASIC, "invalid_grant"),
        ({"redirect_uri": BACK.replace("millbrook", "eastmere")}, BASIC, "invalid_grant"),
        ({"grant_type": "password"}, BASIC, "unsupported_grant_type"),
        ({}, BASIC[:-4], "invalid_client"),
        ({}, "", "invalid_client"),
    ],
)
def test_a_code_is_worth_nothing_to_others(provider, changes, authorization, code):
    with pytest.raises(Refused) as refused:
        provider.exchange(form(granted_code(provider), **changes), authorization)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "changes", [{"client_id": "other"}, {"redirect_uri": "https://evil.example/sign-in/callback"}]
)
def test_a_wrong_site_is_told_here_and_never_sent_back(provider, changes):
    with pytest.raises(Refused) as refused:
        provider.ask(QUERY | changes)
    assert refused.value.back == ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
    ],
)
def test_a_wrong_request_goes_back_with_its_error(provider, changes, code):
    with pytest.raises(Refused) as refused:
        provider.ask(QUERY | changes)
    assert refused.value.address.startswith(f"{BACK}?error={code}&")


def test_who_waits_too_long_or_comes_twice_must_start_again(provider):
    name = provider.ask(QUERY)
    assert "error=access_denied" in provider.deny(name)
    for again in (lambda: provider.deny(name), lambda: provider.grant(name, "1", "low")):
        with pytest.raises(Refused, match="waited too long"):
            again()


@pytest.mark.parametrize(
    ("address", "near"),
    [
        (BACK, True),
        ("http://127.0.0.1:8000/sign-in/callback", True),
        ("https://millbrook.example.org/sign-in/callback", False),
        ("http://millbrook.localhost.evil.example/sign-in/callback", False),
        ("http://millbrook.localhost:8000/elsewhere", False),
        ("javascript://x.localhost/sign-in/callback", False),
    ],
)
def test_it_vouches_on_this_machine_only(address, near):
    assert is_demo_address(address) is near


def test_pages_escape_what_they_show():
    shown = pages.choose('"><script>', people.load()[:1], "low", "<b>host</b>")
    assert "<script>" not in shown and "<b>host" not in shown and "Demonstration" in shown
    assert "<script>" not in pages.refused("<script>")


def test_a_query_is_added_to_what_is_there():
    assert with_query("/a?b=1", c="d e") == "/a?b=1&c=d+e"
