"""The one place where text, project, settings and profile come together, and every client asks its questions.

The command line, the language server, `dbt compile`, `dbt run` and the validation service compose
no analysis, check, plan or program of their own: what an editor underlines, `dbt-glue check` prints
and `dbt run` refuses is the answer of one function here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from glue_compiler.checks.checked import Checked
from glue_compiler.importing import IMPORTS
from glue_compiler.project.load import find_project_root
from glue_compiler.project.surroundings import Overrides, Surroundings, read_surroundings
from glue_compiler.schemas.upstream import UpstreamModels, still_holds
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from glue_compiler.checks.checked import Findings
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.plan.planner import Plan
    from glue_compiler.plan.preview import PlannedProgram
    from glue_compiler.program.emit import ProgramRequest
    from glue_compiler.program.outcome import Expectation, Outcome
    from glue_compiler.project.context import ProjectContext
    from glue_compiler.project.profiles import Target
    from glue_compiler.project.settings import Settings
    from glue_compiler.schemas.overview import Overview
    from glue_compiler.schemas.resolver import FrameSchemas
    from glue_compiler.schemas.upstream import TextOf, Used

    FactsOf = Callable[[SourceText, AnalysisOptions], ModelFacts]

__all__ = [
    "Checked",
    "Overrides",
    "RememberedFacts",
    "Surroundings",
    "Workspace",
    "import_analysis",
]


class RememberedFacts:
    """Facts by text and options, each computed once however many threads ask; the longest unused are forgotten."""

    def __init__(self, size: int = 1024) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, AnalysisOptions], ModelFacts] = OrderedDict()
        self._making: dict[tuple[str, AnalysisOptions], threading.Lock] = {}

    def __call__(self, source: SourceText, options: AnalysisOptions) -> ModelFacts:
        """The facts of a text."""
        key = (source.hash, options)
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                known = self._known.get(key)
            if known is None:
                with IMPORTS:
                    from glue_compiler.analysis import analyze

                known = analyze(source, options)
                with self._lock:
                    self._known[key] = known
                    self._making.pop(key, None)
                    while len(self._known) > self._size:
                        self._known.popitem(last=False)
            return known


def import_analysis() -> None:
    """Import what the first answer about a text would import: most of the time of a check of one file."""
    with IMPORTS:
        from glue_compiler import semantics  # noqa: F401
        from glue_compiler.checks import check  # noqa: F401
        from glue_compiler.plan import by_itself  # noqa: F401
        from glue_compiler.rules import all_rules

    all_rules()


_FACTS = RememberedFacts()


def remembered_facts(source: SourceText, options: AnalysisOptions) -> ModelFacts:
    """The facts of a text, which this process computes once."""
    return _FACTS(source, options)


class Workspace:
    """Everything that is known around some models, and the answers about their texts.

    `facts_of` gives the facts of a text, `text_of` the text of a file of the project by its path
    there (None when there is none): a language server has both of its own, of open documents.
    """

    def __init__(
        self,
        around: Surroundings,
        *,
        facts_of: FactsOf = remembered_facts,
        text_of: TextOf | None = None,
    ) -> None:
        self.around = around
        self._facts_of = facts_of
        self._given_text_of = text_of
        self._texts: dict[str, SourceText | None] = {}

    @staticmethod
    def open(
        start: Path,
        overrides: Overrides | None = None,
        *,
        target: Target | None = None,
        variables: Mapping[str, Any] | None = None,
        cache: bool = True,
    ) -> Workspace:
        """The workspace of the project around a file or folder, or of no project. Nothing is raised.

        `target` and `variables` are what dbt rendered; without them the project's files tell.
        """
        with IMPORTS:
            from glue_compiler.rules import rule_names

        root = find_project_root(start)
        folder = start if start.is_dir() else start.parent
        return Workspace(
            read_surroundings(
                root,
                rule_names(),
                overrides,
                start=folder,
                target=target,
                variables=variables,
                cache=cache,
            )
        )

    @property
    def root(self) -> Path | None:
        """The folder of the project."""
        return self.around.root

    @property
    def project(self) -> ProjectContext | None:
        """The project, None outside of one and where it cannot be read."""
        return self.around.project

    @property
    def settings(self) -> Settings:
        """The settings that hold here."""
        return self.around.settings

    def path_of(self, file: Path) -> str:
        """The path of a file as answers take it: that in the project, outside of it the file's name."""
        return self.around.relative(file.resolve()) or file.name

    def without_project(self) -> Workspace:
        """The same settings for a model of another project, such as a package's."""
        alone = replace(self.around, root=None, project=None, project_problems=(), digest="")
        return Workspace(alone, facts_of=self._facts_of, text_of=_no_text)

    def in_schema(self, schema: str) -> Workspace:
        """The same with another schema for relations whose schema only dbt knows."""
        target = replace(self.around.target, schema=schema)
        around = replace(self.around, target=target)
        return Workspace(around, facts_of=self._facts_of, text_of=self._given_text_of)

    # The answers

    def facts(self, source: SourceText) -> ModelFacts:
        """The facts of a text."""
        return self._facts_of(source, self.settings.options)

    def checked(self, path: str | None, source: SourceText) -> Checked:
        """A text with its findings, and what these rest on; `path` as the project names the file."""

        def findings_of(facts: ModelFacts) -> Findings:
            with IMPORTS:
                from glue_compiler.checks.check import check

            upstream = self.upstream()
            found = check(facts, source, self.project, self.settings, path=path, upstream=upstream)
            return self._left_to_people(found, facts, path, source), upstream.used

        return Checked(source, lambda: self.facts(source), findings_of)

    def _left_to_people(
        self,
        found: tuple[Diagnostic, ...],
        facts: ModelFacts,
        path: str | None,
        source: SourceText,
    ) -> tuple[Diagnostic, ...]:
        """The findings without those that ask for what every run does by itself."""
        with IMPORTS:
            from glue_compiler.plan.by_itself import REWRITE_OF, left_to_people

        if not any(item.code in REWRITE_OF for item in found):
            return found
        kinds = (False, True) if facts.uses("is_incremental") else (False,)
        try:
            plans = [self.planned(path, source, incremental=kind) for kind in kinds]
        except ValueError:  # of a config that means nothing, which is another finding
            return found
        return left_to_people(found, plans)

    def findings(self, path: str | None, source: SourceText) -> tuple[Diagnostic, ...]:
        """All findings in a text, in its order."""
        return self.checked(path, source).diagnostics

    def session_findings(
        self,
        path: str | None,
        source: SourceText,
        outcome: Outcome,
        expected: Expectation | None = None,
    ) -> tuple[Diagnostic, ...]:
        """What a session's answer says of a text, under the settings and comments of the file."""
        with IMPORTS:
            from glue_compiler.checks.session import check_session

        facts = self.facts(source)
        return check_session(facts, source, outcome, expected, self.settings, path=path)

    def schemas(
        self, path: str | None, source: SourceText, *, shown: SourceText | None = None
    ) -> Overview:
        """The schemas of what a model reads and returns, with their origin and age.

        `shown` is the text as it stands, where `source` is an older one that was whole.
        """
        with IMPORTS:
            from glue_compiler.schemas.overview import overview

        facts = self.facts(source)
        node = None if self.project is None or path is None else self.project.node_at(path)
        text = source if shown is None else shown
        return overview(facts, self.project, self.schemas_of(facts), node, text.hash)

    def schemas_of(self, facts: ModelFacts) -> FrameSchemas:
        """The schemas of the frames in facts of a text."""
        with IMPORTS:
            from glue_compiler.schemas.resolver import FrameSchemas

        return FrameSchemas.known(facts, self.project, self.upstream())

    def expected_run(
        self, path: str | None, source: SourceText, *, incremental: bool = False
    ) -> ProgramRequest:
        """The run that dbt would make of a model, as far as the project's files tell.

        Raises:
            ValueError: for a config that cannot be understood.
        """
        with IMPORTS:
            from glue_compiler.plan.preview import expected_run

        return expected_run(self.facts(source), path, self.around, incremental=incremental)

    def planned(
        self,
        path: str | None,
        source: SourceText,
        *,
        incremental: bool = False,
        run: ProgramRequest | None = None,
    ) -> Plan:
        """The plan of a run of a model: of `run`, which dbt resolved, else of the run that is expected.

        Raises:
            ValueError: for a config or variable `optimize` that means nothing.
        """
        return self.program(path, source, incremental=incremental, run=run).plan

    def program(
        self,
        path: str | None,
        source: SourceText,
        *,
        incremental: bool = False,
        run: ProgramRequest | None = None,
    ) -> PlannedProgram:
        """The plan and the program of a run of a model; see `planned`.

        The source of `run` and what follows from the plan are filled in here.
        """
        with IMPORTS:
            from glue_compiler.plan.programs import planned_program

        complete = run is not None
        if run is None:
            run = self.expected_run(path, source, incremental=incremental)
        facts = self.facts(source)
        schemas = self.schemas_of(facts)
        return planned_program(facts, source, run, self.around, schemas, complete=complete)

    # What the answers rest on

    def text_of(self, path: str) -> SourceText | None:
        """The text of a file of the project, None when it cannot be read."""
        if self._given_text_of is not None:
            return self._given_text_of(path)
        if path not in self._texts:
            try:
                data = (self.root / path).read_bytes() if self.root is not None else None
            except OSError:
                data = None
            self._texts[path] = None if data is None else SourceText.from_bytes(data)
        return self._texts[path]

    def upstream(self) -> UpstreamModels:
        """The facts of the other models of the project, for one answer."""
        return UpstreamModels(self.text_of, self.facts)

    def still_holds(self, used: Used) -> bool:
        """Whether all texts that an answer rests on are as they were."""
        return still_holds(used, self.text_of)


def _no_text(_path: str) -> SourceText | None:
    return None
