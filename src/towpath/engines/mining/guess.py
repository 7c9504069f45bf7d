"""Which column is the case, which the activity, which the time: by their names, then by what is in them."""

from __future__ import annotations

import re
from collections.abc import Mapping as Columns
from collections.abc import Sequence
from typing import Any

from towpath.engines.mining.errors import refused
from towpath.engines.mining.mapping import Mapping

# Names as bodies use them, without case, spaces and punctuation; the earlier, the better.
NAMES = {
    "case": "caseconceptname caseid case casenumber caseno casenr caseref casereference traceid uniquekey "
    "applicationid applicationnumber applicationno requestid requestnumber ticketid ticketnumber ticket "
    "incidentid servicerequestid reference referencenumber zaaknummer zaakid zaak dossiernummer dossier "
    "aktenzeichen vorgangsnummer numerodossier numdossier expediente",
    "activity": "conceptname activity activityname activityid event eventname eventtype step stepname task "
    "taskname action status handeling activiteit stap aktivitat taetigkeit vorgang schritt activite etape "
    "actividad",
    "time": "timetimestamp timestamp completetimestamp completiontime completetime endtime endtimestamp end "
    "finishedat finished completedat time datetime eventtime eventdate date occurredat tijdstip datum "
    "zeitpunkt zeitstempel horodatage fecha",
    "start": "starttimestamp starttime start startedat started begin begun timestart",
    "unit": "orggroup unit department dept team group agency office afdeling abteilung amt service departement",
    "resource": "orgresource resource user clerk employee handler officer originator medewerker bearbeiter agent",
    "channel": "casechannel channel opendatachanneltype channeltype contactchannel kanaal kanal canal",
    "lifecycle": "lifecycletransition lifecycle transition eventlifecycle",
}
_RANKS = {role: {name: rank for rank, name in enumerate(names.split())} for role, names in NAMES.items()}
_OPENED = re.compile(r"creat|open|receiv|submit|registr|request|ontvang|eingang|recu|start|begin")
_CLOSED = re.compile(r"clos|complet|finish|resolv|decid|end|afgerond|gesloten|abgeschlossen|clotur")


def roles(
    names: Sequence[str], dates: Columns[str, float], distinct: Columns[str, float], given: Columns[str, str]
) -> Mapping:
    """Guess what is not `given` of the mapping of a table.

    `dates`: of each column, the share of its sample that reads as times; `distinct`: the share of different values.
    LogError if no case, activity or time is found: it names the columns and how to say it.
    """
    found: dict[str, Any] = dict(given)
    times = [name for name in names if dates.get(name, 0) > 0.9]
    for role in NAMES:
        offered = [name for name in names if name not in found.values()]
        if role in ("time", "start"):
            offered = [name for name in offered if dates.get(name, 0) >= 0.5]
        if role not in found and (best := _named(role, offered)):
            found[role] = best
    if "time" not in found and "start" in found:
        found["time"] = found.pop("start")
    if not {"activity", "time"} & set(given) and (steps := _one_row_a_case(found, times, distinct)):
        kept = {role: name for role, name in found.items() if role not in ("activity", "time", "start")}
        return Mapping(**kept, steps=steps)
    free = [name for name in times if name not in found.values()]
    if "time" not in found and free:
        found["time"] = free[0]
    _required(found, names)
    return Mapping(**found)


def optional(names: Sequence[str]) -> dict[str, Any]:
    """Unit, resource, channel and lifecycle, where columns are named so."""
    return {
        role: best for role in ("unit", "resource", "channel", "lifecycle") if (best := _named(role, names))
    }


def _named(role: str, offered: Sequence[str]) -> str:
    ranks = _RANKS[role]
    fitting = [(ranks[plain], name) for name in offered if (plain := _plain(name)) in ranks]
    return min(fitting, default=(0, ""))[1]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _one_row_a_case(
    found: Columns[str, str], times: Sequence[str], distinct: Columns[str, float]
) -> dict[str, str]:
    """Exports of systems that keep no history: a number, when it was opened and when it was closed."""
    if "case" not in found or distinct.get(found["case"], 0) < 1 or len(times) < 2:
        return {}
    opened = next((name for name in times if _OPENED.search(name.lower())), "")
    closed = next((name for name in times if name != opened and _CLOSED.search(name.lower())), "")
    return {opened: "opened", closed: "closed"} if opened and closed else {}


def _required(found: Columns[str, str], names: Sequence[str]) -> None:
    missing = [role for role in ("case", "activity", "time") if role not in found]
    if missing:
        listed = ", ".join(f"'{name}'" for name in names[:40])
        lines = "; ".join(f"'{role}: <column>'" for role in missing)
        raise refused(
            "columns",
            f"no column was recognised as {' or '.join(missing)}. The file has {listed}. "
            f"Write a mapping file with {lines}",
        )
