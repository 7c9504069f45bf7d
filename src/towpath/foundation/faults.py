"""How an error is told: its type and a short text, fit to be kept and shown. What a person wrote stays out."""

import re
import traceback

SHORT = 300  # characters
ADDRESS = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+")


def in_short(error: BaseException) -> str:
    """`Type: text`, of the text its first line alone: what a database adds below it quotes whole rows."""
    lines = str(error).replace("\0", "").strip().splitlines()
    return f"{type(error).__name__}: {masked(lines[0] if lines else '')}"[:SHORT]


def masked(text: str) -> str:
    """The text without its e-mail addresses."""
    return ADDRESS.sub("[address]", text)


def path(error: BaseException) -> str:
    """Where it came from, for the log: the calls alone, without the error's own words."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()
