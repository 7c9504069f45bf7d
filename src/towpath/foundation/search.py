"""Search by a token table.

Under row-level security PostgreSQL uses an index only for leakproof operators, so text search operators would read
the whole table (ADR 0004). Words are kept one a row and found by equality and prefix ranges, newest object first.
So are pairs of words that stand together, such as given and family name, or street and number: both words may be
frequent, and the pair is rare.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import combinations, pairwise
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection

from towpath.foundation import tenancy
from towpath.foundation.models import SearchToken

WORDS = 12  # of one query
LENGTH = 64
SCANNED = 2_000  # entries of one word that are looked at for further words
FEW = 50  # likewise, where some were found already by a pair of words
SHORT = 4  # words of a text in which all stand together; in a longer one neighbours do
PAIRS = "+"  # behind the kind of object: its pairs of words


def tokens(text: str) -> list[str]:
    """Words without case, accents and punctuation: `Zoë O'Neill-Brown` gives `zoe oneill brown`."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("\u2019", ""))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return [word[:LENGTH] for word in re.findall(r"\w+", plain)]


def pairs(words: list[str]) -> set[str]:
    """Each two words that stand together, in the order of the alphabet: they may be asked for the other way round."""
    found = combinations(words, 2) if len(words) <= SHORT else pairwise(words)
    return {pair for one, other in found if one != other and len(pair := _pair(one, other)) <= LENGTH}


def _pair(one: str, other: str) -> str:
    return f"{min(one, other)} {max(one, other)}"


def index(kind: str, object_id: UUID, rank: int, texts: Iterable[str], *, fresh: bool = False) -> None:
    """Makes an object findable under the words of `texts`, and under no others. `fresh`: it never was before."""
    split = [tokens(text) for text in texts]
    made = {word: kind for words in split for word in words}
    made |= {pair: kind + PAIRS for words in split for pair in pairs(words)}
    if not fresh:
        SearchToken.objects.filter(object_id=object_id).exclude(token__in=made).delete()
    SearchToken.objects.bulk_create(
        [SearchToken(kind=made[word], token=word, object_id=object_id, rank=rank) for word in sorted(made)],
        ignore_conflicts=True,
    )


# How many entries there are in each range of tokens, counted up to a limit.
COUNTED = """
select (select count(*) from (
            select 1 from foundation_searchtoken
            where tenant_id = %(tenant)s and kind = %(kind)s and token >= word.low and token < word.high
            limit %(scanned)s) as entries)
from unnest(%(lows)s::text[], %(highs)s::text[]) with ordinality as word (low, high, place)
order by place
"""
BY_FREQUENT = """
with first as (
    select object_id, rank from foundation_searchtoken
    where tenant_id = %(tenant)s and kind = %(kind)s and token = %(first)s
    order by rank desc, object_id limit %(scanned)s)
"""
BY_RARE = """
with first as (
    select distinct object_id, rank from foundation_searchtoken
    where tenant_id = %(tenant)s and kind = %(kind)s and token >= %(low)s and token < %(high)s)
"""
WITH_OTHERS = """
select object_id from first
where (select count(*) from unnest(%(others)s::text[], %(ends)s::text[]) as word (low, high)
       where exists (select 1 from foundation_searchtoken t
                     where t.tenant_id = %(tenant)s and t.object_id = first.object_id
                     and t.token >= word.low and t.token < word.high)) = %(count)s
order by rank desc, object_id limit %(limit)s
"""

PREFIX = """
select object_id from foundation_searchtoken
where tenant_id = %(tenant)s and kind = %(kind)s and token >= %(low)s and token < %(high)s
limit %(scanned)s
"""


Range = tuple[str, str]  # from a token up to, but without, another


def find(kind: str, text: str, limit: int = 50) -> list[UUID]:
    """Objects that have every word of `text` (the last may be a beginning), newest first, at most `limit`.

    Where words stand together comes first. Of those that have them apart, the rarest word leads; where
    all words have 2,000 entries, only the newest of the longest are looked at, so that the cost does not grow with the
    table.
    """
    words = tokens(text)[:WORDS]
    if not words:
        return []
    if len(words) == 1:
        found = _by_frequent(kind, words[0], [], limit, SCANNED)
        return found or _beginning(kind, words[0], limit)
    found = _together(kind, words, limit)
    if not found:
        return _anywhere(kind, words, limit, SCANNED)
    if len(found) < limit:  # those that have the words apart, or were indexed before pairs were
        found += [one for one in _anywhere(kind, words, limit, FEW) if one not in found]
    return found[:limit]


def _together(kind: str, words: list[str], limit: int) -> list[UUID]:
    """Objects in which two of the words stand together, and which have all the others."""
    known = [(pair, {one, other}) for one, other in pairwise(words) for pair in pairs([one, other])]
    if not known:
        return []
    counts = _counted(kind + PAIRS, [_exactly(pair) for pair, _ in known], SCANNED)
    there = [(count, pair, both) for count, (pair, both) in zip(counts, known, strict=True) if count]
    if not there:
        return []
    _, pair, both = min(there, key=itemgetter(0))
    others = [found for word, found in zip(words, _ranges(words), strict=True) if word not in both]
    return _by_frequent(kind + PAIRS, pair, others, limit, SCANNED)


def _ranges(words: list[str]) -> list[Range]:
    """Each word, and all that begin with the last one."""
    return [*map(_exactly, words[:-1]), (words[-1], _after(words[-1]))]


def _exactly(word: str) -> Range:
    return word, word + "\x01"


def _anywhere(kind: str, words: list[str], limit: int, scanned: int) -> list[UUID]:
    ranges = _ranges(words)
    counts = _counted(kind, ranges, scanned)
    rarest = counts.index(min(counts))
    if counts[rarest] < scanned:
        return _by_rare(kind, ranges[rarest], ranges[:rarest] + ranges[rarest + 1 :], limit)
    whole = max(words[:-1], key=len)
    return _by_frequent(kind, whole, [one for one in ranges if one[0] != whole], limit, scanned)


def _counted(kind: str, ranges: list[Range], scanned: int) -> list[int]:
    lows, highs = [low for low, _ in ranges], [high for _, high in ranges]
    values: dict[str, Any] = {
        "tenant": tenancy.current_id(),
        "kind": kind,
        "lows": lows,
        "highs": highs,
        "scanned": scanned,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, values)
        return [row[0] for row in cursor.fetchall()]


def _after(prefix: str) -> str:
    """The end of the range of texts that begin with `prefix`."""
    return prefix + "\U0010ffff"


def _by_rare(kind: str, first: Range, others: list[Range], limit: int) -> list[UUID]:
    return _found(BY_RARE, kind, others, limit, low=first[0], high=first[1])


def _by_frequent(kind: str, first: str, others: list[Range], limit: int, scanned: int) -> list[UUID]:
    return _found(BY_FREQUENT, kind, others, limit, first=first, scanned=scanned)


def _found(led: str, kind: str, others: list[Range], limit: int, **first: Any) -> list[UUID]:
    values: dict[str, Any] = {
        "tenant": tenancy.current_id(),
        "kind": kind,
        "others": [low for low, _ in others],
        "ends": [high for _, high in others],
        "count": len(others),
        "limit": limit,
        **first,
    }
    with connection.cursor() as cursor:
        cursor.execute(led + WITH_OTHERS, values)
        return [row[0] for row in cursor.fetchall()]


def _beginning(kind: str, prefix: str, limit: int) -> list[UUID]:
    values: dict[str, Any] = {
        "tenant": tenancy.current_id(),
        "kind": kind,
        "low": prefix,
        "high": _after(prefix),
        "scanned": limit * 4,
    }
    with connection.cursor() as cursor:
        cursor.execute(PREFIX, values)
        return list(dict.fromkeys(row[0] for row in cursor.fetchall()))[:limit]
