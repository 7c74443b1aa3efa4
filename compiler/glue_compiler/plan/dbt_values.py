"""What a model asks dbt for, as code that needs no dbt: tables, values, and a small stand-in for the rest."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import ref_target, source_target
from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.plain_parts import quoted
from glue_compiler.text.places import node_span
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import SourceText, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import DbtUse, ModelFacts
    from glue_compiler.program.emit import ProgramRequest
    from glue_compiler.program.request import Period, Reference, SourceReference

_LONGEST = 120
_PLAIN_PART = re.compile(r"`([A-Za-z_]\w*)`")
_PARTS = {"this.database", "this.schema", "this.identifier", "this.name", "this.table"}


@dataclass(frozen=True, slots=True)
class Tree:
    """A text as CPython's tree, with the span of every expression."""

    source: SourceText
    module: ast.Module
    parents: dict[ast.AST, ast.AST]
    nodes: dict[Span, ast.expr]

    @staticmethod
    def of(source: SourceText) -> Tree:
        """The tree of a text. Raises SyntaxError or ValueError for what is not Python."""
        module = parse_ast(source.text)
        parents = {child: node for node in ast.walk(module) for child in ast.iter_child_nodes(node)}
        nodes: dict[Span, ast.expr] = {}
        found = Tree(source, module, parents, nodes)
        for node in parents:
            if isinstance(node, ast.expr) and not found.formatted(node):
                nodes.setdefault(found.span(node), node)
        return found

    def span(self, node: ast.AST) -> Span:
        """The span of a node in code points."""
        return node_span(self.source, node)

    def formatted(self, node: ast.AST) -> bool:
        """Whether a node stands inside an f-string, whose inner positions Python below 3.12 does not know."""
        current = self.parents.get(node)
        while isinstance(current, (ast.expr, ast.keyword)):
            if isinstance(current, ast.JoinedStr):
                return True
            current = self.parents.get(current)
        return False

    def names(self, name: str) -> list[ast.Name]:
        """All nodes that are this name."""
        return [n for n in ast.walk(self.module) if isinstance(n, ast.Name) and n.id == name]


class DbtValues:
    """What dbt resolved for a run, put into the text of its model."""

    def __init__(self, facts: ModelFacts, tree: Tree, request: ProgramRequest) -> None:
        self._facts = facts
        self._tree = tree
        self._text = tree.source.text
        self._request = request
        self.unknown: list[str] = []
        """Keys of configs that are not set in the project's files, or that only dbt can render."""

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Every use of dbt whose answer can stand in its place, none inside of another."""
        found: dict[Span, Edit] = {}
        for use in self._facts.dbt_uses:
            if use.via == "direct" and self._text[use.span.start :].startswith("dbt"):
                edit = self._edit(use)
                if edit is not None:
                    found[edit.span] = edit
        kept: list[Edit] = []
        for edit in sorted(found.values(), key=lambda e: (e.span.start, -e.span.end)):
            if not kept or edit.span.start >= kept[-1].span.end:
                kept.append(edit)
        return tuple(kept)

    def _edit(self, use: DbtUse) -> Edit | None:
        if use.api == "config" and use.called:
            return self._settings(use)
        if use.api == "this":
            return self._this(use)
        text = self._value(use)
        inside = use.span in self._tree.nodes
        return Edit(use.span, text) if text is not None and inside else None

    def _value(self, use: DbtUse) -> str | None:
        if use.api == "ref" and use.called:
            wanted = ref_target(use)
            found = None if wanted is None else self._ref(*wanted)
            return None if found is None else self._frame(found, use.span)
        if use.api == "source" and use.called:
            asked = source_target(use)
            for source in self._request.sources:
                if (source.source, source.table) == asked:
                    return self._frame(source, use.span)
            return None
        if use.api in ("config.get", "config.meta_get") and use.called:
            return self._config(use)
        if use.api == "is_incremental" and (use.called or use.use in ("test", "not", "boolop")):
            return str(self._request.is_incremental)
        if use.api in _PARTS and not use.called:
            part = use.api.partition(".")[2]
            name = "identifier" if part in ("name", "table") else part
            return repr_of(getattr(self._request.this, name))
        return None

    def _ref(self, name: str, package: str | None, version: object) -> Reference | None:
        wanted = None if version is None else str(version)
        for ref in self._request.refs:
            if (ref.package, ref.name, ref.version) == (package, name, wanted):
                return ref
        return None

    def _frame(self, found: Reference | SourceReference, span: Span) -> str | None:
        session = self._session(span)
        return None if session is None else frame_text(found, session)

    def _session(self, span: Span) -> str | None:
        """What the session is called at a place: `spark`, or, where the model binds that name, its second argument."""
        function = self._facts.model_function
        own = function.parameters[1].name if function and len(function.parameters) > 1 else None
        stores = [n for n in self._tree.names("spark") if not isinstance(n.ctx, ast.Load)]
        if own == "spark" or not stores:
            return "spark"
        inside = function is not None and function.span.covers(span)
        rebound = own and any(not isinstance(n.ctx, ast.Load) for n in self._tree.names(own))
        return own if inside and not rebound else None

    def _config(self, use: DbtUse) -> str | None:
        arguments = [argument for argument in use.args if not argument.star]
        names = [argument.name for argument in arguments]
        shapes: tuple[list[str | None], ...] = ([None], [None, None], [None, "default"])
        if names not in shapes or len(arguments) != len(use.args):
            return None
        key = arguments[0].literal
        if key is None or not isinstance(key.value, str):
            return None
        request = self._request
        values = request.config if use.api == "config.get" else request.meta
        value = values.get(key.value)
        known = key.value in values and not (isinstance(value, str) and "{{" in value)
        if not known and key.value not in self.unknown:
            self.unknown.append(key.value)
        if value is None and len(arguments) == 2:
            default = arguments[1]
            return None if default.literal is None else repr_of(default.value)
        if isinstance(value, (list, dict)):
            asked = [u for u in self._facts.uses(use.api) if u.args[:1] == use.args[:1]]
            if len(asked) > 1:
                return None
        text = repr_of(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            text = f"({text})"  # `5.real` and `-2 ** 2` are not what they look like
        return text if len(text) <= _LONGEST else None

    def _this(self, use: DbtUse) -> Edit | None:
        """`dbt.this` as the text of the relation: in f-strings, and where a text is made of it."""
        relation = self._request.this.relation
        start, end = use.span
        around = self._text[start - 1 : end + 1]
        if around == "{" + self._text[start:end] + "}" and use.span not in self._tree.nodes:
            return Edit(Span(start - 1, end + 1), relation) if _is_safe(relation) else None
        node = self._tree.nodes.get(use.span)
        parent = None if node is None else self._tree.parents.get(node)
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name):
            whole = self._tree.span(parent)
            if (
                parent.func.id == "str"
                and len(parent.args) == 1
                and not self._tree.formatted(parent)
            ):
                return Edit(whole, quoted(relation))
        return None

    def _settings(self, use: DbtUse) -> Edit | None:
        """`dbt.config(...)` as a statement does nothing in a run: dbt has read it when it parsed the project."""
        node = self._tree.nodes.get(use.span)
        statement = None if node is None else self._tree.parents.get(node)
        if not isinstance(statement, ast.Expr):
            return None
        first = self._text.rfind("\n", 0, use.span.start) + 1
        last = self._text.find("\n", use.span.end)
        before = self._text[first : use.span.start]
        after = self._text[use.span.end : last if last >= 0 else None]
        if before.strip() or after.strip():
            return Edit(use.span, "None")
        parent = self._tree.parents[statement]
        alone = any(block == [statement] for _, block in ast.iter_fields(parent))
        lines = self._text[use.span.start : use.span.end].splitlines()
        text = f"\n{before}# ".join(line.removeprefix(before).rstrip() for line in lines)
        return Edit(use.span, f"# {text}" + (f"\n{before}pass" if alone else ""))

    # The stand-in

    def stand_in(self) -> str:
        """A small `dbt` for what is asked of it at run time only."""
        request = self._request
        refs = {
            _key((*([r.package] if r.package else []), r.name), r.version): frame_text(r, "spark")
            for r in request.refs
        }
        sources = {_key((s.source, s.table), None): frame_text(s, "spark") for s in request.sources}
        this = request.this
        pieces = [_STAND_IN_CONFIG.format(config=_data(request.config), meta=_data(request.meta))]
        pieces.append(
            _STAND_IN_THIS.format(
                database=this.database, schema=this.schema, identifier=this.identifier,
                relation=this.relation,
            )
        )  # fmt: skip
        pieces.append(_STAND_IN.format(
            refs=_tables(refs), sources=_tables(sources), incremental=request.is_incremental,
        ))  # fmt: skip
        return "\n\n".join(pieces)


def frame_text(found: Reference | SourceReference, session: str) -> str:
    """The code that reads the rows of a relation, or those that dbt asks for."""
    if found.query is None:
        text = f"{session}.table({quoted(relation_name(found.relation))})"
    else:
        text = f"{session}.sql({_sql_literal(found.query)})"
    if found.limit is not None:
        text += f".limit({found.limit})"
    return text + "".join(_conditions(found.period))


def relation_name(relation: str) -> str:
    """A relation without the quotes that it does not need."""
    parts = relation.split(".")
    plain = [_PLAIN_PART.fullmatch(part) for part in parts]
    return ".".join(found[1] for found in plain if found) if all(plain) else relation


def repr_of(value: object) -> str:
    """A value as a literal."""
    return quoted(value) if isinstance(value, str) else repr(value)


def _conditions(period: Period | None) -> Iterator[str]:
    if period is None:
        return
    for operator, bound in ((">=", period.start), ("<", period.end)):
        if bound is not None:
            literal = "'" + bound.replace("\\", "\\\\").replace("'", "\\'") + "'"
            yield f".where({quoted(f'({period.column}) {operator} {literal}')})"


def _sql_literal(query: str) -> str:
    plain = '"""' not in query and "\\" not in query and not query.endswith('"')
    return f'"""{query}"""' if plain else repr(query)


def _is_safe(text: str) -> bool:
    return re.fullmatch(r"[\w.`-]+", text) is not None


def _key(names: tuple[str, ...], version: str | None) -> tuple[str, ...]:
    return names if version is None else (*names, f"v{version}")


def _tables(found: dict[tuple[str, ...], str]) -> str:
    if not found:
        return "{}"
    lines = (f"        {key!r}: lambda: {text},\n" for key, text in found.items())
    return "{\n" + "".join(lines) + "    }"


def _data(values: object) -> str:
    return repr(json.loads(json.dumps(values, default=str)))


_STAND_IN_CONFIG = '''\
class Config:
    """What `dbt.config` knows in this run; to call it sets nothing."""

    values, meta = {config}, {meta}

    def __call__(self, *_settings, **_named):
        return None

    def get(self, key, default=None):
        value = self.values.get(key)
        return default if value is None else value

    def meta_get(self, key, default=None):
        value = self.meta.get(key)
        return default if value is None else value
'''
_STAND_IN_THIS = '''\
class This:
    """The model's own relation."""

    database, schema, identifier = {database!r}, {schema!r}, {identifier!r}

    def __str__(self):
        return {relation!r}

    def __format__(self, spec):
        return format(str(self), spec)


class Flag(int):
    """True or false, which a model may also call."""

    def __call__(self):
        return bool(self)
'''
_STAND_IN = '''\
class Dbt:
    """What the model asks dbt for while it runs, as dbt resolved it."""

    refs = {refs}
    sources = {sources}
    config, this, is_incremental = Config(), This(), Flag({incremental})

    def ref(self, *names, v=None, version=None):
        wanted = v if v is not None else version
        return self.refs[names if wanted is None else (*names, f"v{{wanted}}")]()

    def source(self, *names):
        return self.sources[names]()
'''
