"""DMN XML to a `Model`: everything that is wrong is found before anything is refused."""

from __future__ import annotations

from collections.abc import Sequence

from towpath.engines import feel, xmltree
from towpath.engines.dmn.model import Decision, Input, Literal, Model
from towpath.engines.dmn.problems import DmnError, Problem
from towpath.engines.dmn.reading import Reading, text_of
from towpath.engines.dmn.table import Table
from towpath.engines.dmn.tables import TableReader
from towpath.engines.dmn.types import ANY, Type
from towpath.engines.xmltree import Node

MAX_DECISIONS = 2_000
NAMESPACES = {
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
_READ = {"itemDefinition", "inputData", "decision"}
_NO_EFFECT = {  # what documents a model and changes no value
    *("association", "businessContextElement", "description", "elementCollection", "extensionElements"),
    *("group", "knowledgeSource", "organizationUnit", "performanceIndicator", "textAnnotation"),
}
_NO_EFFECT_IN_DECISION = {
    *("allowedAnswers", "authorityRequirement", "decisionMaker", "decisionOwner", "description"),
    *("extensionElements", "impactedPerformanceIndicator", "question", "supportedObjective"),
    *("usingProcess", "usingTask"),
}
_NO_LOGIC = Literal(feel.compile("null"))  # stands in for logic that was refused


def load(xml: str | bytes, imports: Sequence[str | bytes] = ()) -> Model:
    """A model of DMN 1.3, 1.4 or 1.5. DmnError lists everything that is wrong or not supported."""
    try:
        root = xmltree.parse(xml)
    except xmltree.XmlError as error:
        raise DmnError([Problem("", "", error.line, error.message)]) from None
    if root.tag != "definitions" or root.ns not in NAMESPACES:
        known = ", ".join(NAMESPACES.values())
        message = f"this is <{root.tag}> of '{root.ns}', not the <definitions> of DMN {known}"
        raise DmnError([Problem("", "", root.line, message)])
    loader = _Loader(root)
    if imports:
        loader.report.error(root, loader.name, "models that import others are not supported")
    return loader.model()


class _Loader:
    def __init__(self, root: Node) -> None:
        self.root = root
        self.name = root.attrs.get("name", "")
        self.reading = Reading()
        self.report = self.reading.report
        self.nodes: dict[str, Node] = {}  # inputs and decisions, by id

    def model(self) -> Model:
        self.reading.language(self.root, self.name)
        for node in self.root.children:
            if node.ns == self.root.ns and node.tag not in _READ | _NO_EFFECT:
                self.report.error(node, node.attrs.get("name", ""), f"'{node.tag}' is not supported")
        self._read_types()
        self._index()
        inputs = [self._input(node) for node in self.root.all("inputData")]
        decisions = [self._decision(node) for node in self.root.all("decision")]
        if not 0 < len(decisions) <= MAX_DECISIONS:
            message = f"a model has 1 to {MAX_DECISIONS} decisions (MAX_DECISIONS), not {len(decisions)}"
            self.report.error(self.root, self.name, message)
        self._find_cycles(decisions)
        if self.report.errors:
            raise DmnError(sorted(self.report.errors, key=lambda problem: problem.line))
        return Model(self.name, inputs, decisions, self.report.warnings)

    def _index(self) -> None:
        names: set[str] = set()
        for node in self.root.all("inputData") + self.root.all("decision"):
            name, id_ = node.attrs.get("name", ""), node.attrs.get("id", "")
            if not name:
                self.report.error(node, name, f"the {node.tag} needs a name")
            if name.startswith("__"):
                self.report.error(node, name, "names that begin with '__' are reserved")
            if name in names:
                self.report.error(node, name, "another input or decision has the same name")
            if id_ in self.nodes:
                self.report.error(node, name, "another element has the same id")
            names.add(name)
            if id_:  # without one it can't be required, which may be meant
                self.nodes[id_] = node

    # -- types

    def _read_types(self) -> None:
        waiting = self.root.all("itemDefinition")
        known = {node.attrs.get("name", "") for node in waiting}
        while waiting:  # one may name another that comes later
            ready = [node for node in waiting if not _named_types(node) & (known - set(self.reading.types))]
            if not ready:
                for node in waiting:
                    self.report.error(
                        node, node.attrs.get("name", ""), "the types refer to each other in a circle"
                    )
                return
            for node in ready:
                self.reading.types[node.attrs.get("name", "")] = self._type(node)
            waiting = [node for node in waiting if node not in ready]

    def _type(self, node: Node) -> Type:
        name = node.attrs.get("name", "")
        if node.find("functionItem") or node.find("typeConstraint"):
            self.report.error(node, name, "'functionItem' and 'typeConstraint' are not supported")
        reference = node.find("typeRef")
        base = self.reading.type_named(reference.text.strip() if reference else None, node, name)
        allowed = self.reading.values(node.find("allowedValues"), name)
        parts = tuple((part.attrs.get("name", ""), self._type(part)) for part in node.all("itemComponent"))
        one = Type(
            name,
            "context" if parts else base.base,
            allowed or base.allowed,
            parts or base.components,
            base.of,
        )
        return Type(name, of=one) if node.attrs.get("isCollection") == "true" else one

    def _variable_type(self, node: Node) -> Type:
        variable = node.find("variable")
        name = node.attrs.get("name", "")
        if variable is None:
            return ANY
        other = variable.attrs.get("name", name)
        if other != name:
            self.report.error(variable, name, f"its variable is named '{other}'; both names must be the same")
        return self.reading.type_named(variable.attrs.get("typeRef"), variable, name)

    # -- inputs and decisions

    def _input(self, node: Node) -> Input:
        name = node.attrs.get("name", "")
        return Input(node.attrs.get("id", ""), name, node.line, self._variable_type(node))

    def _decision(self, node: Node) -> Decision:
        name = node.attrs.get("name", "")
        requires = self._requirements(node, name)
        logic = self._logic(node, name, requires)
        type_ = self._variable_type(node)
        return Decision(node.attrs.get("id", ""), name, node.line, type_, requires, logic)

    def _requirements(self, node: Node, name: str) -> tuple[str, ...]:
        found = []
        for requirement in node.all("informationRequirement"):
            for tag, wanted in (("requiredInput", "inputData"), ("requiredDecision", "decision")):
                reference = requirement.find(tag)
                if reference is None:
                    continue
                required = self._referred(reference, wanted)
                if required:
                    found.append(required)
                else:
                    href = reference.attrs.get("href", "")
                    self.report.error(
                        requirement, name, f"requires '{href}', but no {wanted} here has that id"
                    )
        return tuple(dict.fromkeys(found))

    def _referred(self, reference: Node, wanted: str) -> str:
        model, _, id_ = reference.attrs.get("href", "").rpartition("#")
        target = self.nodes.get(id_) if model in ("", self.root.attrs.get("namespace")) else None
        return target.attrs.get("name", "") if target and target.tag == wanted else ""

    def _logic(self, node: Node, name: str, requires: tuple[str, ...]) -> Table | Literal:
        logic: Table | Literal | None = None
        skipped = _NO_EFFECT_IN_DECISION | {"variable", "informationRequirement"}
        others = [child for child in node.children if child.ns == node.ns and child.tag not in skipped]
        for child in others:
            if child.tag == "decisionTable":
                logic = TableReader(self.reading, child, name, requires).table()
            elif child.tag == "literalExpression":
                logic = self._literal(child, name, requires)
            else:
                message = f"'{child.tag}' is not supported; use a decision table or a literal expression"
                self.report.error(child, name, message)
        if not others:
            self.report.error(node, name, "needs one decision table or one literal expression")
        return logic or _NO_LOGIC

    def _literal(self, node: Node, name: str, requires: tuple[str, ...]) -> Literal | None:
        text = text_of(node)
        if not text:
            self.report.error(node, name, "the literal expression is empty")
        expression = self.reading.expression(node, text, requires, name) if text else None
        return Literal(expression) if expression else None

    def _find_cycles(self, decisions: list[Decision]) -> None:
        left = {each.name: set(each.requires) for each in decisions}
        while True:  # take away what requires no decision that is left
            free = {name for name, required in left.items() if not required & left.keys()}
            if not free:
                break
            left = {name: required for name, required in left.items() if name not in free}
        for each in decisions:
            if each.name in left:
                self.report.error(
                    self.nodes[each.id], each.name, "requires itself, by way of " + ", ".join(sorted(left))
                )


def _named_types(node: Node) -> set[str]:
    return {part.text.strip() for part in node.iter() if part.tag == "typeRef"}
