"""Constraints of BPMN 2.0 on data: inputs and outputs, their sets, their types (Bamberg numbers 020 and 042 to 094)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from towpath.engines.bpmn.dialect import BPMN, KINDS
from towpath.engines.bpmn.reader import local
from towpath.engines.xmltree import Node

Broken = Iterator[tuple[Node, str, str]]
Nodes = Mapping[str, Node]


def broken(root: Node, nodes: Nodes, element: Callable[[Node], Node]) -> Broken:
    """(element, what is wrong, what would be right)"""
    for node in root.iter():
        if node.ns != BPMN:
            continue
        owner = element(node)
        if node.tag == "ioSpecification":
            yield from _sets(owner, node)
        elif node.tag in ("dataInputAssociation", "dataOutputAssociation"):
            yield from _association(owner, node, nodes)
        elif node.tag in ("dataInput", "dataOutput", "dataObject", "dataStore"):
            yield from _collection(owner, node, nodes)
        elif node.tag in ("sendTask", "receiveTask", "serviceTask"):
            yield from _exchange(node, nodes)
        elif node.tag == "multiInstanceLoopCharacteristics":
            yield from _instances(owner, node, nodes)
        elif node.tag == "callActivity":
            yield from _call(node, nodes)
        if KINDS.get(node.tag) in ("start", "end", "throw", "catch", "boundary"):
            yield from _event(node, nodes)


def _refs(node: Node, tag: str) -> list[str]:
    return [local(ref.text) for ref in node.all(tag, BPMN)]


def _sets(owner: Node, specification: Node) -> Broken:
    inputs, outputs = specification.all("inputSet", BPMN), specification.all("outputSet", BPMN)
    for data, sets, refs in (
        ("dataInput", inputs, "dataInputRefs"),
        ("dataOutput", outputs, "dataOutputRefs"),
    ):
        listed = {ref for one in sets for ref in _refs(one, refs)}
        for item in specification.all(data, BPMN):
            if item.attrs.get("id") not in listed:  # 084
                yield owner, f"its {data} '{item.attrs.get('id')}' is in no set", f"list it as {refs}"
        kind = "Input" if data == "dataInput" else "Output"
        for one in sets:  # 085, 086, 089, 090
            for some in (f"optional{kind}Refs", f"whileExecuting{kind}Refs"):
                for ref in sorted(set(_refs(one, some)) - set(_refs(one, refs))):
                    yield owner, f"'{ref}' is one of its {some}, but not of its {refs}", "list it there"
    yield from _refers_back(owner, inputs, outputs, "outputSetRefs", "inputSetRefs")
    yield from _refers_back(owner, outputs, inputs, "inputSetRefs", "outputSetRefs")


def _refers_back(owner: Node, sets: list[Node], others: list[Node], there: str, back: str) -> Broken:  # 087
    for each in sets:
        for other in others:
            name, refs = other.attrs.get("id"), _refs(each, there)
            if name and name in refs and each.attrs.get("id") not in _refs(other, back):
                yield owner, f"its set '{name}' does not refer back to '{each.attrs.get('id')}'", "add it"


def _collection(owner: Node, data: Node, nodes: Nodes) -> Broken:  # 020, 077, 083
    definition = nodes.get(local(data.attrs.get("itemSubjectRef", "")))
    if definition is None or "isCollection" not in data.attrs or definition.tag != "itemDefinition":
        return
    if data.attrs["isCollection"] != definition.attrs.get("isCollection", "false"):
        what = f"isCollection of '{data.attrs.get('id')}' is not that of its itemDefinition"
        yield owner, what, f"set it to {definition.attrs.get('isCollection', 'false')}"


def _type(data: Node | None, nodes: Nodes) -> Node | None:
    """The item definition of something that holds data."""
    if data is None:
        return None
    if data.tag in ("dataObjectReference", "dataStoreReference"):
        name = data.attrs.get("dataObjectRef") or data.attrs.get("dataStoreRef") or ""
        return _type(nodes.get(local(name)), nodes)
    ref = data.attrs.get("itemSubjectRef") or data.attrs.get("itemRef") or data.attrs.get("structureRef")
    found = nodes.get(local(ref or ""))
    return found if found is not None and found.tag == "itemDefinition" else None


def _differ(one: Node | None, other: Node | None) -> bool:
    """Two item definitions that are known and mean different things."""
    if one is None or other is None or one is other:
        return False
    structures = one.attrs.get("structureRef"), other.attrs.get("structureRef")
    return structures[0] != structures[1] or structures[0] is None


def _association(owner: Node, association: Node, nodes: Nodes) -> Broken:
    if (
        association.find("transformation", BPMN) is not None
        or association.find("assignment", BPMN) is not None
    ):
        return
    targets = _refs(association, "targetRef")
    for source in _refs(association, "sourceRef"):  # 091
        for target in targets:
            if _differ(_type(nodes.get(source), nodes), _type(nodes.get(target), nodes)):
                yield owner, f"'{source}' and '{target}' hold different types", "write a transformation"


def _exchange(task: Node, nodes: Nodes) -> Broken:
    specification = task.find("ioSpecification", BPMN)
    if specification is None:
        return
    operation = nodes.get(local(task.attrs.get("operationRef", "")))
    inputs, outputs = specification.all("dataInput", BPMN), specification.all("dataOutput", BPMN)
    input_sets, output_sets = specification.all("inputSet", BPMN), specification.all("outputSet", BPMN)
    if task.tag == "serviceTask" and operation is not None:  # 042 to 045
        if len(input_sets) != 1 or len(output_sets) > 1:
            yield (
                task,
                "a service task with an operation has one input set and at most one output set",
                "keep one",
            )
        yield from _same(task, inputs, _message_of(operation, "inMessageRef", nodes), nodes)
        yield from _same(task, outputs, _message_of(operation, "outMessageRef", nodes), nodes)
    message = nodes.get(local(task.attrs.get("messageRef", "")))
    if message is None or task.tag == "serviceTask":
        return
    data, sets = (inputs, input_sets) if task.tag == "sendTask" else (outputs, output_sets)
    if len(data) > 1 or len(sets) > 1:  # 046, 047, 051
        yield task, "a message has one piece of data", "keep one input or output, in one set"
    yield from _same(task, data, message, nodes)


def _message_of(operation: Node, tag: str, nodes: Nodes) -> Node | None:
    return next((nodes.get(ref) for ref in _refs(operation, tag)), None)


def _same(task: Node, data: list[Node], message: Node | None, nodes: Nodes) -> Broken:  # 044, 045, 048, 052
    for item in data if message is not None and message.attrs.get("itemRef") else ():
        kind = _type(item, nodes)
        if kind is None or _differ(kind, _type(message, nodes)):
            yield (
                task,
                f"'{item.attrs.get('id')}' has not the type of its message",
                "give it the same itemSubjectRef",
            )


def _instances(owner: Node, loop: Node, nodes: Nodes) -> Broken:  # 068 to 070
    for ref, item in (("loopDataInputRef", "inputDataItem"), ("loopDataOutputRef", "outputDataItem")):
        for name in _refs(loop, ref):
            whole, single = nodes.get(name), loop.find(item, BPMN)
            if whole is None or single is None:
                continue
            of, one = _type(whole, nodes), _type(single, nodes)
            if one is None or of is None:
                continue
            structures = one.attrs.get("structureRef"), of.attrs.get("structureRef")
            if one.attrs.get("isCollection") == "true" or structures[0] != structures[1]:
                yield (
                    owner,
                    f"'{single.attrs.get('id')}' is not of the type of one of '{name}'",
                    "give it that type",
                )


def _call(call: Node, nodes: Nodes) -> Broken:
    """063: who calls gives and takes exactly what the called one says; 064: a service says how it is bound."""
    called = nodes.get(local(call.attrs.get("calledElement", "")))
    if called is None:
        return
    mine, theirs = call.find("ioSpecification", BPMN), called.find("ioSpecification", BPMN)
    for tag in ("dataInput", "dataOutput"):
        here = [_type(data, nodes) for data in mine.all(tag, BPMN)] if mine is not None else []
        there = [_type(data, nodes) for data in theirs.all(tag, BPMN)] if theirs is not None else []
        differ = any(_differ(one, other) for one, other in zip(here, there, strict=False))
        if len(here) != len(there) or differ:
            yield call, f"its {tag}s are not those of '{called.attrs.get('id')}'", "give both the same"
    if called.find("supportedInterfaceRef", BPMN) is not None and called.find("ioBinding", BPMN) is None:
        yield call, f"'{called.attrs.get('id')}' is a service without an ioBinding", "bind its operations"


def _event(event: Node, nodes: Nodes) -> Broken:
    """093, 094: as many pieces of data as definitions, each of its definition's type."""
    tag = "dataInput" if KINDS[event.tag] in ("end", "throw") else "dataOutput"
    data = event.all(tag, BPMN)
    if not data:
        return
    definitions = [child for child in event.children if child.tag.endswith("EventDefinition")]
    definitions += [nodes[ref] for ref in _refs(event, "eventDefinitionRef") if ref in nodes]
    with_data = [d for d in definitions if d.tag.removesuffix("EventDefinition") in _CARRYING]
    if len(with_data) != len(data):
        yield (
            event,
            f"has {len(data)} {tag}s for {len(with_data)} definitions that carry data",
            "give one for each",
        )
        return
    for item, definition in zip(data, with_data, strict=True):
        thing = nodes.get(
            local(definition.attrs.get(_CARRYING[definition.tag.removesuffix("EventDefinition")], ""))
        )
        if _differ(_type(item, nodes), _type(thing, nodes)):
            yield (
                event,
                f"'{item.attrs.get('id')}' has not the type of what its event carries",
                "give it that type",
            )


_CARRYING: Mapping[str, str] = {
    "message": "messageRef",
    "signal": "signalRef",
    "error": "errorRef",
    "escalation": "escalationRef",
}
