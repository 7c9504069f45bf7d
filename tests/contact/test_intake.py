"""The SMTP server of the intake: 250 only after the commit, each body its own, nothing taken that can't be kept."""

import signal
import smtplib
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from django.db import connection

from tests.contact.mails import mail
from tests.contact.stand_in import intake_server
from tests.factories import make_tenant
from towpath.contact import intake, queries
from towpath.contact.models import Mail
from towpath.foundation import tenancy


@contextmanager
def client():
    with intake_server() as port, smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
        yield smtp


def kept(tenant):
    with tenancy.inside(tenant):
        return [bytes(one.raw) for one in Mail.objects.order_by("at")]


def test_what_is_acknowledged_is_committed(outside):
    with client() as smtp:
        smtp.sendmail("sam@example.org", [f"contact@{outside.host}"], mail())
        assert len(kept(outside)) == 1


def test_each_body_gets_what_is_for_it(outside, other):
    with client() as smtp:
        smtp.sendmail(
            "sam@example.org", [f"contact@{outside.host}", f"x@{other.host}"], mail(message_id="<1@x>")
        )
        smtp.sendmail("sam@example.org", [f"contact@{outside.host.upper()}"], mail(message_id="<2@x>"))
    assert [len(kept(outside)), len(kept(other))] == [2, 1]


def test_mail_for_nobody_here_is_refused(outside):
    rehearsal = make_tenant(is_rehearsal=True)
    with client() as smtp:
        for host in ("elsewhere.example", rehearsal.host):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                smtp.sendmail("sam@example.org", [f"contact@{host}"], mail())
            assert refused.value.recipients[f"contact@{host}"][0] == 550


def test_a_repeat_after_a_lost_answer_is_taken_again(outside):
    with client() as smtp:
        for _ in range(2):
            smtp.sendmail("sam@example.org", [f"contact@{outside.host}"], mail())
    assert len(kept(outside)) == 1


def test_the_same_message_through_two_doors_at_once_is_one(outside):
    done, start = [], threading.Barrier(2)

    def come_in() -> None:
        start.wait(10)
        try:
            intake.take(mail(), "sam@example.org", [f"contact@{outside.host}"])
            done.append(True)
        finally:
            connection.close()

    threads = [threading.Thread(target=come_in) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join(20) for thread in threads]
    assert done == [True, True]
    assert len(kept(outside)) == 1
    with tenancy.inside(outside):
        assert len(queries.unrouted()) == 1


@pytest.mark.system
def test_the_process_beats_takes_mail_and_stops_when_told(outside, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    heart = tmp_path / "beat"
    code = (
        "import sys, pathlib, django, logging; django.setup(); logging.getLogger().setLevel('INFO');"
        "from towpath.contact import intake; intake.serve(int(sys.argv[1]), heartbeat=pathlib.Path(sys.argv[2]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(port), str(heart)], stderr=subprocess.PIPE, text=True
    )
    try:
        assert "E-mail comes in at" in process.stderr.readline()
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
            smtp.sendmail("sam@example.org", [f"contact@{outside.host}"], mail())
        assert len(kept(outside)) == 1
        assert heart.exists()
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_what_can_not_be_kept_now_is_asked_for_again(outside, monkeypatch):
    def broken(raw, sender, recipients):
        raise RuntimeError("no disk")

    monkeypatch.setattr(intake, "take", broken)
    monkeypatch.setattr(intake.log, "exception", lambda *told: None)
    with client() as smtp, pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.sendmail("sam@example.org", [f"contact@{outside.host}"], mail())
    assert refused.value.smtp_code == 451


def test_too_much_is_refused(outside, monkeypatch):
    monkeypatch.setattr(intake, "SIZE", 2000)
    with client() as smtp, pytest.raises(smtplib.SMTPException) as refused:
        smtp.sendmail("sam@example.org", [f"contact@{outside.host}"], mail(body="x\n" * 2000))
    assert "552" in str(refused.value)
    assert kept(outside) == []


def test_too_many_recipients_come_in_several_goes(outside, monkeypatch):
    monkeypatch.setattr(intake, "RECIPIENTS", 2)
    with client() as smtp:
        refused = smtp.sendmail("a@example.org", [f"{name}@{outside.host}" for name in "abc"], mail())
    assert [code for code, _ in refused.values()] == [452]


def test_the_null_sender_and_long_lines_are_taken(outside):
    with client() as smtp:
        smtp.sendmail("", [f"contact@{outside.host}"], mail().replace(b"Hello", b"Hello" + b"o" * 5000))
    with tenancy.inside(outside):
        assert Mail.objects.get().outcome == "automatic"


def test_a_line_of_raw_bytes_is_taken(outside):
    with client() as smtp:
        smtp.sendmail("a@example.org", [f"contact@{outside.host}"], b"Subject: \xff\xfe\r\n\r\n\x80\x81\r\n")
    assert len(kept(outside)) == 1
