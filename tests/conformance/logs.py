"""`python -m tests.conformance.logs FOLDER`: every log in the folder against its reference, exactly.

FOLDER holds logs (.xes, .xes.gz, .csv, OCEL as .sqlite or .jsonocel) and reference/<log>.json with what is to be counted;
models (.bpmn) with reference/<model>_alignments.json and <model>_token_replay.json are replayed with the log whose
name their own begins with. Prints each difference, and last `N passed, M failed`. Lengths of time in the references have three decimals.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from towpath.engines import bpmn, mining

KINDS = (".xes.gz", ".xes", ".sqlite", ".jsonocel")


def main(arguments: list[str]) -> int:
    if (
        len(arguments) != 1
        or not (folder := Path(arguments[0])).is_dir()
        or not (folder / "reference").is_dir()
    ):
        print(
            "usage: python -m tests.conformance.logs FOLDER   (with logs, and references in FOLDER/reference)"
        )
        return 2
    passed = failed = 0
    for path in sorted(folder.iterdir()):
        kind = next((one for one in KINDS if path.name.endswith(one)), "")
        reference = folder / "reference" / f"{path.name.removesuffix(kind)}.json"
        if not kind or not reference.is_file():
            continue
        try:
            found = list(differences(path, json.loads(reference.read_text())))
        except mining.MiningError as why:
            found = [str(why)]
        for line in found:
            print(f"{path.name}: {line}")
        passed += not found
        failed += bool(found)
    for model in sorted(folder.glob("*.bpmn")):
        found = list(deviations(model, folder))
        for line in found:
            print(f"{model.name}: {line}")
        passed += not found
        failed += bool(found)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def differences(path: Path, reference: dict[str, Any]) -> Iterator[str]:
    if "flattened_per_object_type" in reference:
        for kind, wanted in reference["flattened_per_object_type"].items():
            log = mining.read(path, mining.Mapping(objects=kind), good_rows=True)
            yield from _compared(_flattened(log), _flattened_reference(wanted), f"{kind}: ")
        return
    log = mining.read(path, good_rows=True)
    found, wanted = _counted(log), _counted_reference(reference)
    log.close()
    yield from _compared(found, wanted)


def deviations(model: Path, folder: Path) -> Iterator[str]:
    """Cost, fitness and fit of each variant; means over all cases."""
    log = next(
        (one for one in sorted(folder.glob("*.xes*")) if model.name.startswith(one.name.partition(".")[0])),
        None,
    )
    references = [
        folder / "reference" / f"{model.stem}_{kind}.json" for kind in ("alignments", "token_replay")
    ]
    if log is None or not all(one.is_file() for one in references):
        yield "its log or a reference is missing"
        return
    aligned, replayed = (json.loads(one.read_text()) for one in references)
    (process,) = bpmn.load(model.read_bytes(), drawn=True).processes.values()
    found = mining.read(log).conformance(process)
    fits = {tuple(one["trace"]): one["fits"] for one in replayed["variants"]}
    wanted = {
        " > ".join(one["trace"]): {
            "cost": one["cost"],
            "fitness": one["fitness"],
            "fits": fits[tuple(one["trace"])],
        }
        for one in aligned["variants"]
    }
    judged = {
        " > ".join(one.variant.activities): {"cost": one.cost, "fitness": one.fitness, "fits": one.fits}
        for one in found.variants
    }
    yield from _compared({"variants": judged}, {"variants": wanted})
    means = {
        "fitting": found.fitting,
        "cost": found.cost,
        "fitness": found.fitness,
        "unjudged": found.unjudged,
    }
    yield from _compared(means, {
        "fitting": aligned["cases_that_fit"], "cost": aligned["mean_case_cost"],
        "fitness": aligned["mean_case_fitness"], "unjudged": 0,
    })  # fmt: skip


def _counted(log: mining.Log) -> dict[str, Any]:
    map_, times, variants, summary = log.map(), log.durations(), log.variants(), log.summary
    facts = log.imports[0].facts
    return {
        "events": summary.events,
        "cases": summary.cases,
        "traces_in_file": facts["traces"],
        "empty_traces": facts["empty_traces"],
        "activities": summary.activities,
        "variants": len(variants),
        "variants_with_one_case": sum(one.cases == 1 for one in variants),
        "first_timestamp": f"{summary.first:%Y-%m-%dT%H:%M:%S.%f}",
        "last_timestamp": f"{summary.last:%Y-%m-%dT%H:%M:%S.%f}",
        "case_duration_s": {
            "mean": times.mean, "median": times.median, "min": times.minimum, "max": times.maximum
        },
        "start_activities": map_.starts,
        "end_activities": map_.ends,
        "activity_counts": {one.name: one.events for one in map_.activities},
        "top_variants": _top([(one.activities, one.cases) for one in variants]),
        "directly_follows_pairs": len(map_.edges),
        "directly_follows_total": sum(one.count for one in map_.edges),
        "directly_follows": {
            f"{one.source} -> {one.target}": {"count": one.count, "mean_s": one.mean, "median_s": one.median}
            for one in map_.edges
        },
    }  # fmt: skip


def _counted_reference(reference: dict[str, Any]) -> dict[str, Any]:
    wanted = dict(reference)
    for name in ("first_timestamp", "last_timestamp"):
        date, _, rest = wanted[name].removesuffix("+00:00").partition(".")
        wanted[name] = f"{date}.{rest:0<6}"
    wanted["top_variants"] = _top([(tuple(one["trace"]), one["cases"]) for one in wanted["top_variants"]])
    wanted["directly_follows"] = {
        f"{one['from']} -> {one['to']}": {name: one[name] for name in ("count", "mean_s", "median_s")}
        for one in wanted["directly_follows"]
    }
    return wanted


def _top(variants: list[tuple[tuple[str, ...], int]]) -> dict[str, int]:
    """The ten most frequent; those as frequent as the tenth are left out, since references break ties by text."""
    ranked = sorted(variants, key=lambda one: -one[1])
    least = ranked[9][1] if len(ranked) > 9 else 0
    return {" > ".join(activities): cases for activities, cases in ranked if cases > least}


def _flattened(log: mining.Log) -> dict[str, Any]:
    edges = {f"{one.source} -> {one.target}": one.count for one in log.map().edges}
    return {"cases": log.summary.cases, "events": log.summary.events, "directly_follows": edges}


def _flattened_reference(wanted: dict[str, Any]) -> dict[str, Any]:
    edges = {f"{one['from']} -> {one['to']}": one["count"] for one in wanted["directly_follows"]}
    return {**wanted, "directly_follows": edges}


def _compared(found: Any, wanted: Any, at: str = "") -> Iterator[str]:
    """Whatever both sides name; a key of ours that the reference lacks is not asked for."""
    if isinstance(found, dict):
        asked = wanted if at else {key: value for key, value in wanted.items() if key in found}
        for key in sorted({*asked, *(found if at else ())}):
            if key not in found or key not in asked:
                yield f"{at}{key}: {'missing' if key not in found else 'not in the reference'}"
            else:
                yield from _compared(found[key], asked[key], f"{at}{key}: ")
    elif isinstance(wanted, float) or isinstance(found, float):
        if abs(found - wanted) > 0.0005 + 1e-9 * abs(wanted):
            yield f"{at}{found} instead of {wanted}"
    elif found != wanted:
        yield f"{at}{found!r} instead of {wanted!r}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
