"""Files -> `Model`, or every problem at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from towpath.engines.bpmn import check, connect, diagram, standard
from towpath.engines.bpmn.dialect import (
    ARTEFACTS,
    BPMN,
    CONTAINERS,
    DATA,
    DEFINITIONS,
    GLOBAL_TASKS,
    KINDS,
    TOP,
    refuse_unsupported,
)
from towpath.engines.bpmn.errors import BpmnError, Problem
from towpath.engines.bpmn.findings import Findings
from towpath.engines.bpmn.model import Element, Flow, Message, Model, Process, Reference
from towpath.engines.bpmn.read import read_element, read_flow
from towpath.engines.bpmn.reader import Reader, extension, local
from towpath.engines.xmltree import Node, XmlError, parse

LIMIT = 2_000  # elements of one process: far beyond what a person can read, and checked in a second
FLOWS = 2 * LIMIT
_ID = re.compile(r"[^\W\d][\w.-]*")


def load(*xml: str | bytes, drawn: bool = False) -> Model:
    """Read and check BPMN files that belong together. BpmnError lists everything that is wrong in them.

    Processes with isExecutable="false" are only drawn by their authors: they are left out, with a warning. With
    `drawn` they are read, to be replayed and drawn: their choices need no conditions, and they cannot be run.
    """
    findings = Findings()
    processes: dict[str, Process] = {}
    references: list[Reference] = []
    called: list[tuple[Node, str]] = []
    for text in xml:
        for process in _file(text, findings, references, called, drawn):
            if process.id in processes:
                findings.wrong(process, "another process has the same id", "rename one of them")
            processes[process.id] = process
    _calls(processes, called, findings)
    if not processes and not findings.problems:
        findings.problems.append(
            Problem("", "", 1, "no executable process", "set isExecutable='true' on one")
        )
    if not findings.problems:
        for process in processes.values():
            check.doubts(process, findings)
    if findings.problems:
        raise BpmnError(findings.problems)
    return Model(processes, tuple(references), tuple(findings.warnings))


def _calls(processes: dict[str, Process], called: list[tuple[Node, str]], findings: Findings) -> None:
    for node, name in called:
        if name not in processes:
            findings.wrong(
                node,
                f"calls '{name}', which is no executable process of these files",
                "load its file together",
            )
        elif not any(entry.kind != "start" or entry.plain for entry in processes[name].entries()):
            findings.wrong(
                node, f"calls '{name}', which has no plain start event", "give that process a start event"
            )


def _file(
    text: str | bytes,
    findings: Findings,
    references: list[Reference],
    called: list[tuple[Node, str]],
    drawn: bool,
) -> Iterator[Process]:
    try:
        root = parse(text)
    except XmlError as error:
        findings.problems.append(Problem("", "", error.line, error.message))
        return
    if root.tag != "definitions" or root.ns != BPMN:
        findings.wrong(root, f"'{root.tag}' is not BPMN 2.0", f"the root is definitions in {BPMN}")
        return
    if not _ids_are_right(root, findings):
        return
    standard.check(root, findings)
    reader = Reader(findings, references=references, called=called)
    _declarations(root, reader)
    for node in root.all("process", BPMN):
        if node.attrs.get("isExecutable") == "false" and not drawn:
            findings.doubtful(node, "is left out", "set isExecutable='true' to run it")
        else:
            yield _process(root, node, reader)


def _ids_are_right(root: Node, findings: Findings) -> bool:
    """Everything else relies on ids, so nothing more is read if they are wrong."""
    known: dict[str, int] = {}
    before = len(findings.problems)
    for node in root.iter():
        if node.ns != BPMN:
            continue
        name = node.attrs.get("id")
        if name is None:
            if node.tag in KINDS or node.tag in ("process", "sequenceFlow", "message", "error", "signal"):
                findings.wrong(node, f"a {node.tag} without an id", "give it one")
        elif not _ID.fullmatch(name):
            findings.wrong(node, "is not an id", "begin with a letter; use letters, digits, - _ .")
        elif name in known:
            findings.wrong(node, f"the id is also used on line {known[name]}", "rename one of them")
        else:
            known[name] = node.line
    return len(findings.problems) == before


def _declarations(root: Node, reader: Reader) -> None:
    for node in root.children:
        if node.ns != BPMN:
            continue
        name = node.attrs.get("id", "")
        if node.tag == "message":
            reader.messages[name] = _message(node, reader)
        elif node.tag == "error":
            reader.errors[name] = node.attrs.get("errorCode", "")
            if node.attrs.get("errorCode", "")[:1] in ("", "="):
                reader.findings.wrong(
                    node, "the error has no fixed errorCode", "give it one; steps fail with it"
                )
        elif node.tag == "signal":
            reader.signals[name] = node.attrs.get("name") or name
        elif node.tag == "escalation":
            reader.escalations[name] = node.attrs.get("escalationCode", "")
        elif node.tag in DEFINITIONS:
            reader.definitions[name] = node
        elif node.tag in GLOBAL_TASKS:
            reader.globals[name] = node
        elif node.tag not in TOP:
            _refuse_top(node, reader)
    _data(root, reader)


def _refuse_top(node: Node, reader: Reader) -> None:
    if node.tag == "import" and "XMLSchema" in node.attrs.get("importType", ""):
        return  # the types of messages and data; we check none
    reader.findings.wrong(node, f"{node.tag} is not supported", "remove it")


def _data(root: Node, reader: Reader) -> None:
    """Every data object, property and store is a variable of its name."""
    for node in root.iter():
        if node.ns == BPMN and "id" in node.attrs and node.tag in ("dataObject", "property", "dataStore"):
            reader.data[node.attrs["id"]] = node.attrs.get("name") or node.attrs["id"]
    for node in root.iter():
        ref = node.attrs.get("dataObjectRef") or node.attrs.get("dataStoreRef")
        if node.ns == BPMN and "id" in node.attrs and ref:
            reader.data[node.attrs["id"]] = reader.data.get(local(ref), local(ref))


def _message(node: Node, reader: Reader) -> Message:
    name = node.attrs.get("name", "")
    if not name or name.startswith("="):
        reader.findings.wrong(node, "the message has no fixed name", "name it")
    subscription = extension(node, "subscription")
    key = subscription.attrs.get("correlationKey") if subscription is not None else None
    return Message(name, reader.value(node, "the correlationKey", key))


def _process(root: Node, node: Node, reader: Reader) -> Process:
    elements: dict[str, Element] = {}
    flows: dict[str, Flow] = {}
    associations: list[tuple[str, str]] = []
    _container(node, None, reader, elements, flows, associations)
    place = diagram.read(root, elements.keys() | flows.keys())
    runs = node.attrs.get("isExecutable") != "false"
    process = Process(
        node.attrs["id"], node.attrs.get("name", ""), node.line, elements, flows, place, executable=runs
    )
    for what, count, most in (("elements", len(elements), LIMIT), ("flows", len(flows), FLOWS)):
        if count > most:
            reader.findings.wrong(node, f"has more than {most} {what}", "split the process")
            return process
    connect.connect(process, associations, reader.findings)
    check.check(process, reader.findings)
    return replace(process, **connect.indexes(process))


def _container(
    node: Node,
    scope: str | None,
    reader: Reader,
    elements: dict[str, Element],
    flows: dict[str, Flow],
    associations: list[tuple[str, str]],
) -> None:
    if node.tag == "process":
        refuse_unsupported(node, reader.findings)
    for child in node.children:
        if child.ns != BPMN:
            continue
        if child.tag == "association":
            ends = local(child.attrs.get("sourceRef", "")), local(child.attrs.get("targetRef", ""))
            associations.append(ends)
        if child.tag in ARTEFACTS or child.tag in DATA:
            continue
        if child.tag == "sequenceFlow":
            flow = read_flow(reader, child)
            flows[flow.id] = flow
        elif child.tag in KINDS:
            elements[child.attrs["id"]] = read_element(reader, child, scope)
            if child.tag in CONTAINERS:
                _container(child, child.attrs["id"], reader, elements, flows, associations)
