"""The demonstration's post office, as its own process: takes e-mail, shows it as text, answers by real SMTP."""

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import httpx
import pytest
from demo.postoffice.store import Store

from tests.contact.stand_in import mail_server

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def office(tmp_path):
    """Yields (SMTP port, client for the pages, what Towpath's intake took)."""
    from django.conf import settings

    with mail_server() as intake:
        smtp, web = free_port(), free_port()
        options = ["--smtp", str(smtp), "--web", str(web), "--intake", f"127.0.0.1:{settings.EMAIL_PORT}"]
        process = subprocess.Popen(
            [sys.executable, "-m", "demo.postoffice", *options],
            cwd=ROOT,
            env=os.environ | {"TOWPATH_VAR": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert "Post office" in process.stdout.readline()
            with httpx.Client(base_url=f"http://127.0.0.1:{web}", trust_env=False) as client:
                yield smtp, client, intake
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            process.stdout.close()


def letter(subject="Your <b>request</b>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "Town <contact@town.localhost>",
        "sam@example.org",
        subject,
    )
    message["Reply-To"], message["Message-ID"] = "reply+abc@town.localhost", "<1@town.localhost>"
    message.set_content("See http://town.localhost/x?a=1&b=2 <script>alert(1)</script>")
    message.add_alternative("<script>alert(2)</script>", subtype="html")
    return message


def links(page: str, place: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'href="([^"]+)"', page) if href.startswith(f"/{place}")]


@pytest.mark.system
def test_a_resident_reads_and_answers(office):
    port, web, intake = office
    assert web.get("/health").text == "ok\n"
    assert "No message has come yet" in web.get("/").text
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(letter())
        smtp.send_message(letter())
    listed = web.get(links(web.get("/").text, "mailbox")[0])
    assert "came 2 times under the same Message-ID" in listed.text
    page = web.get(links(listed.text, "message")[0])
    assert "<script" not in page.text
    assert "alert(2)" not in page.text
    assert "Your &lt;b&gt;request&lt;/b&gt;" in page.text
    assert 'href="http://town.localhost/x?a=1&amp;b=2"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    key = re.search(r'name="key" value="([^"]+)"', page.text)[1]
    form = {"address": "sam@example.org", "key": unescape(key), "text": "Thank you."}
    assert web.post("/reply", data=form).status_code == 303
    (sender, recipients, answer) = intake.taken[0]
    assert (sender, recipients) == ("sam@example.org", ["reply+abc@town.localhost"])
    assert (answer["In-Reply-To"], answer["References"]) == ("<1@town.localhost>", "<1@town.localhost>")
    assert answer["Subject"] == "Re: Your <b>request</b>"
    assert answer.get_content().startswith("Thank you.")


@pytest.mark.system
def test_what_the_intake_does_not_take_is_not_lost(office):
    _, web, intake = office
    intake.to_data = ["451 4.3.0 Not now"]
    form = {
        "address": "sam@example.org",
        "to": "contact@town.localhost",
        "subject": "s",
        "text": "My long letter",
    }
    page = web.post("/write", data=form)
    assert page.status_code == 502
    assert "My long letter" in page.text
    assert "Not now" in page.text
    assert web.post("/write", data=form | {"subject": "a\nb"}).status_code == 502
    intake.to_data = ["250 OK"]
    assert web.post("/write", data=form).status_code == 303
    assert intake.taken[0][2]["To"] == "contact@town.localhost"


@pytest.mark.system
def test_other_sites_and_unknown_places_get_nowhere(office):
    _, web, intake = office
    assert (
        web.post("/write", data={"to": "a@b.c"}, headers={"Origin": "http://evil.example"}).status_code == 403
    )
    assert web.get("/nothing").status_code == 404
    assert web.get("/message?address=..%2F..%2Fetc&key=passwd").status_code == 404
    assert intake.taken == []


def test_mailboxes_stay_in_their_folder(tmp_path):
    store = Store(tmp_path / "box")
    for address in ("../../x@example.org", "..", "/etc/passwd", "a b@é.org"):
        store.keep(address, b"Subject: x\r\n\r\nhello")
        assert [message.text for message in store.messages(address)] == ["hello"]
    assert {path.name for path in tmp_path.iterdir()} == {"box"}
    assert len(store.addresses()) == 4
    assert store.message("nobody@x", "1") is None
    store.keep("odd@x", b"\xff\xfe: \x00")
    assert len(store.messages("odd@x")) == 1


def test_a_link_ends_before_the_end_of_its_sentence():
    from demo.postoffice.pages import _linked

    assert 'href="http://a.example/track/x-_y"' in _linked("Object here: http://a.example/track/x-_y.")
    assert 'href="http://a.example/?q=1&amp;r=2"' in _linked("(see http://a.example/?q=1&r=2)")
