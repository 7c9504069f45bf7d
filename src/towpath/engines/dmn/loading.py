"""DMN XML to a `Model`: everything that is wrong is found before anything is refused."""

from __future__ import annotations

from collections.abc import Sequence

from towpath.engines.dmn.boxed import Refused
from towpath.engines.dmn.boxes import EXPRESSIONS, BoxReader
from towpath.engines.dmn.documents import NAMESPACES, Document, documents
from towpath.engines.dmn.elements import Decision, Element, Input, Knowledge, Needs, Service
from towpath.engines.dmn.graph import break_cycles, in_order
from towpath.engines.dmn.model import Model
from towpath.engines.dmn.problems import DmnError, Report
from towpath.engines.dmn.reading import Reading
from towpath.engines.dmn.run import Logic
from towpath.engines.feel.names import nearest
from towpath.engines.feel.types import ANY, Type
from towpath.engines.xmltree import Node

MAX_DECISIONS = 2_000
_KINDS: dict[str, type[Element]] = {
    "inputData": Input,
    "decision": Decision,
    "businessKnowledgeModel": Knowledge,
    "decisionService": Service,
}
_READ = {"itemDefinition", "import", *_KINDS}
_NO_EFFECT = {  # what documents a model and changes no value
    *("association", "businessContextElement", "description", "elementCollection", "extensionElements"),
    *("group", "knowledgeSource", "organizationUnit", "performanceIndicator", "textAnnotation"),
}
_NO_EFFECT_INSIDE = {
    *("allowedAnswers", "authorityRequirement", "decisionMaker", "decisionOwner", "description"),
    *("extensionElements", "impactedPerformanceIndicator", "question", "supportedObjective"),
    *("usingProcess", "usingTask", "variable", "informationRequirement", "knowledgeRequirement"),
}
_REQUIRED: dict[str, type[Element] | tuple[type[Element], ...]] = {
    "requiredInput": Input,
    "requiredDecision": Decision,
    "requiredKnowledge": (Knowledge, Service),
}


def load(xml: str | bytes, imports: Sequence[str | bytes] = (), *, refuse: bool = True) -> Model:
    """A model of DMN 1.3, 1.4 or 1.5; `imports` are the models that it imports, directly or not.

    DmnError lists everything that is wrong or not supported. With `refuse=False` the model comes all the
    same, as long as it is DMN at all: `model.errors` has the list, and what was refused gives null.
    """
    ordered, problems = documents(xml, imports)
    report = Report()
    report.errors.extend(problems)
    loaded: dict[Document, DocumentReader] = {}
    for document in ordered:
        loaded[document] = DocumentReader(document, report, loaded)
    main = loaded[ordered[-1]]
    model = main.model()
    if model.errors and refuse:
        raise DmnError(model.errors)
    return model


class DocumentReader:
    """One document. `elements` are its own by id; `types` what others may name of it."""

    def __init__(self, document: Document, report: Report, loaded: dict[Document, DocumentReader]) -> None:
        self.root = document.root
        self.document = document
        self.name = document.name
        self.report = report
        self.imports = [(name, loaded[other]) for name, other in document.imports]
        self.elements: dict[str, Element] = {}
        self.nodes: dict[Element, Node] = {}
        language = self.root.attrs.get("expressionLanguage", "feel")
        self._check_children()
        self.reading = Reading(report, self.root.all("itemDefinition"), self._imported_types(), language)
        self.reading.language(self.root, self.name)
        self._index()
        self.reading.parts = tuple({*self.reading.parts, *self._imported_names()})
        for element, node in self.nodes.items():
            self._fill(element, node)
        self._break_cycles()

    def model(self) -> Model:
        decisions = [each for each in self.nodes if isinstance(each, Decision)]
        if not 0 < len(decisions) <= MAX_DECISIONS:
            message = f"a model has 1 to {MAX_DECISIONS} decisions (MAX_DECISIONS), not {len(decisions)}"
            self.report.error(self.root, self.name, message)
        errors = sorted(self.report.errors + self.report.clashes, key=lambda problem: problem.line)
        return Model(self.name, list(self.nodes), self.report, errors)

    def _check_children(self) -> None:
        for node in self.root.children:
            if node.ns == self.root.ns and node.tag not in _READ | _NO_EFFECT:
                self.report.error(node, node.attrs.get("name", ""), f"'{node.tag}' is not supported")
        for node in self.root.all("import"):
            kind = node.attrs.get("importType", "")
            if kind not in NAMESPACES:
                message = f"imports something of type '{kind}'; only DMN models can be imported"
                self.report.error(node, node.attrs.get("name", ""), message)

    # -- what imported models bring

    def _imported_types(self) -> dict[str, Type]:
        return {
            f"{alias}.{name}" if alias else name: type_
            for alias, other in self.imports
            for name, type_ in other.reading.types.items()
        }

    def _imported_names(self) -> set[str]:
        own = {each.name for _, other in self.imports for each in other.nodes}
        return own | {part for _, other in self.imports for part in other.reading.parts}

    # -- the elements, first by name, then with what they consist of

    def _index(self) -> None:
        names = {alias for alias, _ in self.imports if alias}
        for node in self.root.children:
            kind = _KINDS.get(node.tag)
            if kind is None or node.ns != self.root.ns:
                continue
            name, id_ = node.attrs.get("name", ""), node.attrs.get("id", "")
            if not name:
                self.report.error(node, name, f"the {node.tag} needs a name")
            if name.startswith("__"):
                self.report.error(node, name, "names that begin with '__' are reserved")
            if name in names:
                self.report.error(node, name, "another input, decision or import has the same name")
            if id_ in self.elements:
                self.report.error(node, name, "another element has the same id")
            names.add(name)
            element = kind(id_, name, node.line, self._variable_type(node), self.document.namespace)
            self.nodes[element] = node
            if id_:  # without one it can't be required, which may be meant
                self.elements[id_] = element

    def _variable_type(self, node: Node) -> Type:
        name = node.attrs.get("name", "")
        variable = node.find("variable")
        if variable is None:
            return self.reading.type_named(None, node, name)
        other = variable.attrs.get("name", name)
        if other != name:
            self.report.error(variable, name, f"its variable is named '{other}'; both names must be the same")
        type_ = self.reading.type_named(variable.attrs.get("typeRef"), variable, name)
        if node.tag in ("businessKnowledgeModel", "decisionService") and type_.base == "function":
            return type_.gives or self.reading.type_named(None, node, name)
        return type_

    def _fill(self, element: Element, node: Node) -> None:
        if isinstance(element, Decision):
            element.needs = self._needs(node, element.name)
            element.logic = self._logic(element, node)
        elif isinstance(element, Knowledge):
            element.needs = self._needs(node, element.name)
            self._fill_knowledge(element, node)
        elif isinstance(element, Service):
            self._fill_service(element, node)

    def _fill_knowledge(self, element: Knowledge, node: Node) -> None:
        body = node.find("encapsulatedLogic")
        if body is None:
            self.report.error(node, element.name, "has no encapsulated logic")
            return
        reader = BoxReader(self.reading, element.name)
        element.parameters = reader.parameters(body)
        before = len(self.report.errors)
        code = reader.body(body, {**_names(element.needs), element.name: ANY}, element.parameters)
        refused = len(self.report.errors) > before
        element.body = None if refused else code

    def _fill_service(self, element: Service, node: Node) -> None:
        element.order = in_order
        for tag, kind in (("inputData", Input), ("inputDecision", Decision)):
            for reference in node.all(tag):
                found = self._target(reference, kind, element.name)
                if isinstance(found, Input | Decision):
                    element.inputs.append(found)
        for reference in node.all("outputDecision"):
            found = self._target(reference, Decision, element.name)
            if isinstance(found, Decision):
                element.outputs.append(found)
        if not node.all("outputDecision"):
            self.report.error(node, element.name, "has no output decision")

    # -- requirements

    def _needs(self, node: Node, owner: str) -> Needs:
        needs: Needs = []
        for requirement in node.all("informationRequirement") + node.all("knowledgeRequirement"):
            for tag, kind in _REQUIRED.items():
                reference = requirement.find(tag)
                found = self._target(reference, kind, owner, requirement) if reference else None
                if found:
                    path = self._path(found)
                    if path not in [each for each, _ in needs]:
                        needs.append((path, found))
        return needs

    def _target(
        self,
        reference: Node,
        kind: type[Element] | tuple[type[Element], ...],
        owner: str,
        told_at: Node | None = None,
    ) -> Element | None:
        href = reference.attrs.get("href", "")
        namespace, _, id_ = href.rpartition("#")
        readers = [self] if namespace in ("", self.document.namespace) else []
        readers += [other for _, other in self.imports if other.document.namespace == namespace]
        found = readers[0].elements.get(id_) if readers else None
        if isinstance(found, kind):
            return found
        wanted = reference.tag.replace("required", "")
        wanted = {"Input": "inputData", "Decision": "decision", "Knowledge": "knowledge model"}.get(
            wanted, wanted
        )
        known = nearest(id_, list(readers[0].elements) if readers else [])
        message = f"requires '{href}', but no {wanted} here has that id{known}"
        self.report.error(told_at or reference, owner, message)
        return None

    def _path(self, element: Element) -> tuple[str, ...]:
        """How the logic here names it."""
        if element in self.nodes:
            return (element.name,)
        alias = next((alias for alias, other in self.imports if element in other.nodes), "")
        return (alias, element.name) if alias else (element.name,)

    # -- logic

    def _logic(self, element: Decision, node: Node) -> Logic:
        before = len(self.report.errors)
        others = [
            child for child in node.children if child.ns == node.ns and child.tag not in _NO_EFFECT_INSIDE
        ]
        wrong = [child for child in others if child.tag not in EXPRESSIONS]
        for child in wrong:
            self.report.error(child, element.name, f"'{child.tag}' is not supported in a decision")
        if not others:
            self.report.error(
                node, element.name, "needs one decision table or one other expression as its logic"
            )
        if others and not wrong:
            logic = BoxReader(self.reading, element.name).logic(others[0], _names(element.needs))
            if len(self.report.errors) == before:
                return logic
        return Refused(tuple(self.report.errors[before:]))

    def _break_cycles(self) -> None:
        for element, circle in break_cycles([each for each in self.nodes if isinstance(each, Decision)]):
            names = ", ".join(sorted(each.name for each in circle))
            before = len(self.report.errors)
            self.report.error(self.nodes[element], element.name, f"requires itself, by way of {names}")
            element.needs = []
            element.logic = Refused(tuple(self.report.errors[before:]))


def _names(needs: Needs) -> dict[str, Type]:
    """With the types of data and decisions; what is a function or an imported model may be anything."""
    return {
        path[0]: each.type if len(path) == 1 and isinstance(each, Input | Decision) else ANY
        for path, each in needs
    }
