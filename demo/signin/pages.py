"""The pages: plain, without script, readable at 320 pixels."""

from html import escape

from demo.signin.people import Resident

STYLE = """
:root { color-scheme: light dark; --ink: #14201f; --paper: #fff; --line: #5b6b69; --accent: #0b4f55; --note: #fff3cd; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eef3f2; --paper: #121a1a; --line: #9fb0ae; --accent: #8fd3d9; --note: #4a3b00; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 1.0625rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
.note { background: var(--note); padding: .75rem 1rem; margin: 0; }
main { max-width: 36rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; }
fieldset { border: 0; padding: 0; margin: 0 0 1.5rem; }
legend { font-weight: 700; font-size: 1.2rem; padding: 0; margin-bottom: .5rem; }
label { display: flex; gap: .75rem; align-items: flex-start; padding: .6rem 0; min-height: 2.75rem; cursor: pointer; }
input[type=radio] { width: 1.5rem; height: 1.5rem; margin: 0; flex: none; accent-color: var(--accent); }
small { display: block; opacity: .85; font-size: .95rem; }
button { font: inherit; padding: .7rem 1.2rem; min-height: 2.75rem; border: 2px solid var(--accent);
  background: var(--accent); color: var(--paper); border-radius: .25rem; margin: 0 .5rem .5rem 0; cursor: pointer; }
button.quiet { background: none; color: var(--ink); border-color: var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
"""

LEVEL_TEXTS = {
    "low": ("Low", "as with a name and a password"),
    "substantial": ("Substantial", "as with an app or a card reader"),
}


def _page(title: str, content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)} – Demonstration sign-in</title><link rel="stylesheet" href="/style.css">'
        '</head><body><header class="note"><strong>Demonstration.</strong> This page stands in for a national '
        "sign-in service. The people are made up and there is no password.</header>"
        f"<main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )


def choose(name: str, people: list[Resident], level: str, body: str) -> str:
    """Who to be, and how surely one has proved it."""
    who = "".join(
        _radio(
            "person", p.number, p.name, f"born {p.birth_date:%d.%m.%Y}, register number {p.number}", i == 0
        )
        for i, p in enumerate(people)
    )
    how = "".join(_radio("level", key, *texts, key == level) for key, texts in LEVEL_TEXTS.items())
    return _page(
        "Choose who you are",
        f"<p>You will go back to <strong>{escape(body)}</strong>.</p>"
        f'<form method="post" action="/authorize"><input type="hidden" name="request" value="{escape(name)}">'
        f"<fieldset><legend>Person</legend>{who}</fieldset>"
        f"<fieldset><legend>How sure is it that it is you?</legend>{how}</fieldset>"
        '<button name="answer" value="grant">Sign in</button>'
        '<button class="quiet" name="answer" value="deny">Cancel</button></form>',
    )


def _radio(group: str, value: str, text: str, hint: str, checked: bool) -> str:
    return (
        f'<label><input type="radio" name="{group}" value="{escape(value)}"{" checked" if checked else ""}>'
        f"<span>{escape(text)}<small>{escape(hint)}</small></span></label>"
    )


def refused(why: str) -> str:
    return _page("This did not work", f"<p>{escape(why)}</p><p>Go back to the town’s site and try again.</p>")


def signed_out() -> str:
    return _page("You are signed out", "<p>You can close this page.</p>")
