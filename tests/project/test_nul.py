"""A NUL in what is typed harms nothing: no text of a person's holds one, and the database takes none."""

import pytest
from django.conf import settings
from django.http import Http404
from django.test import Client, RequestFactory, override_settings

from towpath.catalogue import form
from towpath.catalogue.package import Question
from towpath.project.middleware import PlainText


def _seen(request):
    PlainText(lambda _: None).process_view(request, None, (), {})
    return request


def test_it_is_left_out_of_addresses_and_forms():
    sent = {"q": ["a\0b", "c"], "na\0me": "x"}
    request = _seen(RequestFactory().post("/?q=1%002&lang=fr", sent))
    assert request.GET.dict() == {"q": "12", "lang": "fr"}
    assert dict(request.POST.lists()) == {"q": ["ab", "c"], "name": ["x"]}
    with pytest.raises(AttributeError, match="immutable"):
        request.POST["q"] = "changed"


def test_everything_else_stays_as_it_came():
    request = RequestFactory().post("/?q=é", {"q": ["☃", " "]})
    given = request.GET, request.POST
    _seen(request)
    assert given == (request.GET, request.POST) and request.POST is given[1]


def test_a_path_with_one_leads_nowhere():
    with pytest.raises(Http404):
        _seen(RequestFactory().get("/follow/a%00b"))


def test_a_sign_in_with_one_does_not_fail(outside):
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    typed = {"login": "a\0da@example.org", "password": "x\0y"}
    with override_settings(STORAGES=settings.STORAGES | plain):
        response = Client(HTTP_HOST=outside.host).post("/accounts/login/", typed)
    assert response.status_code == 200
    assert "ada@example.org" in response.content.decode()


def test_a_session_cookie_with_one_is_nobodys(outside):
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=settings.STORAGES | plain):
        page = Client(HTTP_HOST=outside.host).get("/", HTTP_COOKIE='sessionid="abcdefgh\\000ijk"')
    assert page.status_code == 200


def test_forms_from_elsewhere_lose_it_too():
    question = Question(id="q", type="text")
    assert form.read([question], {"q": ["a\0b"]}, {}).values == {"q": "ab"}
