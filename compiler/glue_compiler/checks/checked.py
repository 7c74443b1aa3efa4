"""What a check of a text says: its facts for those who ask about a place, its findings for those who want them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.schemas.upstream import Used
    from glue_compiler.text.source import SourceText

    Findings = tuple[tuple[Diagnostic, ...], Used]


class Checked:
    """A text with its facts and findings, each computed when it is asked for first."""

    def __init__(
        self,
        source: SourceText,
        facts_of: Callable[[], ModelFacts],
        findings_of: Callable[[ModelFacts], Findings],
    ) -> None:
        self.source = source
        self._facts_of = facts_of
        self._findings_of = findings_of

    @cached_property
    def facts(self) -> ModelFacts:
        """The facts of the text."""
        return self._facts_of()

    @cached_property
    def _findings(self) -> Findings:
        return self._findings_of(self.facts)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All findings in the text, in its order."""
        return self._findings[0]

    @property
    def used(self) -> Used:
        """The texts of other models that the findings rest on."""
        return self._findings[1]

    @property
    def rests_on(self) -> Used:
        """The same as far as there are findings: those to come will rest on the texts as they are then."""
        return self._findings[1] if "_findings" in self.__dict__ else ()

    @property
    def analysed(self) -> bool:
        """Whether the facts are there already."""
        return "facts" in self.__dict__

    @property
    def parsed(self) -> bool:
        """Whether the text is Python, so that its findings are about what it means."""
        return self.facts.analysed != "none" or not self.facts.syntax_errors
