"""Short ways to write DMN for tests."""

from html import escape

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def model(*parts: str, namespace: str = NAMESPACE, attributes: str = "") -> str:
    body = "\n".join(parts)
    return f'<definitions xmlns="{namespace}" id="m" name="Permits" namespace="urn:t" {attributes}>\n{body}\n</definitions>'


def input_data(name: str, type_: str = "") -> str:
    variable = f'<variable name="{escape(name)}" typeRef="{type_}"/>' if type_ else ""
    return f'<inputData id="{id_of(name)}" name="{escape(name)}">{variable}</inputData>'


def decision(name: str, logic: str, requires: str = "", type_: str = "") -> str:
    """`requires`: names divided by commas; one that begins with ! is a decision."""
    links = "".join(_link(each.strip()) for each in requires.split(",") if each.strip())
    variable = f'<variable name="{escape(name)}" typeRef="{type_}"/>' if type_ else ""
    return f'<decision id="{id_of(name)}" name="{escape(name)}">{variable}{links}{logic}</decision>'


def literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def table(
    columns: str,
    *rows: str,
    policy: str = "UNIQUE",
    outputs: str = "<output id='o' name='out'/>",
    notes: str = "",
    aggregation: str = "",
) -> str:
    """`columns`: input expressions divided by |. A row: cells divided by |, then ->, outputs, then # notes."""
    heads = "".join(
        f"<input><inputExpression><text>{escape(c.strip())}</text></inputExpression></input>"
        for c in columns.split("|")
    )
    titles = "".join(f'<annotation name="{each.strip()}"/>' for each in notes.split("|") if each)
    rules = "".join(_rule(index, row) for index, row in enumerate(rows, 1))
    extra = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<decisionTable id="t" hitPolicy="{policy}"{extra}>{heads}{outputs}{titles}{rules}</decisionTable>'
    )


def id_of(name: str) -> str:
    return "id_" + name.replace(" ", "_")


def _link(name: str) -> str:
    tag = "requiredDecision" if name.startswith("!") else "requiredInput"
    return f'<informationRequirement><{tag} href="#{id_of(name.lstrip("!"))}"/></informationRequirement>'


def _rule(index: int, row: str) -> str:
    row, _, notes = row.partition("#")
    cells, _, outputs = row.partition("->")

    def entries(tag: str, text: str) -> str:
        parts = [part.strip() for part in text.split("|")] if text.strip() else []
        return "".join(f"<{tag} id='{tag}{index}'><text>{escape(part)}</text></{tag}>" for part in parts)

    return (
        f'<rule id="r{index}">{entries("inputEntry", cells)}{entries("outputEntry", outputs)}'
        f"{entries('annotationEntry', notes)}</rule>"
    )
