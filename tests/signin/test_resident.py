"""Residents sign in through a real provider, a process of its own on this machine."""

import html
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import override_settings

from towpath.foundation import clock, tenancy
from towpath.foundation.models import Event
from towpath.people import queries
from towpath.people.models import Person
from towpath.surfaces.resident_access import VALID
from towpath.surfaces.signin import provider as rp

pytestmark = pytest.mark.system
AMIRA, TOMASZ = "104820317", "117395024"


def words(response):
    return html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


class Outside:
    """The browser's part at the provider."""

    def __init__(self):
        self.session = requests.Session()
        self.session.trust_env = False

    def choose(self, address, person=AMIRA, level="low", answer="grant"):
        """Answers the provider's page; returns the path to which it sends the browser back."""
        page = self.session.get(address, timeout=10)
        assert page.status_code == 200, page.text
        name = re.search(r'name="request" value="([^"]+)"', page.text)[1]
        form = {"request": name, "person": person, "level": level, "answer": answer}
        back = self.session.post(
            address.partition("?")[0], data=form, timeout=10, allow_redirects=False
        ).headers["Location"]
        parts = urlsplit(back)
        return f"{parts.path}?{parts.query}"


def sign_in(client, start="/sign-in", **choice):
    response = client.get(start)
    assert response.status_code == 302, words(response)
    return client.get(Outside().choose(response["Location"], **choice))


def test_a_resident_signs_in_and_goes_on_where_they_were(outside, browser, provider):
    client = browser(outside)
    assert words(client.get("/place")) == "visitor  none"
    response = sign_in(client, "/sign-in?next=/place")
    assert response["Location"] == "/place"
    assert words(client.get("/place")) == "resident Amira Haddad low"
    with tenancy.inside(outside):
        person = Person.objects.get()
        assert queries.register_number(person.pk) == AMIRA
        assert queries.person_by_email("amira.haddad@mail.millbrook.localhost") == person
        assert Event.objects.get(type="person.signed-in").data == {"assurance": "low"}


def test_the_request_asks_with_pkce_nonce_and_the_levels_that_would_do(outside, browser, provider):
    address = browser(outside).get("/sign-in?assurance=substantial")["Location"]
    query = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
    assert query["code_challenge_method"] == "S256" and query["nonce"] and query["state"]
    assert query["acr_values"].split() == [f"http://eidas.europa.eu/LoA/{x}" for x in ("substantial", "high")]
    assert query["redirect_uri"] == f"http://{outside.host}/sign-in/callback"


def test_a_stronger_sign_in_is_asked_for_when_it_is_needed(outside, browser, provider):
    client = browser(outside)
    sign_in(client)
    again = client.get("/sign-in?next=/place")
    assert again["Location"] == "/place", "low is enough, so nobody is asked again"
    sign_in(client, "/sign-in?next=/place&assurance=substantial", level="substantial")
    assert words(client.get("/place")) == "resident Amira Haddad substantial"
    with tenancy.inside(outside):
        assert Person.objects.count() == 1


def test_a_weaker_sign_in_than_needed_is_told_and_not_taken(outside, browser, provider):
    client = browser(outside)
    response = sign_in(client, "/sign-in?next=/place&assurance=substantial", level="low")
    assert response.status_code == 400 and "stronger sign-in" in words(response)
    assert "/sign-in?next=%2Fplace&amp;assurance=substantial" in response.content.decode()
    assert words(client.get("/place")) == "visitor  none"


def test_who_cancels_is_not_signed_in_and_can_go_on(outside, browser, provider):
    client = browser(outside)
    response = sign_in(client, "/sign-in?next=/place", answer="deny")
    assert response.status_code == 400 and "You stopped signing in" in words(response)
    assert 'href="/place"' in response.content.decode()


def test_the_session_gets_a_new_key(outside, browser, provider):
    client = browser(outside)
    started = client.get("/sign-in")
    before = client.cookies["sessionid"].value
    client.get(Outside().choose(started["Location"]))
    assert client.cookies["sessionid"].value != before


def test_a_callback_works_once(outside, browser, provider):
    client = browser(outside)
    back = Outside().choose(client.get("/sign-in")["Location"])
    assert client.get(back).status_code == 302
    assert "opened twice" in words(client.get(back))


def test_a_callback_in_another_browser_signs_nobody_in(outside, browser, provider):
    victim = browser(outside)
    back = Outside().choose(browser(outside).get("/sign-in")["Location"])
    assert victim.get(back).status_code == 400
    assert words(victim.get("/place")) == "visitor  none"


@pytest.mark.parametrize(
    ("part", "value", "told"),
    [
        ("nonce", "another", "could not be trusted"),
        ("verifier", "x" * 43, "took too long"),
        ("at", 0.0, "took too long"),
    ],
)
def test_what_does_not_belong_to_the_attempt_is_refused(outside, browser, provider, part, value, told):
    client = browser(outside)
    address = client.get("/sign-in")["Location"]
    session = client.session
    (attempt,) = session["sign-in"].values()
    attempt[part] = value
    session.save()
    response = client.get(Outside().choose(address))
    assert response.status_code == 400 and told in words(response)
    assert words(client.get("/place")) == "visitor  none"


def test_another_issuers_answer_is_refused(outside, browser, provider):
    client = browser(outside)
    back = Outside().choose(client.get("/sign-in")["Location"])
    response = client.get(re.sub("iss=[^&]+", "iss=https%3A%2F%2Fevil.example", back))
    assert "could not be trusted" in words(response)


def test_a_session_holds_for_its_body_alone(outside, other, browser, provider):
    here, there = browser(outside), browser(other)
    sign_in(here)
    there.cookies["sessionid"] = here.cookies["sessionid"].value
    assert words(there.get("/place")) == "visitor  none"
    assert words(here.get("/place")) == "resident Amira Haddad low"


def test_a_session_ends_after_some_hours(outside, browser, provider):
    client = browser(outside)
    sign_in(client)
    virtual = clock.VirtualClock(clock.now() + VALID - timedelta(minutes=1))
    with clock.running(virtual):
        assert words(client.get("/place")).startswith("resident")
        virtual.advance(timedelta(minutes=2))
        assert words(client.get("/place")) == "visitor  none"


def test_the_next_resident_at_the_same_screen_starts_afresh(outside, browser, provider):
    client = browser(outside)
    sign_in(client)
    session = client.session
    session["drafts"] = ["a draft of Amira's"]
    session.save()
    sign_in(client, "/sign-in?assurance=substantial", person=TOMASZ, level="substantial")
    assert words(client.get("/place")) == "resident Tomasz Nowak substantial"
    assert "drafts" not in client.session


def test_what_a_visitor_began_stays_theirs_when_they_sign_in(outside, browser, provider):
    client = browser(outside)
    address = client.get("/sign-in")["Location"]
    session = client.session
    session["drafts"] = ["begun before"]
    session.save()
    client.get(Outside().choose(address))
    assert client.session["drafts"] == ["begun before"]


def test_signing_out_forgets_the_resident_and_comes_back(outside, browser, provider):
    client = browser(outside)
    sign_in(client)
    assert client.get("/sign-out").status_code == 405
    response = client.post("/sign-out")
    assert response["Location"].startswith(f"{provider}/end-session?")
    session = requests.Session()
    session.trust_env = False
    back = session.get(response["Location"], timeout=10, allow_redirects=False)
    assert back.headers["Location"] == f"http://{outside.host}/"
    assert words(client.get("/place")) == "visitor  none"


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_signing_in_leads_to_no_other_site(outside, browser, provider, there):
    client = browser(outside)
    assert sign_in(client, f"/sign-in?next={there}")["Location"] == "/"


def test_a_dead_provider_is_told_and_signing_out_still_works(outside, browser):
    client = browser(outside)
    with override_settings(SIGN_IN_ISSUER="http://127.0.0.1:9"):
        response = client.get("/sign-in?next=/place")
        assert response.status_code == 503
        assert "does not work just now" in words(response) and "is saved" in words(response)
        assert client.post("/sign-out")["Location"] == f"http://{outside.host}/"


def test_a_wrong_secret_signs_nobody_in(outside, browser, provider):
    client = browser(outside)
    with override_settings(SIGN_IN_SECRET="guessed"):
        assert sign_in(client).status_code == 400


def test_new_keys_of_the_provider_are_fetched(outside, browser, provider):
    rp._known[provider, "keys"] = (float("inf"), {"keys": []})
    assert sign_in(browser(outside)).status_code == 302


def test_a_body_with_its_own_provider_needs_its_own_secret(outside, browser, provider):
    outside.settings = {"sign-in": {"issuer": "https://id.example.org", "client_id": "town"}}
    with pytest.raises(rp.SignInError, match=f"sign-in-{outside.code}"):
        rp.provider_of(outside)
    outside.save()
    assert browser(outside).get("/sign-in").status_code == 503


def test_the_providers_page_shows_the_people_of_the_town(outside, browser, provider):
    page = words_of_provider(browser(outside).get("/sign-in")["Location"])
    assert "Demonstration." in page and "Amira Haddad" in page and "Henk" not in page
    near = browser(outside).get("/sign-in")["Location"].replace(outside.host, "eastmere.localhost")
    page = words_of_provider(near)
    assert "Ingrid Solberg" in page and "Amira" not in page


def words_of_provider(address):
    session = requests.Session()
    session.trust_env = False
    return words(session.get(address, timeout=10))
