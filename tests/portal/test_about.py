"""The pages about the site itself say where people are, and what a browser is given to keep."""

import pytest

from tests.portal.town import PARKING, words
from towpath.foundation.models import Tenant

POINTS = {
    "email": "contact@millbrook.example",
    "phone": "01632 960000",
    "address": "Town Hall, 1 Market Square",
    "hours": {"en": "Monday to Friday", "fr": "Du lundi au vendredi"},
}


def settle(town, **settings):
    Tenant.objects.filter(pk=town.pk).update(settings=town.settings | settings)


def test_the_contact_page_says_where_to_write_call_and_come_and_when(browser, town):
    settle(town, **{"contact-points": POINTS, "contact": "short"})
    page = browser.get("/contact/")
    said = words(page)
    assert all(text in said for text in ("contact@millbrook.example", "01632 960000", "Town Hall, 1 Market"))
    assert "Monday to Friday" in said and "short" not in said
    assert 'href="mailto:contact@millbrook.example"' in page.content.decode()
    assert 'href="tel:01632960000"' in page.content.decode()
    browser.get("/?lang=fr")
    assert "Du lundi au vendredi" in words(browser.get("/contact/"))


def test_a_body_that_gave_one_line_only_shows_that_line(browser, town):
    settle(town, contact="Write to the town hall.")
    assert "Write to the town hall." in words(browser.get("/contact/"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "You can also apply by phone, by post, by e-mail or at the counter."),
        ("fr", "Vous pouvez aussi faire la demande par téléphone, par la poste, par e-mail ou au guichet."),
        ("ar", "يمكنك أيضًا أن تقدم الطلب بالهاتف أو بالبريد أو بالبريد الإلكتروني أو عند الشباك."),
    ],
)
def test_a_service_names_its_other_channels(browser, language, said):
    browser.get(f"/?lang={language}")
    assert said in words(browser.get(f"/services/{PARKING}/"))


@pytest.mark.parametrize(
    ("channels", "said"),
    [(("portal", "counter"), "You can also apply at the counter."), (("portal",), "")],
)
def test_only_channels_that_the_service_has_are_named(browser, monkeypatch, channels, said):
    from towpath.catalogue.package import Service

    monkeypatch.setattr(Service, "channels", property(lambda _self: channels), raising=False)
    page = words(browser.get(f"/services/{PARKING}/"))
    assert said in page and ("You can also apply" in page) is bool(said)


def test_a_browser_keeps_the_three_cookies_that_the_page_names_and_no_other(browser):
    browser.get("/?lang=en")
    case = browser.apply()
    done = browser.post(f"/requests/{case}/withdraw/", {"reason": "I sold the car."})
    assert done.status_code == 302
    assert set(browser.cookies) <= {"sessionid", "csrftoken", "language"}
    assert "We stop our work on it" in words(browser.get(done["Location"]))
    assert "We stop our work on it" not in words(browser.get(done["Location"]))
