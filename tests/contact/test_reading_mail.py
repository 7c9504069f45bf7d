"""What is read out of an e-mail, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contact.mails import HOSTILE, mail, many_parts, nested, report
from towpath.contact import mime
from towpath.contact.quotes import split_quote
from towpath.contact.rules import Report
from towpath.contact.webtext import text_of

QUOTES = {
    "English": "Yes please.\n\nOn Mon, 3 Nov 2025 at 10:00, Town <reply+1@town.localhost> wrote:\n> Do you want it?\n>\n> Town",
    "wrapped": "Yes please.\n\nOn Mon, 3 Nov 2025 at 10:00, Town <\nreply+1@town.localhost> wrote:\n\n> Do you want it?",
    "French": "Yes please.\n\nLe lun. 3 nov. 2025 à 10:00, Town <a@b.c> a écrit :\n> Do you want it?\n",
    "Arabic": "Yes please.\n\nفي 3 نوفمبر 2025، كتب Town <a@b.c>:\n> Do you want it?",
    "bare": "Yes please.\n> Do you want it?",
    "Outlook": "Yes please.\n\n________________________________\nFrom: Town <a@b.c>\nSent: Monday\nTo: me\nSubject: x\n\nDo you want it?",
    "Outlook, French": "Yes please.\n\nDe : Town <a@b.c>\nEnvoyé : lundi\nÀ : moi\nObjet : x\n\nDo you want it?",
    "ruled": "Yes please.\n\n-----Original Message-----\nFrom: Town\n\nDo you want it?",
}


@pytest.mark.parametrize("name", QUOTES)
def test_repeated_messages_are_told_from_what_was_said(name):
    said, quoted = split_quote(QUOTES[name])
    assert said == "Yes please."
    assert "Do you want it?" in quoted


@pytest.mark.parametrize(
    "text",
    [
        "> only a quote",
        "> first a question\nthen the answer",
        "My answers:\n1. yes\n2. no",
        "Name: Sam\nI write because of the fence.",
        "a\n---\nb",
    ],
)
def test_what_was_said_is_not_taken_for_a_quote(text):
    assert split_quote(text) == (text, "")


def test_words_above_a_quote_stay_when_they_introduce_it():
    said, _ = split_quote("My answers to your questions:\n> Do you want it?")
    assert said == "My answers to your questions:"


@given(st.text())
def test_nothing_is_lost_by_splitting(text):
    said, quoted = split_quote(text)
    assert "".join((said + quoted).split()) == "".join("\n".join(text.splitlines()).split())


def test_html_is_read_as_its_words():
    html = "<html><head><title>t</title><style>p{}</style></head><body><p>Dear <b>town</b>,</p><script>x()</script>"
    html += "<div>yes &amp; no</div><blockquote>earlier<br>words</blockquote>"
    assert text_of(html) == "Dear town,\nyes & no\n> earlier\n> words"


def test_a_plain_message_is_read():
    letter = mime.read(mail(subject="Fence, höher", body="Grüße"), "sam@example.org")
    assert (letter.sender, letter.subject, letter.body) == ("sam@example.org", "Fence, höher", "Grüße")
    assert letter.message_id == "<1@example.org>"
    assert not letter.automatic


def test_attachments_keep_their_name_without_folders():
    raw = mail().replace(
        b"Content-Type: text/plain",
        b'Content-Disposition: attachment; filename="../../etc/pass\\wd.txt"\nContent-Type: text/plain',
    )
    (attachment,) = mime.read(raw).attachments
    assert attachment.name == "wd.txt"


def test_answers_are_named_newest_first():
    letter = mime.read(mail(In_Reply_To="<c@x>", References="<a@x> <b@x>"))
    assert letter.answers == "<c@x> <b@x> <a@x>"


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({"Auto_Submitted": "auto-replied; why"}, "a@b"),
        ({"Precedence": "bulk"}, "a@b"),
        ({"List_Id": "<news.example.org>"}, "a@b"),
        ({"X_Autoreply": "yes"}, "a@b"),
        ({"Return_Path": "<>"}, "a@b"),
        ({}, ""),
        ({}, "<>"),
    ],
)
def test_machines_are_known(headers, sender):
    assert mime.read(mail(**headers), sender).automatic


def test_what_says_that_it_is_not_automatic_is_not():
    assert not mime.read(mail(Auto_Submitted="no"), "a@b").automatic


def test_a_delivery_report_is_read():
    letter = mime.read(report("<abc@town.localhost>", "failed", "5.1.1"))
    assert letter.report == Report("failed", "5.1.1")
    assert "<abc@town.localhost>" in letter.about


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_are_read_or_refused_with_a_reason(name):
    try:
        letter = mime.read(HOSTILE[name])
    except mime.Poison as why:
        assert str(why)
    else:
        for text in (letter.body, letter.subject, letter.sender, letter.quoted, letter.answers, letter.about):
            assert "\x00" not in text
            text.encode()


@pytest.mark.parametrize("raw", [nested(3000), nested(60), many_parts(1000)])
def test_what_costs_too_much_is_poison(raw):
    with pytest.raises(mime.Poison, match="parts"):
        mime.read(raw)


@given(
    st.binary(max_size=2000),
    st.sampled_from([b"", b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"]),
)
def test_any_bytes_are_read_or_poison(raw, head):
    try:
        letter = mime.read(head + raw)
    except mime.Poison:
        return
    assert "\x00" not in letter.body
    (letter.body + letter.subject + letter.sender).encode()
    assert all("\x00" not in one.name for one in letter.attachments)
