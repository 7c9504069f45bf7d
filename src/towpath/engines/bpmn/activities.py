"""What an activity does, who does it, how often, and with which data."""

from __future__ import annotations

from towpath.engines.bpmn.dialect import BPMN, GLOBAL_TASKS, KINDS, refuse_unsupported
from towpath.engines.bpmn.model import AdHoc, Called, Element, Fixed, Loop, Many, Task, Value, Variable
from towpath.engines.bpmn.reader import Reader, extension, extensions, local
from towpath.engines.bpmn.triggers import read_thrown
from towpath.engines.xmltree import Node


def read_activity(reader: Reader, node: Node, element: Element) -> None:
    if element.kind == "call":
        node = _called(reader, node, element)
    _task(reader, node, element)
    _loops(reader, node, element)
    if node.tag == "adHocSubProcess":
        completion = node.find("completionCondition", BPMN)
        element.adhoc = AdHoc(
            None if completion is None else reader.formal(node, "the completionCondition", completion),
            node.attrs.get("ordering") == "Sequential",
            node.attrs.get("cancelRemainingInstances") != "false",
        )


def _task(reader: Reader, node: Node, element: Element) -> None:
    found = {child.tag: child.attrs for child in extensions(node)}
    definition = found.get("taskDefinition", {})
    assignment = found.get("assignmentDefinition", {})
    schedule = found.get("taskSchedule", {})
    form = found.get("formDefinition", {})
    step = reader.value(node, "the task type", definition.get("type"))
    form_name = form.get("formId") or form.get("formKey") or ""
    if not isinstance(step, Fixed | None):
        reader.findings.wrong(node, "the task type is computed", "write the step kind as it is")
    element.task = Task(
        type=step.text if isinstance(step, Fixed) else "",
        form=form_name,
        groups=reader.value(node, "candidateGroups", assignment.get("candidateGroups")),
        users=reader.value(node, "candidateUsers", assignment.get("candidateUsers")),
        assignee=reader.value(node, "assignee", assignment.get("assignee")),
        due=reader.value(node, "dueDate", schedule.get("dueDate")),
        headers=_headers(node),
        follow_up=reader.value(node, "followUpDate", schedule.get("followUpDate")),
        priority=reader.value(node, "the priority", found.get("priorityDefinition", {}).get("priority")),
        retries=reader.value(node, "retries", definition.get("retries")),
    )
    reader.refer("step", step, element)
    reader.refer("form", Fixed(form_name) if form_name else None, element)
    reader.refer("team", element.task.groups, element)
    _carried_out(reader, node, element, found)


def _carried_out(reader: Reader, node: Node, element: Element, found: dict[str, dict[str, str]]) -> None:
    """What each kind of activity needs beyond what all of them may have."""
    if "taskDefinition" in found and not found["taskDefinition"].get("type"):
        reader.findings.wrong(node, "the zeebe:taskDefinition has no type", "name a step kind")
    elif element.kind == "script" and not element.task.type:
        _script(reader, node, element, found.get("script", {}))
    elif element.kind == "decision" and not element.task.type:
        _decision(reader, node, element, found.get("calledDecision", {}))
    elif element.kind == "receive" or (element.kind == "send" and not element.task.type):
        element.message = reader.message(node, node.attrs.get("messageRef"))
    elif element.kind == "step" and "taskDefinition" not in found:
        reader.findings.wrong(
            node, "nothing says what the service task does", "give it a zeebe:taskDefinition type"
        )
    if node.tag == "task":
        reader.findings.doubtful(node, "nothing says who does it: a person has to say when it is done",
                                 "make it a userTask, a serviceTask, ...")  # fmt: skip


def _script(reader: Reader, node: Node, element: Element, script: dict[str, str]) -> None:
    element.result = reader.variable(node, "the resultVariable", script.get("resultVariable"))
    if not element.result or "expression" not in script:
        right = "give it a zeebe:script with expression and resultVariable"
        reader.findings.wrong(node, "the script task has no FEEL expression or no result variable", right)
    else:
        element.value = reader.feel(node, "the script", script["expression"])


def _decision(reader: Reader, node: Node, element: Element, called: dict[str, str]) -> None:
    element.result = reader.variable(node, "the resultVariable", called.get("resultVariable"))
    element.value = reader.value(node, "the decisionId", called.get("decisionId"))
    if not element.result or not called.get("decisionId"):
        right = "give it a zeebe:calledDecision with decisionId and resultVariable"
        reader.findings.wrong(node, "the business rule task names no decision or no result variable", right)
    reader.refer("decision", element.value, element)


def _called(reader: Reader, node: Node, element: Element) -> Node:
    """A call of a process; a call of a global task is that task, here."""
    zeebe = extension(node, "calledElement")
    attrs = zeebe.attrs if zeebe is not None else {}
    name = attrs.get("processId") or local(node.attrs.get("calledElement", ""))
    shared = reader.globals.get(name)
    if shared is not None and shared.tag in GLOBAL_TASKS:
        element.kind = KINDS[GLOBAL_TASKS[shared.tag]]
        return Node(
            GLOBAL_TASKS[shared.tag], node.ns, node.attrs, node.line, "", [*shared.children, *node.children]
        )
    value = reader.value(node, "the calledElement", name)
    if value is None:
        reader.findings.wrong(node, "calls nothing", "give it the calledElement, the id of a process")
        return node
    element.called = Called(
        value,
        attrs.get("propagateAllParentVariables") != "false",
        attrs.get("propagateAllChildVariables") != "false",
    )
    reader.refer("process", value, element)
    if isinstance(value, Fixed):
        reader.called.append((node, name))
    return node


# Several times


def _loops(reader: Reader, node: Node, element: Element) -> None:
    for loop in node.all("multiInstanceLoopCharacteristics", BPMN):
        element.many = _many(reader, node, loop, element)
    for loop in node.all("standardLoopCharacteristics", BPMN):
        refuse_unsupported(loop, reader.findings, node)
        condition = loop.find("loopCondition", BPMN)
        maximum = loop.attrs.get("loopMaximum")
        element.loop = Loop(
            None if condition is None else reader.formal(node, "the loopCondition", condition),
            None if maximum is None else reader.feel(node, "loopMaximum", maximum),
            loop.attrs.get("testBefore") == "true",
        )
        if condition is None and maximum is None:
            reader.findings.wrong(node, "nothing ends the loop", "give it a loopCondition or a loopMaximum")
        if element.many is not None:
            reader.findings.wrong(node, "is a loop and a multi-instance", "keep one of them")


def _many(reader: Reader, node: Node, loop: Node, element: Element) -> Many | None:
    refuse_unsupported(loop, reader.findings, node)
    found = extension(loop, "loopCharacteristics")
    attrs = found.attrs if found is not None else {}
    collection, cardinality = _how_many(reader, node, loop, attrs.get("inputCollection"))
    if collection is None and cardinality is None:
        right = "give zeebe:loopCharacteristics an inputCollection, or a loopCardinality"
        reader.findings.wrong(node, "nothing says for what the instances are", right)
        return None
    item = attrs.get("inputElement") or _named(loop.find("inputDataItem", BPMN))
    output = attrs.get("outputCollection") or _variable_of(reader, loop.find("loopDataOutputRef", BPMN), node)
    made = attrs.get("outputElement") or _named(loop.find("outputDataItem", BPMN))
    output_value: Value | None = None
    if bool(output) != bool(made):
        reader.findings.wrong(node, "outputCollection and outputElement go together", "give both, or neither")
    elif made:
        output_value = (
            reader.feel(node, "the outputElement", made) if attrs.get("outputElement") else Variable(made)
        )
    completion = loop.find("completionCondition", BPMN)
    behaviour = loop.attrs.get("behavior", "All")
    return Many(
        collection,
        reader.variable(node, "the inputElement", item),
        reader.variable(node, "the outputCollection", output),
        output_value,
        cardinality,
        loop.attrs.get("isSequential") == "true",
        None if completion is None else reader.formal(node, "the completionCondition", completion),
        _thrown(reader, node, loop, element, behaviour),
        behaviour == "One",
    )


def _how_many(
    reader: Reader, node: Node, loop: Node, collection: str | None
) -> tuple[Value | None, Value | None]:
    if collection:
        return reader.feel(node, "the inputCollection", collection), None
    cardinality = loop.find("loopCardinality", BPMN)
    if cardinality is not None:
        return None, reader.formal(node, "the loopCardinality", cardinality)
    name = _variable_of(reader, loop.find("loopDataInputRef", BPMN), node)
    return (Variable(name) if name else None), None


def _thrown(
    reader: Reader, node: Node, loop: Node, element: Element, behaviour: str
) -> tuple[tuple[Value | None, Element], ...]:
    if behaviour in ("None", "One"):
        ref = loop.attrs.get(f"{behaviour.lower()}BehaviorEventRef")
        return ((None, read_thrown(reader, node, ref, element)),) if ref else ()
    if behaviour != "Complex":
        return ()
    found = []
    for definition in loop.all("complexBehaviorDefinition", BPMN):
        condition, event = definition.find("condition", BPMN), definition.find("event", BPMN)
        inside = [] if event is None else [c for c in event.children if c.tag.endswith("EventDefinition")]
        refs = [] if event is None else [c.text for c in event.all("eventDefinitionRef", BPMN)]
        for child in inside:
            reader.definitions.setdefault(child.attrs.get("id", ""), child)
            refs.append(child.attrs.get("id", ""))
        if condition is None:
            reader.findings.wrong(node, "its complexBehaviorDefinition has no condition", "write one in FEEL")
            continue
        value = reader.formal(node, "the condition of its behaviour", condition)
        found += [(value, read_thrown(reader, node, ref.strip(), element)) for ref in refs]
    return tuple(found)


# Data


def read_data(reader: Reader, node: Node, element: Element) -> None:
    """Data associations, as mappings between variables. A data object or property is the variable of its name."""
    specification = node.find("ioSpecification", BPMN) or node
    own = {
        data.attrs["id"]: data.attrs.get("name") or data.attrs["id"]
        for data in (*specification.all("dataInput", BPMN), *specification.all("dataOutput", BPMN))
        if "id" in data.attrs
    }
    for association in node.all("dataInputAssociation", BPMN):
        element.inputs += _association(reader, node, association, reader.data, own)
    for association in node.all("dataOutputAssociation", BPMN):
        element.outputs += _association(reader, node, association, own, reader.data)


def _association(
    reader: Reader, node: Node, association: Node, froms: dict[str, str], tos: dict[str, str]
) -> tuple[tuple[str, Value], ...]:
    if association.find("assignment", BPMN) is not None:
        reader.findings.wrong(
            node, "an assignment of a data association is not supported", "use zeebe:ioMapping"
        )
        return ()
    sources = [local(ref.text) for ref in association.all("sourceRef", BPMN)]
    target = next((local(ref.text) for ref in association.all("targetRef", BPMN)), "")
    transformation = association.find("transformation", BPMN)
    if target not in tos:
        reader.findings.wrong(node, f"its data go to '{target}', which is not known", "name what takes them")
        return ()
    missing = [source for source in sources if source not in froms]
    if missing or (len(sources) != 1 and transformation is None):
        what = f"its data come from '{' '.join(sources)}', which is not one thing that is known"
        reader.findings.wrong(node, what, "name one source, or write a transformation")
        return ()
    if transformation is not None:
        return ((tos[target], reader.formal(node, "the transformation", transformation)),)
    return ((tos[target], Variable(froms[sources[0]])),)


def _variable_of(reader: Reader, ref: Node | None, node: Node) -> str:
    """The variable of the data input or output that a multi-instance goes through."""
    if ref is None:
        return ""
    name = local(ref.text)
    specification = node.find("ioSpecification", BPMN)
    for data in specification.children if specification is not None else ():
        if data.attrs.get("id") == name:
            return data.attrs.get("name") or name
    return reader.data.get(name, name)


def _named(node: Node | None) -> str:
    return "" if node is None else node.attrs.get("name") or node.attrs.get("id", "")


def _headers(node: Node) -> dict[str, str]:
    headers = extension(node, "taskHeaders")
    if headers is None:
        return {}
    return {item.attrs.get("key", ""): item.attrs.get("value", "") for item in headers.children}
