"""Finding cases by name, reference or address."""

from towpath.casework.models import Case
from towpath.casework.queries.visible import visible_to
from towpath.foundation import search
from towpath.foundation.access import Actor, log_read

FOUND = 50


def find_cases(actor: Actor, text: str) -> list[Case]:
    """Cases that the actor may see and that have every word, newest first. The search is logged."""
    ids = search.find("case", text, limit=FOUND)
    if actor.kind == "staff":
        log_read(actor, "search", text, "search")
    found = {case.pk: case for case in visible_to(actor).filter(pk__in=ids)}
    return [found[id_] for id_ in ids if id_ in found]
