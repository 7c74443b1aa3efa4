"""The members of Spark, pandas and pandas-on-Spark objects, per version, and what each does to a frame.

Words of a member:

* ``effect``: ``passes`` (same columns), ``projects`` (other columns), ``groups``, ``aggregates``,
  ``joins``, ``unions``, ``acts`` (answers with values; runs a job on Spark), ``converts`` (another
  kind of frame), ``escapes`` (the analysis cannot follow), ``applies`` (calls the given function
  with the frame), ``reads`` (makes a frame from a table, files or values), ``writes``,
  ``registers`` (names a view), ``inspects`` (an answer without a job), ``expresses`` (builds a
  column expression), ``configures`` (returns the builder itself), ``mutates`` (changes the frame
  in place) or ``unknown``.
* ``result``: the owner of what comes back (``spark``, ``spark.grouped``, ``pandas.series``, ...)
  or ``int``, ``float``, ``bool``, ``str``, ``none``, ``row``, ``rows``, ``row_or_rows``, ``names``
  (list of str), ``schema``, ``frames`` (list of frames), ``array``, ``arrow``, ``iterator``,
  ``any`` (not known).
* ``roles``: what an argument is: ``column`` (a name, a Column or a list of them, read), ``name``
  (a name that is written), ``expression`` (a Column), ``predicate`` (a Column or SQL text),
  ``sql`` (SQL text), ``expression_text`` (pandas query text), ``keys`` (join keys), ``frame``,
  ``frames``, ``grouped``, ``window``, ``assignments`` ({new name: expression}), ``renames``
  ({old name: new name}), ``by_column`` (may be a dict whose keys are column names), ``schema``,
  ``function``, ``table``, ``view``, ``path``, ``right_column`` (a column of the other frame),
  ``alias`` or ``value``.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from glue_compiler.knowledge import pandas_semantics, spark_semantics, suggestions
from glue_compiler.knowledge.glue_versions import NEWEST_GLUE, PANDAS_OF_GLUE, SPARK_OF_GLUE
from glue_compiler.text.python_ast import parse_ast

DATA = Path(__file__).parent / "data"

SPARK_VERSIONS = ("3.3", "3.5", "4.1")
"""The Spark versions that Glue 4.0, 5.0 / 5.1 and 6.0 run, oldest first."""

PANDAS_VERSIONS = ("1.5", "2.2", "2.3")
"""The pandas versions of Glue 4.0, 5.0 and 5.1 / 6.0, oldest first."""

FRAME_KINDS = ("spark", "pandas", "pandas_on_spark")

_LIBRARY_FILE = {"spark": "pyspark", "pandas": "pandas", "pandas_on_spark": "pyspark_pandas"}
_NAMED_RESULTS = {"int": "int", "float": "float", "bool": "bool", "str": "str", "None": "none"}
_SPARK_RESULTS = {
    "DataFrame": "spark",
    "Column": "spark.column",
    "GroupedData": "spark.grouped",
    "WindowSpec": "spark.window_spec",
    "DataFrameReader": "spark.reader",
    "SparkSession": "spark.session",
    "DataFrameWriter": "spark.writer",
    "PandasDataFrameLike": "pandas",
    "Row": "row",
    "List[Row]": "rows",
    "StructType": "schema",
    "List[str]": "names",
}
_EFFECT_OF_RESULT = {"spark.column": "expresses", "names": "inspects", "schema": "inspects"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a signature; ``kind`` is positional, positional_or_keyword, keyword, args or kwargs."""

    name: str
    kind: str
    required: bool
    default: str | None
    annotation: str | None
    role: str


@dataclass(frozen=True)
class Member:
    """A public member of an owner in one version of its library."""

    owner: str
    name: str
    kind: str
    """method, property, accessor, function, class or value."""
    signature: str
    """``(name: type = default) -> type`` without self; empty for properties and when unknown."""
    since: str
    """The library's own versionadded note, e.g. ``3.3.0``; empty when it says nothing."""
    effect: str
    result: str
    roles: tuple[tuple[str, str], ...] = ()

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters in order; empty for properties and unknown signatures."""
        return parse_parameters(self.signature, dict(self.roles))

    @property
    def callable(self) -> bool:
        return self.kind in ("method", "function", "class")

    @property
    def runs_job(self) -> bool:
        """Whether calling it makes Spark compute: an action, or a conversion to the driver."""
        on_spark = not self.owner.startswith("pandas") or self.owner.startswith("pandas_on_spark")
        to_driver = self.effect == "converts" and self.result.split(".")[0] in ("pandas", "arrow")
        return on_spark and (self.effect == "acts" or to_driver)

    @property
    def summary(self) -> str:
        """The first sentence of the library's documentation; empty when there is none."""
        return _summaries(_library(self.owner)).get(self.owner, {}).get(self.name, "")

    def role_of(self, position: int | None = None, keyword: str | None = None) -> str:
        """The role of the argument at a position or under a keyword; ``value`` when nothing is known."""
        for index, parameter in enumerate(self.parameters):
            if keyword is not None:
                if parameter.name == keyword or parameter.kind == "kwargs":
                    return parameter.role
            elif position is not None and (index == position or parameter.kind == "args"):
                return parameter.role if parameter.kind not in ("keyword", "kwargs") else "value"
        return "value"


class Api:
    """The members of one owner (``spark``, ``spark.column``, ``pandas.series``, ...) in one version."""

    def __init__(self, owner: str, version: str) -> None:
        self.owner = owner
        self.version = version
        content = _table(_library(owner), version).get(owner, {"members": {}, "also": []})
        self._rows: dict[str, list[str]] = content["members"]
        self._also = frozenset(content["also"])
        self._members: dict[str, Member] = {}

    def __contains__(self, name: str) -> bool:
        return self.has(name)

    def has(self, name: str) -> bool:
        """Whether the attribute exists, as interface or otherwise; private names count as existing."""
        return name in self._rows or name in self._also or name.startswith("_")

    def names(self) -> tuple[str, ...]:
        """The public members, sorted; what an editor offers."""
        return tuple(self._rows)

    def member(self, name: str) -> Member | None:
        known = self._members.get(name)
        if known is None and name in self._rows:
            known = self._members[name] = _member(self.owner, name, self._rows[name])
        return known

    def members(self) -> tuple[Member, ...]:
        return tuple(member for name in self._rows if (member := self.member(name)))

    def added_in(self, name: str) -> str | None:
        """The first known version that has the name, if that is later than this one."""
        versions = versions_of(self.owner)
        later = versions[versions.index(self.version) + 1 :]
        return next((v for v in later if api(self.owner, v).has(name)), None)

    def removed_in(self, name: str) -> str | None:
        """The first known version without the name, if an earlier version than this one had it."""
        versions = versions_of(self.owner)
        position = versions.index(self.version)
        if self.has(name):
            return None
        for older in reversed(range(position)):
            if api(self.owner, versions[older]).has(name):
                return versions[older + 1]
        return None

    def suggest(self, name: str) -> suggestions.Suggestion | None:
        """What to write instead of a name that this owner does not have; None when nobody can tell."""
        return suggestions.suggest(self.owner, name, self.names())


def versions_of(owner: str) -> tuple[str, ...]:
    """The library versions, oldest first, for which an owner's members are known."""
    return PANDAS_VERSIONS if _library(owner) == "pandas" else SPARK_VERSIONS


@lru_cache(maxsize=256)
def api(owner: str, version: str) -> Api:
    """The members of an owner in a version (major.minor) of its library.

    Raises ValueError for a version that is not known; an unknown owner has no members.
    """
    if version not in versions_of(owner):
        known = ", ".join(versions_of(owner))
        raise ValueError(f"no API table for {owner} {version}; known versions: {known}")
    return Api(owner, version)


def frame_api(kind: str, glue_version: str | None = None, *, version: str | None = None) -> Api:
    """The members of a frame kind or any other owner, by Glue version or by the library's own version.

    An unknown Glue version reads as the newest known one.
    """
    if version is None:
        by_glue = PANDAS_OF_GLUE if _library(kind) == "pandas" else SPARK_OF_GLUE
        version = by_glue.get(glue_version or NEWEST_GLUE, by_glue[NEWEST_GLUE])
    return api(kind, version)


def owner_of_kind(kind: str) -> str:
    """The owner in the API tables of a member use's kind: `pandas_series` is `pandas.series`."""
    for library in sorted(FRAME_KINDS, key=len, reverse=True):
        if kind == library:
            return kind
        if kind.startswith(f"{library}_"):
            return f"{library}.{kind[len(library) + 1 :]}"
    return kind


def _library(owner: str) -> str:
    return owner.partition(".")[0]


@lru_cache(maxsize=16)
def _table(library: str, version: str) -> dict[str, Any]:
    text = (DATA / f"{_LIBRARY_FILE[library]}-{version}.json").read_text(encoding="utf-8")
    owners: dict[str, Any] = json.loads(text)["owners"]
    return owners


@lru_cache(maxsize=4)
def _summaries(library: str) -> dict[str, dict[str, str]]:
    text = (DATA / f"{_LIBRARY_FILE[library]}-docs.json").read_text(encoding="utf-8")
    return {owner: rows["summaries"] for owner, rows in json.loads(text)["owners"].items()}


@lru_cache(maxsize=4)
def _semantics(library: str) -> dict[str, dict[str, str]]:
    return spark_semantics.ROWS if library == "spark" else pandas_semantics.rows_of(library)


def _member(owner: str, name: str, row: list[str]) -> Member:
    kind, signature, since = row
    library = _library(owner)
    words = _semantics(library).get(owner, {}).get(name, "").replace("{k}", library).split()
    if words:
        effect, result, *arguments = words
        roles = tuple((pair[0], pair[2]) for pair in (a.partition("=") for a in arguments))
    else:
        result = _annotated_result(library, signature)
        effect = _EFFECT_OF_RESULT.get(result, "unknown")
        roles = ()
    return Member(owner, name, kind, signature, since, effect, result, roles)


def _annotated_result(library: str, signature: str) -> str:
    _, arrow, annotation = signature.rpartition(" -> ")
    if not arrow:
        return "any"
    annotation = re.sub(r"^Optional\[(.*)\]$|\s*\|\s*None$", r"\1", annotation)
    if annotation in _NAMED_RESULTS:
        return _NAMED_RESULTS[annotation]
    if library == "spark":
        return _SPARK_RESULTS.get(annotation, "any")
    return {"DataFrame": library, "Series": f"{library}.series"}.get(annotation, "any")


def parse_parameters(signature: str, roles: dict[str, str]) -> tuple[Parameter, ...]:
    """The parameters of a stored signature, each with its role (``value`` when none is given)."""
    head = signature.rpartition(" -> ")[0] or signature
    try:
        parsed = parse_ast(f"def f{head}: ...").body[0]
    except SyntaxError:
        return ()
    if not isinstance(parsed, ast.FunctionDef):
        return ()
    arguments = parsed.args
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = len(positional) - len(arguments.defaults)
    defaults: list[ast.expr | None] = [*([None] * missing), *arguments.defaults]
    found: list[Parameter] = []

    def add(node: ast.arg, kind: str, default: ast.expr | None, *, required: bool) -> None:
        found.append(
            Parameter(
                name=node.arg,
                kind=kind,
                required=required,
                default=ast.unparse(default) if default is not None else None,
                annotation=ast.unparse(node.annotation) if node.annotation else None,
                role=roles.get(node.arg, "value"),
            )
        )

    for index, (node, default) in enumerate(zip(positional, defaults, strict=True)):
        only = index < len(arguments.posonlyargs)
        kind = "positional" if only else "positional_or_keyword"
        add(node, kind, default, required=default is None)
    if arguments.vararg:
        add(arguments.vararg, "args", None, required=False)
    for node, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        add(node, "keyword", keyword_default, required=keyword_default is None)
    if arguments.kwarg:
        add(arguments.kwarg, "kwargs", None, required=False)
    return tuple(found)
