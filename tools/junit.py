"""Reads what `pytest --junitxml` wrote."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_ENDINGS = ("skipped", "error", "failure")


class Case(NamedTuple):
    """A test, once for each time that the report has it: a test that fails and cannot be tidied up after is there twice.

    `owner` is its class with the module, `name` the function with its parameters, `endings` what else it ended
    with than well and what it said: skipped, error or failure; `properties` what the test recorded.
    """

    owner: str
    name: str
    endings: tuple[tuple[str, str], ...]
    properties: Mapping[str, str]

    @property
    def module(self) -> str:
        return self.owner.rpartition(".")[0]

    @property
    def suite(self) -> str:
        """The class alone."""
        return self.owner.rpartition(".")[2]

    @property
    def passed(self) -> bool:
        return not self.endings

    @property
    def failed(self) -> bool:
        """Whether it failed, itself or in its set-up or tidying; one that was skipped did not."""
        return any(kind != "skipped" for kind, _ in self.endings)


def cases(report: Path) -> Iterator[Case]:
    """The tests of a report in its order. Raises OSError, ElementTree.ParseError."""
    for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314 - pytest wrote it
        parts = ((kind, case.find(kind)) for kind in _ENDINGS)
        endings = tuple(
            (kind, (part.get("message") or part.text or "").strip())
            for kind, part in parts
            if part is not None
        )
        properties = {
            each.get("name", ""): each.get("value", "")
            for each in case.iterfind("properties/property")
        }
        yield Case(case.get("classname", ""), case.get("name", ""), endings, properties)
