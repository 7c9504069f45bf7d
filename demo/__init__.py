"""The demonstration: Millbrook and Eastmere, a year of their requests, and what a town finds around it."""

from typing import TYPE_CHECKING

from demo.staff import CENTRE, PASSPHRASE, STAFF, Colleague

if TYPE_CHECKING:
    from towpath.project.ports import Ports

FIRST = "millbrook"
# In the order of the five minutes that people have: who, where they go, what is there to see.
SHOWN = ("Maya", "Peter", "Ines", "Samira", "Beatrix", "Agnes")
TRY = (
    "Ask for a parking permit in Millbrook. Sign in as Amira Haddad (substantial): the register fills in her "
    "address, and a simple case is granted while you watch.",
    "Her environmental permit waits for a paper: answer from My place.",
    "Sign in at the desk as Ines. Take a task from the queue and see the same journey from the other side.",
    "Two requests wait because the register failed. As Noor, go to Troubles, ask it again, and they go on.",
    "As Beatrix, see what a year took: how long, how well, what it cost. Each figure leads to its cases.",
)


def welcome(ports: "Ports") -> str:
    """What `towpath run` shows once it is ready."""
    return "\n".join(["", *_places(ports), "", *_accounts(), "", *_tries()])


def _places(ports: "Ports") -> list[str]:
    town, other = f"http://{FIRST}.localhost:{ports.web}", f"http://eastmere.localhost:{ports.web}"
    places = {
        "Millbrook": town,
        "Eastmere": other,
        "Desk": f"{town}/desk/",
        "Insight": f"{town}/insight/",
        "E-mail": f"{ports.url(ports.postoffice)}   (the post office: everybody's mailbox)",
    }
    return [f"  {name:<10} {where}" for name, where in places.items()]


def _accounts() -> list[str]:
    shown = [one for one in STAFF[FIRST] if one.name.split()[0] in SHOWN]
    rows = [*map(_account, shown), f"  {CENTRE.email:<29} {CENTRE.what}"]
    return [
        f"  Staff, with the passphrase  {PASSPHRASE}  (the sign-in page shows all of them, and the codes):",
        *rows,
        "  Residents choose who they are at the sign-in service: Amira Haddad, Tomasz Nowak, Grace Okafor …",
    ]


def _account(one: Colleague) -> str:
    return f"  {one.email:<29} {one.what}"


def _tries() -> list[str]:
    return [
        "  Try this:",
        *(line for number, text in enumerate(TRY, start=1) for line in _wrapped(number, text)),
    ]


def _wrapped(number: int, text: str, width: int = 96) -> list[str]:
    lines, line = [], f"  {number}."
    for word in text.split():
        if len(line) + 1 + len(word) > width:
            lines.append(line)
            line = "    "
        line += f" {word}"
    return [*lines, line]
