"""The program of a model as a person would have written it: it runs in a notebook, and imports nothing of ours.

What reaches a session (`glue_compiler.program.emit`) does the same and more: it reports errors in the
author's terms, checks a contract and counts what it writes. This one is for reading and for trying out.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.plan.beside import Change, moved, with_originals, without_needless_parentheses
from glue_compiler.plan.dbt_values import DbtValues, Tree, relation_name
from glue_compiler.plan.plain_actions import plain_actions
from glue_compiler.plan.planner import applied
from glue_compiler.plan.readable_header import rewritten_lines
from glue_compiler.plan.readable_result import result_text
from glue_compiler.rewrites.plain import plain_form
from glue_compiler.rewrites.plain_functions import HELPERS
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.plan.planner import Plan
    from glue_compiler.program.emit import ProgramRequest
    from glue_compiler.rewrites.decision import Decision
    from glue_compiler.rewrites.plain_parts import PlainForm
    from glue_compiler.text.source import Span

_MAIN = ("__name__ == '__main__'", "'__main__' == __name__")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is shown of a run: its facts, plan and request, the scratch table, the Glue and Spark that it is made for."""

    facts: ModelFacts
    plan: Plan
    request: ProgramRequest
    scratch: str
    glue: str
    spark: str
    columns_at: Callable[[Span], tuple[str, ...] | None]


def readable(run: Reading) -> str:
    """The program of a run for people. Text that is not Python is shown as it is."""
    source = SourceText(run.plan.original)
    try:
        tree = Tree.of(source)
    except (SyntaxError, ValueError, RecursionError):
        return f"# This is not Python yet.\n{source.text}"
    return _Program(run, tree).text


def _plain_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Program:
    def __init__(self, run: Reading, tree: Tree) -> None:
        self._run = run
        self._tree = tree
        self._source = tree.source
        self._values = DbtValues(run.facts, tree, run.request)
        self._forms: dict[Decision, PlainForm | None] = {}
        imports = self._imports()
        for decision in run.plan.decisions:
            if decision.applied and decision.rewrite != "partial_evaluation":
                columns = run.columns_at(decision.span)
                self._forms[decision] = plain_form(
                    decision, self._source, self._shown, columns, imports
                )
        function = run.facts.model_function
        name = "" if function is None else function.name
        actions = plain_actions(run.plan.decisions, tree, name, self._shown)
        self._forms |= actions.forms
        self._actions = actions.forms
        self._after = actions.after
        self._names = self._helper_names()

    @property
    def text(self) -> str:
        run = self._run
        code = _plain_breaks(self._code())
        futures, code = _future_imports(code)
        needs_dbt = _asks_dbt(code)
        helpers = [HELPERS[name].text.strip("\n") for name in self._needed()]
        helpers = [self._renamed(text) for text in helpers]
        if needs_dbt:
            helpers.append(self._values.stand_in().strip("\n"))
        name = "model" if run.facts.model_function is None else run.facts.model_function.name
        called = f"{name}({'Dbt()' if needs_dbt else 'None'}, spark)"
        shown = f"# {'-' * 8} {run.request.filename} {'-' * 8}\n\n{code.strip(chr(10))}"
        # A function is looked up when it is called, which is at the end unless the file itself does it.
        before, after = (helpers, []) if self._calls_at_once(code) else ([], helpers)
        types, end = result_text(
            called, run.plan.kind, run.request, run.scratch, self._source.text, self._after
        )
        after = [*after, *types]
        if after:
            after[0] = f"# {'-' * 8} helpers {'-' * 8}\n\n{after[0]}"
        pieces = [self._header(needs_dbt), *futures, *before, shown, *after, end]
        return "\n\n\n".join(piece.rstrip("\n") for piece in pieces if piece.strip()) + "\n"

    # The code

    def _code(self) -> str:
        whole = [e.span for form in self._forms.values() if form for e in form.edits]
        wide = [span for span in whole if span.end > span.start]
        values = [
            edit
            for edit in self._value_edits
            if not any(span != edit.span and span.start <= edit.span.start and edit.span.end <= span.end for span in wide)
        ]  # fmt: skip
        text = self._source.text
        changes = [Change((edit,)) for edit in self._trimmed(values)]
        for decision, form in self._forms.items():
            if form is not None:
                edits = self._trimmed([self._with_names(edit) for edit in form.edits])
                changes.append(Change(tuple(edits), "" if decision in self._actions else "was:"))
        return with_originals(text, changes, applied)

    @property
    def _value_edits(self) -> list[Edit]:
        """dbt's answers, those of the planner where this module has none, and the module's own names."""
        found = list(self._values.edits)
        for decision in self._run.plan.decisions:
            if decision.applied and decision.rewrite == "partial_evaluation":
                found += [
                    e for e in decision.edits if not any(_meet(e.span, f.span) for f in found)
                ]
        found += self._own_names()
        return sorted(found, key=lambda edit: edit.span)

    def _own_names(self) -> list[Edit]:
        """`__file__`, which a notebook does not have, and the test of a block for trying the file by hand."""
        tree = self._tree
        found = [
            Edit(tree.span(node), repr(self._run.request.filename))
            for node in tree.names("__file__")
            if isinstance(node.ctx, ast.Load) and not tree.formatted(node)
        ]
        found += [
            Edit(tree.span(node.test), "False")
            for node in tree.module.body
            if isinstance(node, ast.If) and ast.unparse(node.test) in _MAIN
        ]
        return found

    def _trimmed(self, edits: list[Edit]) -> list[Edit]:
        return without_needless_parentheses(self._source.text, edits, applied)

    def _shown(self, span: Span) -> str:
        """A part of the source with dbt's answers in it."""
        inside = [
            moved(e, span.start)
            for e in self._value_edits
            if span.start <= e.span.start and e.span.end <= span.end
        ]
        return applied(self._source.text[span.start : span.end], inside)

    # The helpers

    def _needed(self) -> list[str]:
        wanted = {name for form in self._forms.values() if form for name in form.helpers}
        wanted |= {inner for name in wanted for inner in HELPERS[name].calls}
        return [name for name in HELPERS if name in wanted]

    def _helper_names(self) -> Mapping[str, str]:
        """The helpers by names that the model does not have itself."""
        taken = set(re.findall(r"\w+", self._source.text))
        names = {}
        for name in HELPERS:
            free = name
            while free in taken and name in self._needed():
                free += "_"
            names[name] = free
        return names

    def _with_names(self, edit: Edit) -> Edit:
        return Edit(edit.span, self._renamed(edit.new_text))

    def _renamed(self, text: str) -> str:
        for name, free in self._names.items():
            if free != name:
                text = re.sub(rf"(?<![\w.])(?<!\")({name})(?=\()", free, text)
        return text

    # What is said of it

    def _header(self, needs_dbt: bool) -> str:
        run = self._run
        request = run.request
        kind = "adds to the table" if request.is_incremental else "builds the table anew"
        lines = [
            f"The model {request.unique_id.split('.', 2)[-1]} ({request.filename}) in a run that {kind},",
            f"for Glue {run.glue} (Spark {run.spark}).",
            "",
            *self._rewritten(),
            "",
            "It runs where `spark` is a session, as in a Glue notebook, and replaces the scratch table",
            f"{relation_name(run.scratch)}. The model's own table stays as it is.",
        ]
        if needs_dbt:
            lines.append("What the model asks dbt for while it runs is answered by the class Dbt.")
        if self._values.unknown and not run.plan.why_not:
            keys = ", ".join(self._values.unknown)
            lines.append(f"Configs that are not set, or that only dbt can render: {keys}.")
        return "\n".join(f"# {line}".rstrip() for line in lines)

    def _rewritten(self) -> list[str]:
        run = self._run
        if run.plan.why_not:
            return [f"The source is as it was written: {run.plan.why_not}."]
        return rewritten_lines(self._forms, self._source.line_of)

    def _imports(self) -> dict[str, str]:
        """The whole names of what the file imports; "" for names that it binds in another way, too."""
        found = {
            item.bound: item.module if item.name is None else f"{item.module}.{item.name}"
            for item in self._run.facts.imports
            if item.bound is not None and item.module is not None
        }
        for node in ast.walk(self._tree.module):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                if not self._is_comprehended(node):
                    found[node.id] = ""
            elif isinstance(node, ast.arg):
                found[node.arg] = ""
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found[node.name] = ""
        return found

    def _is_comprehended(self, node: ast.AST) -> bool:
        """Whether a name is a comprehension's own."""
        while isinstance(node, (ast.Name, ast.Tuple, ast.List, ast.Starred)):
            node = self._tree.parents[node]
        return isinstance(node, ast.comprehension)

    def _calls_at_once(self, code: str) -> bool:
        """Whether the code of the file itself, outside of functions, needs what this program adds to it."""
        own = {self._names[name] for name in self._needed()} | {"Dbt", "dbt"}
        try:
            module = parse_ast(code)
        except (SyntaxError, ValueError):
            return True
        stack: list[ast.AST] = [module]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Name) and node.id in own:
                return True
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                stack += [*node.decorator_list, *node.args.defaults]
            else:
                stack += ast.iter_child_nodes(node)
        return False


def _meet(left: Span, right: Span) -> bool:
    return left.start < right.end and right.start < left.end


def _asks_dbt(code: str) -> bool:
    """Whether code still reads a name `dbt`."""
    try:
        tree = parse_ast(code)
    except (SyntaxError, ValueError):
        return True
    return any(
        isinstance(node, ast.Name) and node.id == "dbt" and isinstance(node.ctx, ast.Load)
        for node in ast.walk(tree)
    )


def _future_imports(code: str) -> tuple[list[str], str]:
    """(the imports that must stand first, the code without them)."""
    found = re.findall(r"^from __future__ import [\w, ]+$", code, re.MULTILINE)
    if not found:
        return [], code
    return ["\n".join(found)], re.sub(
        r"^(from __future__ import [\w, ]+)$", r"# \1", code, flags=re.MULTILINE
    )
