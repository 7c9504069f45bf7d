"""What is named in one place exists in the other."""

import re
from pathlib import Path

from towpath import flow
from towpath.foundation.journal import event_types
from towpath.foundation.steps import step_kinds

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "follow-a-request.md").read_text()


def test_subscribers_listen_to_events_that_exist():
    for subscriber in flow.SUBSCRIBERS:
        assert subscriber.types <= set(event_types()), subscriber.name


def test_subscribers_have_names_of_their_own():
    names = [subscriber.name for subscriber in flow.SUBSCRIBERS]
    assert len(set(names)) == len(names)


def test_step_kinds_of_the_packages_are_registered():
    used = set()
    for path in (ROOT / "services").glob("*/process.bpmn"):
        used |= set(re.findall(r'taskDefinition type="([^"]+)"', path.read_text()))
    assert used and used <= set(step_kinds())


def test_events_are_named_in_the_past_and_by_their_room():
    for name in event_types():
        assert re.fullmatch(r"[a-z]+\.[a-z][a-z-]+", name), name


def test_the_walk_through_the_code_is_true():
    """Every `path` and every `path: name` of docs/follow-a-request.md exists."""
    references = re.findall(r"`(src/[\w./-]+|services/[\w./-]+|docs/[\w./-]+)(?:: ([\w.]+))?`", DOC)
    assert len(references) > 15
    for path, name in references:
        file = ROOT / path
        assert file.exists(), path
        if name:
            last = name.rpartition(".")[2]
            assert re.search(rf"\b(def|class) {last}\b|^{last}\b", file.read_text(), re.MULTILINE), (
                f"{path}: {name}"
            )


def test_links_between_documents_lead_somewhere():
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
