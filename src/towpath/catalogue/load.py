"""Making a package of its files. Expects files that `check` has found right; `check` says what is wrong with others."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from towpath.catalogue import package as p
from towpath.engines import bpmn, dmn, feel

Raw = Mapping[str, Any]
KEPT = ("service.yaml", "form.yaml", "tasks.yaml", "process.bpmn")
FOLDERS = ("decisions", "letters", "locale", "scenarios")


def files_of(folder: Path) -> dict[str, str]:
    """Path in the package -> text, for the files that belong to a package."""
    named = [folder / name for name in KEPT]
    inside = [path for name in FOLDERS for path in sorted((folder / name).glob("*.*"))]
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in [*named, *inside]
        if path.is_file()
    }


def is_kept(path: str) -> bool:
    """Whether a file is part of what is published."""
    return path in KEPT or path.partition("/")[0] in FOLDERS


def load(files: Mapping[str, str]) -> p.Package:
    tasks = _yaml(files["tasks.yaml"])
    service = _service(_yaml(files["service.yaml"]))
    model = bpmn.load(files["process.bpmn"])
    return p.Package(
        service=service,
        form=_form(_yaml(files["form.yaml"])),
        tasks={raw["id"]: _task(raw) for raw in tasks["tasks"]},
        asks={raw["id"]: _ask(raw) for raw in tasks.get("asks", [])},
        letters={name: _letter(name, _yaml(text)) for name, text in _inside(files, "letters")},
        process=p.own_process(model),
        model=model,
        decisions=_decisions(files),
        texts={language: flat(_yaml(text)) for language, text in _inside(files, "locale")},
        scenarios={name: _yaml(text) for name, text in _inside(files, "scenarios")},
    )


def _inside(files: Mapping[str, str], folder: str) -> list[tuple[str, str]]:
    return [(Path(path).stem, text) for path, text in sorted(files.items()) if path.startswith(f"{folder}/")]


def _yaml(text: str) -> Any:
    return yaml.load(text, Loader=Exact)  # noqa: S506 - a SafeLoader that reads numbers exactly


# The same loader in C, where PyYAML was built with it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Exact(_Loader):  # type: ignore[misc]
    """Reads decimal numbers as `Decimal`, so that an amount is what was written."""


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)).replace("_", ""))


Exact.add_constructor("tag:yaml.org,2002:float", _decimal)


def flat(texts: Raw, prefix: str = "") -> dict[str, str]:
    """`{"pages": {"name": {"title": "x"}}}` gives `{"pages.name.title": "x"}`; lists are joined by newlines."""
    found: dict[str, str] = {}
    for key, value in texts.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = "\n".join(value) if isinstance(value, list) else str(value)
    return found


def _decisions(files: Mapping[str, str]) -> dict[str, dmn.Model]:
    """Decision id or name -> the model that holds it."""
    models = [dmn.load(text) for _, text in _inside(files, "decisions")]
    return {name: model for model in models for name in model.decisions}


def _value(text: str | None) -> feel.Expression | None:
    return feel.compile(text) if text else None


def _duration(raw: Any, key: str) -> str:
    return str(raw.get(key, "")) if raw else ""


def _service(raw: Raw) -> p.Service:
    deadline, reviews = raw.get("deadline"), raw.get("reviews", {})
    assurance = raw["assurance"]
    return p.Service(
        identifier=raw["identifier"],
        version=raw["version"],
        in_force_from=date.fromisoformat(str(raw["in-force"]["from"])),
        applies_by=raw["applies-by"],
        languages=tuple(raw["languages"]),
        channels=tuple(raw["channels"]),
        owning_team=raw["owning-team"],
        teams=tuple(raw["teams"]),
        assurance=assurance["apply"],
        read_assurance=assurance.get("read-registers", "substantial"),
        open_to=tuple(raw.get("open-to", ["residents"])),
        legal_resources=tuple(item["id"] for item in raw["legal-resources"]),
        stages=tuple(
            p.Stage(s["id"], frozenset(s["elements"]), s.get("waits-for", "us")) for s in raw["stages"]
        ),
        outcomes={
            o["id"]: p.Outcome(o["id"], o["favourable"], o["by"], o.get("appeal", True))
            for o in raw["outcomes"]
        },
        deadline=_deadline(deadline) if deadline else None,
        appeal=_term(raw.get("appeal")),
        review=_term(reviews),
        reviewed_outcomes=frozenset(reviews.get("asked-after", [])),
        drafts_kept=_duration(raw.get("retention"), "drafts") or "P30D",
        raw=raw,
    )


def _deadline(raw: Raw) -> p.Deadline:
    return p.Deadline(
        within=raw["within"],
        stops=raw["clock"] == "stops-while-resident-owes",
        legal_basis=raw["legal-basis"],
        warn_before=raw.get("warn-before", ""),
    )


def _term(raw: Raw | None) -> p.Term:
    return p.Term(_duration(raw, "within"), str((raw or {}).get("legal-basis", "")))


def _form(raw: Raw) -> p.Form:
    pages = tuple(
        p.Page(page["id"], tuple(_question(q) for q in page["questions"]), _value(page.get("show-if")))
        for page in raw["pages"]
    )
    form = p.Form(pages)
    guided = raw.get("guided-check")
    if not guided:
        return form
    asked = [form.question(q) if isinstance(q, str) else _question(q) for q in guided["questions"]]
    return p.Form(pages, p.GuidedCheck(guided["decision"], tuple(q for q in asked if q)))


def _question(raw: Raw) -> p.Question:
    source = raw.get("source")
    return p.Question(
        id=raw["id"],
        type=raw["type"],
        optional=raw.get("optional", False),
        show_if=_value(raw.get("show-if")),
        options=tuple(raw.get("options", ())),
        checks=tuple(p.Check(c["id"], feel.compile(c["holds"])) for c in raw.get("checks", ())),
        min=Decimal(str(raw["min"])) if "min" in raw else None,
        max=Decimal(str(raw["max"])) if "max" in raw else None,
        max_length=raw.get("max-length"),
        max_files=raw.get("max-files", 1),
        source=p.Source(**source) if source else None,
        fills=raw.get("fills", ""),
        sensitive=raw.get("sensitive", False),
        retention=raw.get("retention", ""),
        prefill=_value(raw.get("prefill")),
    )


def _task(raw: Raw) -> p.TaskForm:
    decides = raw.get("decides")
    return p.TaskForm(
        id=raw["id"],
        due=raw.get("due", ""),
        shows=tuple(raw.get("shows", ())),
        fields=tuple(_question(q) for q in raw.get("fields", ())),
        decides=p.Decides(tuple(decides["outcomes"]), _value(decides.get("when"))) if decides else None,
    )


def _ask(raw: Raw) -> p.Ask:
    return p.Ask(
        id=raw["id"],
        letter=raw["letter"],
        fields=tuple(_question(q) for q in raw["fields"]),
        wording=raw.get("wording", ""),
        reply_within=raw.get("reply-within", ""),
    )


def _letter(name: str, raw: Raw) -> p.Letter:
    return p.Letter(
        id=name,
        tells=raw["tells"],
        channels=tuple(raw["channels"]),
        paragraphs=tuple(p.Paragraph(x["id"], _value(x.get("show-if"))) for x in raw["paragraphs"]),
        places={
            key: p.Place(feel.compile(place["value"]), place["as"], place.get("question", ""))
            for key, place in raw.get("places", {}).items()
        },
    )
