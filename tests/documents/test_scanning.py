"""The scanner: nothing is readable before its verdict, what it finds is gone, and its absence is no verdict."""

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from uuid import uuid4

import pytest
from django.test import override_settings

from tests.documents import files
from towpath.documents import actions, clamd, queries
from towpath.foundation import jobs, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Event


@contextmanager
def scanner(answer=None):
    """Speaks clamd's INSTREAM once; finds the industry's test string."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            got = b""
            while size := struct.unpack("!I", stream.read(4))[0]:
                got += stream.read(size)
            found = b"stream: Eicar-Test-Signature FOUND\0" if files.EICAR in got else b"stream: OK\0"
            connection.sendall(found if answer is None else answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join(10)


@contextmanager
def nobody():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    yield address


def kept_and_scanned(tenant, content, address, tried=1):
    """The document after one try to scan it."""
    with override_settings(CLAMD=address):
        with tenancy.inside(tenant):
            made = actions.keep(
                SYSTEM, name="a.txt", content_type="text/plain", content=content, case_id=uuid4()
            )
            with pytest.raises(queries.NotReadable, match="quarantined"):
                queries.document(SYSTEM, made.pk)
        with suppress(jobs.TryAgain):
            jobs.perform(tenant, "documents.scan", {"document": str(made.pk)}, tried=tried)
    with tenancy.inside(tenant):
        made.refresh_from_db()
        return made


def test_a_clean_file_becomes_readable(outside):
    with scanner() as address:
        made = kept_and_scanned(outside, b"hello" * 50_000, address)
    with tenancy.inside(outside):
        assert made.state == "clean"
        assert bytes(queries.document(SYSTEM, made.pk).content) == b"hello" * 50_000


def test_what_is_found_loses_its_content_but_leaves_a_trace(outside):
    with scanner() as address:
        made = kept_and_scanned(outside, files.EICAR, address)
    assert (made.state, bytes(made.content)) == ("refused", b"")
    with tenancy.inside(outside):
        assert Event.objects.filter(type="documents.refused").count() == 1
        with pytest.raises(queries.NotReadable, match="refused"):
            queries.document(SYSTEM, made.pk)


def test_without_a_verdict_a_file_stays_in_quarantine_and_a_person_hears_of_it(outside):
    with nobody() as address:
        made = kept_and_scanned(outside, b"hello", address, tried=14)
    assert made.state == "quarantined"
    with tenancy.inside(outside):
        (row,) = jobs.given_up()
        assert (row.job, "does not answer" in row.error) == ("documents.scan", True)


@pytest.mark.parametrize(
    "answer", [b"", b"stream: Size limit exceeded. ERROR\0", b"INSTREAM size limit exceeded\0"]
)
def test_an_answer_that_says_nothing_is_no_verdict(outside, answer):
    with scanner(answer) as address:
        made = kept_and_scanned(outside, b"hello", address)
    assert made.state == "quarantined"


def test_without_a_scanner_even_the_test_string_is_unscanned_and_says_so(tenant):
    made = actions.keep(SYSTEM, name="a.txt", content_type="text/plain", content=files.EICAR)
    assert made.state == "unscanned"


def test_a_wrong_address_says_what_is_right():
    with pytest.raises(clamd.NoVerdict, match=r"127\.0\.0\.1:3310"):
        clamd.scan(b"x", "localhost")
