"""The demonstration's register keeps its own promises, whoever asks."""

import socket
import uuid

import httpx
import pytest

from tests.register.process import AMIRA, LUCAS, RunningRegister

PATH = "/v1/resident-by-number"


def _question(number: str = AMIRA, fields: tuple[str, ...] = ("name",)) -> dict[str, object]:
    return {"inputs": {"number": number}, "fields": list(fields)}


def _key() -> str:
    return str(uuid.uuid4())


def test_it_gives_only_the_fields_that_were_granted(register: RunningRegister):
    reply = register.post(PATH, _question(fields=("name",)), Idempotency_Key=_key()).json()
    assert reply["answer"] == {"name": {"full": "Amira Haddad", "given": "Amira", "family": "Haddad"}}


def test_an_unknown_number_is_not_found_and_signed(register: RunningRegister):
    reply = register.post(PATH, _question("999999999"), Idempotency_Key=_key())
    assert (reply.status_code, reply.json()["found"]) == (404, False)
    assert reply.headers["X-Receipt"].count(".") == 2


def test_people_at_an_address_are_counted_however_it_is_written(register: RunningRegister):
    question = {"inputs": {"postcode": "mb12cs", "house_number": "12"}, "fields": ["count", "registered"]}
    reply = register.post("/v1/residents-at-address", question, Idempotency_Key=_key()).json()
    assert reply["answer"] == {"count": 1, "registered": [{"family_name": "Haddad", "initials": "A."}]}


@pytest.mark.parametrize(("number", "keeps"), [(LUCAS, True), (AMIRA, False)])
def test_a_vehicle_tells_whether_this_is_its_keeper(register: RunningRegister, number: str, keeps: bool):
    question = {"inputs": {"plate": "mb 033 a", "number": number}, "fields": ["keeper_matches"]}
    reply = register.post("/v1/vehicle-by-plate", question, Idempotency_Key=_key()).json()
    assert reply["answer"] == {"keeper_matches": keeps}


def test_one_key_has_one_effect_and_one_reply(register: RunningRegister):
    key = _key()
    first, second = (register.post(PATH, _question(), Idempotency_Key=key) for _ in range(2))
    assert first.content == second.content
    assert register.effects(key) == {"key": key, "effects": 1, "seen": 2}


def test_a_key_can_not_be_used_for_another_question(register: RunningRegister):
    key = _key()
    register.post(PATH, _question(), Idempotency_Key=key)
    assert register.post(PATH, _question(LUCAS), Idempotency_Key=key).status_code == 409


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (_question(), {}, 400),
        (_question(), {"Idempotency_Key": "k" * 201}, 400),
        (_question(), {"Idempotency_Key": "k", "Authorization": "Bearer wrong"}, 401),
        (_question("12"), {"Idempotency_Key": "k"}, 422),
        (_question("123456789\n"), {"Idempotency_Key": "k"}, 422),
        ({"inputs": {"number": AMIRA, "more": "x"}, "fields": []}, {"Idempotency_Key": "k"}, 422),
        ({"inputs": {"number": AMIRA}, "fields": [1]}, {"Idempotency_Key": "k"}, 422),
        ([], {"Idempotency_Key": "k"}, 422),
        (b"{", {"Idempotency_Key": "k"}, 400),
        (b"[" * 60_000, {"Idempotency_Key": "k"}, 400),
        (b"x" * 70_000, {"Idempotency_Key": "k"}, 413),
    ],
)
def test_it_refuses_what_it_can_not_take(register: RunningRegister, body, headers, status):
    told = register.post(PATH, body, **headers)
    assert told.status_code == status, told.text
    assert told.json()["why"]


def test_a_refused_request_has_no_effect(register: RunningRegister):
    key = _key()
    register.post(PATH, _question("12"), Idempotency_Key=key)
    assert register.effects(key)["effects"] == 0


def test_a_request_without_length_is_refused(register: RunningRegister):
    with socket.create_connection(("127.0.0.1", register.port), timeout=5) as connection:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {register.token}\r\n\r\n"
        connection.sendall(head.encode())
        assert b" 411 " in connection.recv(200)


def test_faults_need_the_admin_token(register: RunningRegister):
    assert register.post("/faults", {"mode": "dead"}, X_Admin_Token="guess").status_code == 403
    assert httpx.get(f"{register.url}/health", trust_env=False, verify=False).status_code == 200


def test_effects_survive_a_restart(tmp_path):
    register, key = RunningRegister(tmp_path), _key()
    register.start()
    first = register.post(PATH, _question(), Idempotency_Key=key)
    public = register.public_key
    register.stop()
    register.start()
    try:
        assert register.post(PATH, _question(), Idempotency_Key=key).content == first.content
        assert register.public_key == public
        assert register.post("/faults", {"mode": "dead"}, X_Admin_Token=register.admin).status_code == 400
    finally:
        register.stop()
