"""What commands say on a terminal. Names and values of other people's files stand in it, and must not steer it."""

import re
import sys

# Whatever moves the cursor, colours, erases or turns the reading direction; line ends and tabs stay.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def plain(told: object) -> str:
    """As text, with � for each character that a terminal would obey instead of showing it."""
    return _CONTROL.sub("�", str(told))


def say(told: object) -> None:
    print(plain(told))


def aside(told: object) -> None:
    """Beside the result, where it does not get into a file with it."""
    print(plain(told), file=sys.stderr)
