"""1,500 requests to every address of the product by one body's people with the other's ids: none seen, none written."""

import os
from collections import Counter
from random import Random
from typing import Any

import pytest

from tests.isolation.addresses import Wish, Wishes, routes
from tests.isolation.living import Life
from tests.isolation.rows import Town, checksums, marks_in
from towpath.foundation import clock
from towpath.surfaces.portal import visitors
from towpath.surfaces.resident_access import KEPT

REQUESTS = int(os.environ.get("TOWPATH_ISOLATION_REQUESTS", "1500"))
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Sign-in itself and the accounts of staff know no body's rows, or are tested in tests/signin.
ELSEWHERE = ("/accounts/", "/sign-in", "/sign-out")


@pytest.fixture(autouse=True)
def _site():
    from django.conf import settings
    from django.test import override_settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
    with override_settings(STORAGES=settings.STORAGES | PLAIN):
        yield


@pytest.fixture(scope="module")
def lives(database):
    from tests import factories

    return Life(Town(factories.make_tenant())), Life(Town(factories.make_tenant()))


def _session(client: Any, values: dict[str, Any]) -> Any:
    session = client.session
    session.update(values)
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def _resident(life: Life) -> dict[str, Any]:
    kept = {"tenant": life.town.tenant.code, "person": str(life.person.pk), "assurance": "substantial"}
    return {KEPT: kept | {"at": clock.now().isoformat()}}


def _known(life: Life) -> dict[str, Any]:
    """A visitor's session that names drafts and requests."""
    return {visitors.DRAFTS: [str(life.draft.pk)], visitors.REQUESTS: [str(life.case.pk)]}


def _people(ours: Life, theirs: Life) -> dict[str, Any]:
    """Of ours: nobody in particular, a visitor, a resident, staff with every role; and who brings a session from there."""
    from django.test import Client

    from tests.desk.town import enter, proven

    def client() -> Client:
        return Client(HTTP_HOST=ours.town.tenant.host, raise_request_exception=False)

    return {
        "anybody": client(),
        "visitor": _session(client(), _known(ours)),
        "resident": _session(client(), _resident(ours)),
        "staff": proven(enter(client(), ours.staff), ours.staff),
        "theirs, as a resident": _session(client(), _resident(theirs) | _known(theirs)),
        "theirs, as staff": proven(enter(client(), theirs.staff), theirs.staff),
    }


def _shown(client: Any, wish: Wish, chance: Random) -> tuple[int, str]:
    address = f"10.{chance.randrange(256)}.{chance.randrange(256)}.7"
    send = client.get if wish.method == "GET" else client.post
    response = send(wish.path, wish.fields, REMOTE_ADDR=address)
    body = b"".join(response) if response.streaming else response.content
    return response.status_code, body.decode("utf-8", "replace") + repr(response.headers)


@pytest.mark.timeout(600)  # half a minute where the machine has nothing else to do
def test_no_address_shows_or_changes_what_is_another_bodys(lives):
    ours, theirs = lives
    seed = int(os.environ.get("TOWPATH_SEED", "0")) or Random().randrange(1, 2**32)
    print(f"TOWPATH_SEED={seed}")
    chance, people = Random(seed), _people(ours, theirs)
    wishes = Wishes(ours, theirs, chance)
    plan = [(route, who) for route in routes() if not route.startswith(ELSEWHERE) for who in people]
    chance.shuffle(plan)
    before, counted = checksums(theirs.town.tenant), Counter()
    for number in range(REQUESTS):
        route, who = plan[number % len(plan)]
        wish = wishes.of(route)
        status, shown = _shown(people[who], wish, chance)
        seen = marks_in(theirs.town, shown) - set(wish.fields.values())
        assert not seen, f"{who}: {wish} showed {seen}"
        assert status < 500, f"{who}: {wish} failed"
        counted[status // 100] += 1
    assert counted[2] > REQUESTS / 20, "nearly everything was refused: the requests prove little"
    after = checksums(theirs.town.tenant)
    assert {table for table in before if before[table] != after[table]} == set()


def test_a_session_of_one_body_is_nobodys_at_the_other(lives):
    """The same browsers at the other's own host: what they would see there is for its people only."""
    ours, theirs = lives
    chance = Random(7)
    people = {who: client for who, client in _people(ours, theirs).items() if not who.startswith("theirs")}
    wishes = Wishes(theirs, theirs, chance)
    for client in people.values():
        client.defaults["HTTP_HOST"] = theirs.town.tenant.host
    for route in routes():
        if route.startswith(ELSEWHERE) or "<str:secret>" in route:
            continue  # a secret link is for whoever holds it
        for who, client in people.items():
            wish = wishes.of(route)
            status, shown = _shown(client, Wish("GET", wish.path, {}), chance)
            assert not marks_in(theirs.town, shown), f"{who}: {wish.path}"
            assert status < 500, f"{who}: {wish.path} failed"
