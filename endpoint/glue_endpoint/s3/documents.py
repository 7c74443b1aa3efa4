"""XML as S3 speaks it: answers are written here, and the few requests that have one are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import escape

from glue_endpoint.s3.errors import malformed_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
CONTENT_TYPE = "application/xml"
LONGEST_DOCUMENT = 4 * 2**20
"""Bytes; 10,000 parts with checksums are 3 MB."""
_DEEPEST = 16
_ESCAPES = {"\r": "&#13;", '"': "&quot;"}
_PLAIN = re.compile(r"[\w./:=%+-]*", re.ASCII)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def document(root: str, content: object, *, namespace: bool = True) -> bytes:
    """A document of mappings (elements by name), sequences (an element, repeated) and scalars; None is left out."""
    space = f' xmlns="{NAMESPACE}"' if namespace else ""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{space}>{_inside(content)}</{root}>'
    return text.encode()


def _inside(value: object) -> str:
    if isinstance(value, dict):
        return "".join([_element(name, item) for name, item in value.items()])
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if _PLAIN.fullmatch(text):
        return text
    # As S3 does: such keys are no XML, which is why clients ask for encoding-type=url.
    return _UNPRINTABLE.sub(lambda found: f"&#x{ord(found[0]):x};", escape(text, _ESCAPES))


def _element(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    return f"<{name}>{_inside(value)}</{name}>"


def printable(text: str) -> str:
    """A text in which characters that XML cannot have are spelt out: an error must be readable."""
    return _UNPRINTABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


@dataclass
class Element:
    """An element of a request: its children in order, its text."""

    name: str
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The characters directly in it."""
        return "".join(self.pieces)

    def all(self, name: str) -> Iterator[Element]:
        """The children of a name."""
        return (child for child in self.children if child.name == name)

    def get(self, name: str) -> str | None:
        """The text of the first child of a name."""
        return next((child.text for child in self.all(name)), None)


def parse(body: bytes, root: str) -> Element:
    """The document's root element. Raises S3Error (MalformedXML) for another root, a DTD, or no XML."""
    malformed = malformed_xml()
    top = Element("")
    stack = [top]

    def start(name: str, attributes: object) -> None:  # noqa: ARG001
        if len(stack) > _DEEPEST:
            raise malformed
        element = Element(name.rpartition("}")[2])
        stack[-1].children.append(element)
        stack.append(element)

    def refuse_doctype(*declaration: object) -> None:  # noqa: ARG001
        raise malformed  # entities are declared in a DTD, and no request of S3 has one

    # With "}" as the separator a name is namespace}name. The encoding is S3's, whatever is declared.
    parser = expat.ParserCreate("utf-8", "}")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: stack.pop()  # noqa: ARG005
    parser.CharacterDataHandler = lambda text: stack[-1].pieces.append(text)
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise malformed from None
    if top.children[0].name != root:
        raise malformed
    return top.children[0]
