"""`analyze`: the one entry from the text of a model to its facts."""

from __future__ import annotations

import ast
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from glue_compiler.facts.model import FACTS_VERSION, Limit, ModelFacts
from glue_compiler.facts.options import AnalysisOptions
from glue_compiler.importing import IMPORTS
from glue_compiler.names.dbt_core_visitor import CoreView, span_of, view
from glue_compiler.text.source import SourceText, Span
from glue_compiler.tree.file_facts import first_code, scan, scan_parts
from glue_compiler.tree.syntax import (
    depth_of,
    is_newer,
    may_be_newer,
    parse,
    read_python,
    with_room,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.tree.syntax import PythonResult

_LOG = logging.getLogger(__name__)
_DEFAULTS = AnalysisOptions()


def analyze(source: str | bytes | SourceText, options: AnalysisOptions = _DEFAULTS) -> ModelFacts:
    """The facts of a model's text. Pure, runs none of the text, and never raises.

    A text that is not Python, or beyond the limits of the analysis, has facts that say so.
    """
    text = _source_text(source)
    facts = facts_of_text(text)
    code = facts.first_code
    if len(text) > options.max_size:
        limit = Limit("too_big", code or Span(0, 0), len(text), options.max_size)
        return replace(facts, limits=(limit,))
    result = read_python(text)
    if result.problem is not None:
        facts = replace(facts, syntax_errors=(result.problem,))
    if result.exhausted and result.tree is None:
        limit = Limit("too_deep", code or Span(0, 0), 0, options.max_depth)
        return replace(facts, limits=(limit,))
    return _analyze_tree(text, result, facts, options)


def facts_of_text(text: SourceText, parts: Iterable[int] | None = None) -> ModelFacts:
    """The facts that need no tree, of any text; of one that can be cut, `parts` are where (see `scan_parts`)."""
    code = first_code(text)
    braces, comments = scan(text) if parts is None else scan_parts(text, parts)
    return ModelFacts(
        version=FACTS_VERSION,
        source_hash=text.hash,
        length=len(text),
        empty=code is None,
        first_code=code,
        braces=braces,
        comments=comments,
    )


def _analyze_tree(
    text: SourceText, result: PythonResult, facts: ModelFacts, options: AnalysisOptions
) -> ModelFacts:
    core: CoreView | None = None
    depth = 0
    if result.tree is not None:
        depth, where = depth_of(result.tree)
        core = view(text, result.tree)
        facts = replace(facts, core_problems=tuple(core.problems))
        if depth > options.max_depth or result.exhausted:
            shift = 1 if text.text.startswith("\ufeff") else 0
            span = (
                span_of(text, where, shift) if isinstance(where, ast.stmt) else Span(0, len(text))
            )
            return replace(facts, limits=(Limit("too_deep", span, depth, options.max_depth),))
    elif result.problem is None or not may_be_newer(text, result.problem) or not _bounded(text):
        return facts
    try:
        return with_room(depth, lambda: _analyze_parsed(text, result.tree, core, facts, options))
    except RecursionError:
        limit = Limit("too_deep", facts.first_code or Span(0, 0), depth, options.max_depth)
        return replace(facts, limits=(limit,))


def _analyze_parsed(
    text: SourceText,
    python: ast.Module | None,
    core: CoreView | None,
    facts: ModelFacts,
    options: AnalysisOptions,
) -> ModelFacts:
    with IMPORTS:
        from glue_compiler.semantics import facts_of_tree

    tree = parse(text, python)
    if tree is None:
        return facts
    if core is None and facts.syntax_errors:
        if not is_newer(tree, facts.syntax_errors[0]):
            return facts
        problem = replace(facts.syntax_errors[0], newer=True)
        facts = replace(facts, syntax_errors=(problem,))
    visible = None if core is None else frozenset(core.calls)
    return facts_of_tree(tree, visible, facts, options)


def _bounded(text: SourceText) -> bool:
    """Whether a text that CPython does not read is harmless for libcst's recursive parser."""
    return len(text) < 20_000 and all(
        line.count("(") + line.count("[") + line.count(".") < 100 for line in text.text.splitlines()
    )


def _source_text(source: str | bytes | SourceText) -> SourceText:
    if isinstance(source, SourceText):
        return source
    return SourceText.from_bytes(source) if isinstance(source, bytes) else SourceText(source)
