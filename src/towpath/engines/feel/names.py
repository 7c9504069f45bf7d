"""Names with spaces: which of the known names stands at a place in the text."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from towpath.engines.feel.lexer import Token, tokens

STOPS = frozenset(["and", "or", "in", "between", "then", "else", "return", "satisfies", "instance"])

Vocabulary = dict[str, list[tuple[list[str], str]]]  # first word -> (all words, the name), longest first


@lru_cache(maxsize=4096)
def _words(name: str) -> list[str]:
    """Not to be changed."""
    return [token.text for token in tokens(name)[:-1]]


def add_name(vocabulary: Vocabulary, name: str) -> None:
    words = _words(name)
    if words:
        entries = vocabulary.setdefault(words[0], [])
        entries.append((words, name))
        if len(entries) > 1:
            entries.sort(key=lambda entry: -len(entry[0]))


@lru_cache(maxsize=256)
def vocabulary(names: tuple[str, ...]) -> Vocabulary:
    """Names as the lexer sees them, so that "rate-2" and "rate - 2" are the same name. Not to be changed."""
    found: Vocabulary = {}
    for name in names:
        add_name(found, name)
    return found


def longest(vocabularies: Iterable[Vocabulary], texts: list[str], start: int) -> tuple[int, str]:
    """How many tokens the longest known name at `start` takes, and that name; (0, "") for none."""
    best = (0, "")
    for known in vocabularies:
        for words, name in known.get(texts[start], ()):
            if len(words) > best[0] and texts[start : start + len(words)] == words:
                best = (len(words), name)
                break
    return best


def words_from(found: list[Token], start: int) -> int:
    """How many tokens at `start` can only be one name: FEEL never puts two words side by side."""
    end = start
    while (found[end].kind == "word" and found[end].text not in STOPS) or (
        end > start and _digits(found[end])
    ):
        end += 1
    return end - start


def _digits(token: Token) -> bool:
    return token.kind == "number" and token.text.isdigit()


def nearest(name: str, known: Iterable[str]) -> str:
    """A suggestion to end a message with, or ""."""
    close = get_close_matches(name[:60], [each for each in known if len(each) <= 60], n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""
