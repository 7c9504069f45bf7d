"""What the relying party believes: only what this provider signed, for us, now, for this attempt."""

import base64
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk, jwt

from towpath.surfaces.signin.provider import EIDAS, Provider, SignInError, believe

KEY = jwk.ECKey.generate_key("P-256", auto_kid=True)
KEYS = {"keys": [KEY.as_dict(private=False)]}
US = Provider("https://id.example.org", "towpath", "s", EIDAS)
NOW = 1_790_000_000
RIGHT = {
    "iss": US.issuer,
    "sub": "opaque",
    "aud": "towpath",
    "exp": NOW + 300,
    "iat": NOW,
    "nonce": "n-1",
    "acr": "http://eidas.europa.eu/LoA/substantial",
    "given_name": "Amira",
    "family_name": "Haddad",
    "birthdate": "1988-03-14",
    "email": "amira@example.org",
    "email_verified": True,
    "register_number": "104820317",
}


def signed(claims, key=KEY, alg="ES256"):
    return jwt.encode({"alg": alg, "kid": KEY.kid}, claims, key)


def test_a_right_token_is_believed():
    vouched = believe(signed(RIGHT), KEYS, US, "n-1", NOW)
    assert (vouched.subject, vouched.assurance) == ("opaque", "substantial")
    assert vouched.claims.birth_date.year == 1988 and vouched.claims.register_number == "104820317"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"aud": ["towpath", "somebody-else"]},
        {"nonce": "n-2"},
        {"exp": NOW - 60},
        {"iat": NOW + 3600},
        {"acr": "http://eidas.europa.eu/LoA/enormous"},
        {"acr": None},
    ],
)
def test_one_wrong_claim_and_nothing_is_believed(change):
    with pytest.raises(SignInError) as refused:
        believe(signed(RIGHT | change), KEYS, US, "n-1", NOW)
    assert refused.value.trouble == "untrusted"


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "exp", "iat", "nonce", "acr"])
def test_a_missing_claim_and_nothing_is_believed(missing):
    claims = {key: value for key, value in RIGHT.items() if key != missing}
    with pytest.raises(SignInError):
        believe(signed(claims), KEYS, US, "n-1", NOW)


def test_a_strangers_signature_is_not_believed():
    stranger = jwk.ECKey.generate_key("P-256")
    with pytest.raises(SignInError):
        believe(signed(RIGHT, stranger), KEYS, US, "n-1", NOW)


def test_neither_no_signature_nor_the_public_key_as_a_secret_is_one():
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    with pytest.raises(SignInError):
        believe(f"{part({'alg': 'none'})}.{part(RIGHT)}.", KEYS, US, "n-1", NOW)
    secret = jwk.OctKey.import_key(json.dumps(KEYS["keys"][0]))
    with pytest.raises(SignInError):
        believe(signed(RIGHT, secret, "HS256"), KEYS, US, "n-1", NOW)


@given(st.text(max_size=80))
def test_what_is_no_token_is_refused(text):
    with pytest.raises(SignInError):
        believe(text, KEYS, US, "n-1", NOW)


@given(st.integers(0, 10_000), st.characters(codec="ascii", categories=["L", "N"]))
def test_a_changed_token_is_refused(place, letter):
    whole = signed(RIGHT)
    # Header and contents, up to the signature: the last letter of that holds bits that mean nothing.
    at = place % (len(whole.rpartition(".")[0]) + 1)
    changed = whole[:at] + letter + whole[at + 1 :]
    if changed == whole:
        return
    with pytest.raises(SignInError):
        believe(changed, KEYS, US, "n-1", NOW)


@pytest.mark.parametrize(
    "change", [{"email_verified": False}, {"email_verified": "true"}, {"email": 7}, {"email": None}]
)
def test_an_address_that_the_provider_did_not_verify_is_left_out(change):
    assert believe(signed(RIGHT | change), KEYS, US, "n-1", NOW).claims.email == ""


@pytest.mark.parametrize("written", ["1988", "0000-03-14", "", None, "14.03.1988"])
def test_a_birth_date_that_is_not_whole_is_left_out(written):
    assert believe(signed(RIGHT | {"birthdate": written}), KEYS, US, "n-1", NOW).claims.birth_date is None


def test_clocks_may_differ_a_little():
    assert believe(signed(RIGHT | {"exp": int(time.time()) - 5}), KEYS, US, "n-1", time.time())
