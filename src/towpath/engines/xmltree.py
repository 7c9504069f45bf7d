"""XML as a small tree that remembers its lines: what the DMN and BPMN loaders read models from.

Safe on hostile text: no document type, hence no entities and no outside references; size, depth and
number of elements are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

_SEPARATOR = "}"


class XmlError(ValueError):
    """The text is not XML that we read. `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.message = message
        self.line = line


@dataclass(slots=True, eq=False)
class Node:
    """One element. `attrs` has plain names, and "{namespace}name" for those with a namespace.

    `text` is the element's own text joined together, spaces kept; that of its children is theirs.
    """

    tag: str
    ns: str
    attrs: dict[str, str]
    line: int
    text: str = ""
    children: list[Node] = field(default_factory=list, repr=False)

    def find(self, tag: str, ns: str | None = None) -> Node | None:
        """The first child of that name, in `ns` if given."""
        return next((child for child in self.children if child._is(tag, ns)), None)

    def all(self, tag: str, ns: str | None = None) -> list[Node]:
        """The children of that name, in `ns` if given."""
        return [child for child in self.children if child._is(tag, ns)]

    def iter(self) -> Iterator[Node]:
        """This element and all below it, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def _is(self, tag: str, ns: str | None) -> bool:
        return self.tag == tag and (ns is None or self.ns == ns)


def parse(
    text: str | bytes, *, max_elements: int = 20_000, max_depth: int = 100, max_bytes: int = 5_000_000
) -> Node:
    """The root element of `text`; XmlError if it is malformed, has a DOCTYPE or passes a bound.

    Bytes are read in the encoding that they declare; a str is read as it is, whatever it declares.
    """
    if len(text) > max_bytes:  # before encoding, which would double a text that is too long anyway
        raise XmlError(f"the document is larger than {max_bytes} bytes (max_bytes)", 1)
    data = _encoded(text)
    if len(data) > max_bytes:
        raise XmlError(f"the document is larger than {max_bytes} bytes (max_bytes)", 1)
    builder = _Builder("utf-8" if isinstance(text, str) else None, max_elements, max_depth)
    return builder.read(data)


def _encoded(text: str | bytes) -> bytes:
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise XmlError("a character that no XML document may contain", line) from None


class _Builder:
    """Expat's callbacks, and the tree that grows from them."""

    def __init__(self, encoding: str | None, max_elements: int, max_depth: int) -> None:
        self.parser = expat.ParserCreate(encoding, _SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.max_elements = max_elements
        self.max_depth = max_depth
        self.elements = 0
        self.open: list[tuple[Node, list[str]]] = []
        self.root: Node | None = None

    def read(self, data: bytes) -> Node:
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            raise XmlError(f"not well-formed XML: {expat.ErrorString(error.code)}", error.lineno) from None
        except XmlError:
            raise
        except (LookupError, ValueError):  # what expat's hook for other encodings raises
            raise XmlError("the declared encoding is not known; save the file as UTF-8", 1) from None
        assert self.root is not None  # expat refuses a document without a root
        return self.root

    def start(self, name: str, attrs: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        self.elements += 1
        if self.elements > self.max_elements:
            raise XmlError(f"more than {self.max_elements} elements (max_elements)", line)
        if len(self.open) >= self.max_depth:
            raise XmlError(f"elements nested deeper than {self.max_depth} (max_depth)", line)
        ns, _, tag = name.rpartition(_SEPARATOR)
        node = Node(tag, ns, {_attribute(key): value for key, value in attrs.items()}, line)
        if self.open:
            self.open[-1][0].children.append(node)
        else:
            self.root = node
        self.open.append((node, []))

    def end(self, name: str) -> None:
        node, parts = self.open.pop()
        node.text = "".join(parts)

    def characters(self, text: str) -> None:
        self.open[-1][1].append(text)

    def doctype(self, name: str, system: str | None, public: str | None, internal: bool) -> None:
        raise XmlError(
            "a DOCTYPE is not accepted, nor are entities; remove it", self.parser.CurrentLineNumber
        )


def _attribute(name: str) -> str:
    return "{" + name if _SEPARATOR in name else name
