"""The pages: plain HTML, everything escaped, nothing of a message ever rendered as HTML."""

import re
from html import escape
from urllib.parse import urlencode

from demo.postoffice.store import Message

STYLE = """
:root { color-scheme: light dark; }
body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 0 auto; padding: 1.5rem; }
a { color: #0b4f5c; } pre { white-space: pre-wrap; font: inherit; overflow-wrap: anywhere; }
li { margin: 0.5rem 0; } dt { font-weight: 600; } dd { margin: 0 0 0.25rem; overflow-wrap: anywhere; }
label { display: block; font-weight: 600; margin-top: 1rem; }
textarea, input { font: inherit; width: 100%; box-sizing: border-box; padding: 0.5rem; border: 2px solid currentColor; }
button { font: inherit; font-weight: 600; margin-top: 1rem; padding: 0.6rem 1.2rem; color: #fff; background: #0b4f5c;
  border: 2px solid transparent; }
:focus-visible { outline: 3px solid #c2410c; outline-offset: 2px; }
[role=alert] { border-left: 6px solid #b91c1c; padding-left: 1rem; }
[role=status] { border-left: 6px solid #0b4f5c; padding-left: 1rem; }
@media (prefers-color-scheme: dark) { a { color: #7dd3de; } }
"""
LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")  # a sentence may end after it


def page(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} – Post office</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/style.css"></head><body>'
        '<header><a href="/">Post office</a> of the demonstration: no message leaves this machine.</header>'
        f"<main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )


def overview(addresses: dict[str, int]) -> str:
    if not addresses:
        return page("Mailboxes", "<p>No message has come yet.</p>")
    items = "".join(
        f'<li><a href="{_link("mailbox", address=address)}">{escape(address)}</a> '
        f"({count} message{'' if count == 1 else 's'})</li>"
        for address, count in addresses.items()
    )
    return page("Mailboxes", f"<ul>{items}</ul>")


def one_mailbox(address: str, messages: list[Message], told: str = "") -> str:
    times = [message.message_id for message in messages]
    items = "".join(
        f'<li><a href="{_link("message", address=address, key=message.key)}">'
        f"{_bdi(message.subject or '(no subject)')}</a><br>from {_bdi(message.sender)}, {escape(message.date)}"
        f"{_again(times.count(message.message_id))}</li>"
        for message in messages
    )
    status = f'<p role="status">{escape(told)}</p>' if told else ""
    return page(address, f"{status}<ul>{items}</ul>{write_form(address)}")


def one_message(address: str, message: Message, *, error: str = "", typed: str = "") -> str:
    back = f'<p><a href="{_link("mailbox", address=address)}">All messages to {escape(address)}</a></p>'
    head = "".join(
        f"<dt>{name}</dt><dd>{_bdi(value)}</dd>"
        for name, value in [("From", message.sender), ("To", message.to), ("Date", message.date)]
    )
    lang = f' lang="{escape(message.language)}"' if message.language else ""
    body = f'<pre dir="auto"{lang}>{_linked(message.text)}</pre>'
    form = (
        f'<form method="post" action="/reply">{_alert(error)}{_hidden(address=address, key=message.key)}'
        f'<label for="text">Your reply to {escape(message.reply_to)}</label>'
        f'<textarea id="text" name="text" rows="6" dir="auto" required>{escape(typed)}</textarea>'
        "<button>Reply</button></form>"
    )
    return page(message.subject or "(no subject)", f"{back}<dl>{head}</dl>{body}{form}")


def write_form(address: str, *, error: str = "", to: str = "", subject: str = "", text: str = "") -> str:
    return (
        f'<h2>Write a new message</h2><form method="post" action="/write">{_alert(error)}{_hidden(address=address)}'
        f'<label for="to">To</label><input id="to" name="to" type="email" value="{escape(to)}" required>'
        f'<label for="subject">Subject</label><input id="subject" name="subject" value="{escape(subject)}" dir="auto">'
        f'<label for="text">Message</label><textarea id="text" name="text" rows="6" dir="auto">{escape(text)}</textarea>'
        "<button>Send</button></form>"
    )


def _again(times: int) -> str:
    return f" – came {times} times under the same Message-ID" if times > 1 else ""


def _alert(error: str) -> str:
    return f'<p role="alert">{escape(error)}</p>' if error else ""


def _hidden(**values: str) -> str:
    return "".join(f'<input type="hidden" name="{name}" value="{escape(v)}">' for name, v in values.items())


def _bdi(text: str) -> str:
    return f"<bdi>{escape(text)}</bdi>"


def _link(place: str, **values: str) -> str:
    return escape(f"/{place}?{urlencode(values)}")


def _linked(text: str) -> str:
    """Escaped, with web addresses as links."""
    parts, end = [], 0
    for match in LINK.finditer(text):
        address = escape(match[0])
        parts += [escape(text[end : match.start()]), f'<a href="{address}" rel="noreferrer">{address}</a>']
        end = match.end()
    return "".join([*parts, escape(text[end:])])
