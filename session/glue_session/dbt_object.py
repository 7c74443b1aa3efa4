"""The `dbt` object that a Python model receives in the session, built from what dbt resolved for this run."""

from __future__ import annotations

from typing import Any


class DbtError(Exception):
    """A model used `dbt` in a way that cannot work. The message says what to do instead."""


class This:
    """The model's own relation: `database`, `schema`, `identifier`; as text, its full name."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self.database = parts["database"]
        self.schema = parts["schema"]
        self.identifier = parts["identifier"]
        self._relation = parts["relation"]

    def __str__(self) -> str:
        return str(self._relation)

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"dbt.this has no attribute {name!r}; it has database, schema and identifier, "
            "and its full name is str(dbt.this)"
        )


class IsIncremental:
    """Whether this run adds to an existing table: a truth value that may also be called.

    dbt's documentation writes `if dbt.is_incremental:`, dbt-glue's `if dbt.is_incremental():`; both
    work here, and so does `== True`. `is True` compares identities and can never hold for an object.
    """

    def __init__(self, value: bool) -> None:
        self._value = value

    def __bool__(self) -> bool:
        return self._value

    def __call__(self) -> bool:
        return self._value

    def __eq__(self, other: object) -> bool:
        return bool(other) == self._value if isinstance(other, (bool, IsIncremental)) else False

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return repr(self._value)


class Config:
    """`dbt.config`: a call sets nothing here (dbt read it when it parsed the project), `get` and `meta_get` read."""

    def __init__(self, config: dict[str, Any], meta: dict[str, Any]) -> None:
        self._config = config
        self._meta = meta

    def __call__(self, *_args: Any, **_kwargs: Any) -> None:
        return None

    def get(self, key: str, default: Any = None) -> Any:
        """The value that dbt resolved for a config key, or `default` where it is not set."""
        value = self._config.get(key)
        return default if value is None else value

    def meta_get(self, key: str, default: Any = None) -> Any:
        """The value of a key of the model's `meta`, or `default` where it is not set."""
        value = self._meta.get(key)
        return default if value is None else value

    def __getitem__(self, key: str) -> Any:
        raise DbtError(f"dbt.config[{key!r}] is not available: write dbt.config.get({key!r})")

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"dbt.config has no attribute {name!r}: read a config with dbt.config.get({name!r}), "
            f"a value of its meta with dbt.config.meta_get({name!r})"
        )


_ELSEWHERE = {
    "var": (
        "put the variable into the model's config in YAML (config: {meta: {my_value: \"{{ var('x') }}\"}}) "
        "and read it with dbt.config.meta_get('my_value')"
    ),
    "env_var": (
        "put the value into the model's config in YAML (config: {meta: {my_value: \"{{ env_var('X') }}\"}}) "
        "and read it with dbt.config.meta_get('my_value')"
    ),
    "macro": "macros are SQL; write a Python function in the model",
    "run_query": "use session.sql(...)",
    "sql": "use session.sql(...)",
    "log": "use print(...); what a model prints arrives in dbt's log",
    "target": "read dbt.this.schema and dbt.this.database, or pass the value through the model's config",
    "model": "read dbt.this for the relation and dbt.config.get(...) for configs",
    "function": "dbt functions are SQL; call them with session.sql(...)",
    "session": "the session is the second argument of model(dbt, session)",
    "spark": "the session is the second argument of model(dbt, session)",
}


class Dbt:
    """What a model may ask dbt for: ref, source, config, this, is_incremental."""

    def __init__(self, spark: Any, request: dict[str, Any]) -> None:
        self._spark = spark
        self._refs = {(ref["package"], ref["name"], ref["version"]): ref for ref in request["refs"]}
        self._sources = {
            (source["source"], source["table"]): source for source in request["sources"]
        }
        self.config = Config(request["config"], request["meta"])
        self.this = This(request["this"])
        self.is_incremental = IsIncremental(bool(request["is_incremental"]))

    def ref(self, *names: str, v: Any = None, version: Any = None, **_ignored: Any) -> Any:
        """The DataFrame of a model, seed or snapshot: ref(name), ref(package, name), with v= or version=.

        Other arguments are ignored, as by the `ref` of dbt's own generated code.
        """
        if len(names) not in (1, 2):
            raise DbtError(
                f"dbt.ref takes a name, or a package and a name; it was called with {len(names)} arguments"
            )
        wanted = v if v is not None else version
        key = (
            names[0] if len(names) == 2 else None,
            names[-1],
            None if wanted is None else str(wanted),
        )
        if key not in self._refs:
            raise DbtError(
                _not_recorded(_ref_call(*key), [_ref_call(*known) for known in self._refs])
            )
        return self._frame(self._refs[key])

    def source(self, *names: str) -> Any:
        """The DataFrame of a source table: source(source_name, table_name)."""
        if len(names) != 2:
            raise DbtError(
                f"dbt.source takes the name of a source and of its table; it was called with {len(names)} arguments"
            )
        key = (names[0], names[1])
        if key not in self._sources:
            shown = f"dbt.source({names[0]!r}, {names[1]!r})"
            known = [f"dbt.source({source!r}, {table!r})" for source, table in self._sources]
            raise DbtError(_not_recorded(shown, known))
        return self._frame(self._sources[key])

    def _frame(self, reference: dict[str, Any]) -> Any:
        """The rows of a relation, or those that dbt asks for."""
        query = reference.get("query")
        table = reference["relation"]
        frame = self._spark.table(table) if query is None else self._spark.sql(query)
        if reference.get("limit") is not None:
            frame = frame.limit(reference["limit"])
        period = reference.get("period")
        return frame if period is None else _rows_of(frame, period)

    def __getattr__(self, name: str) -> Any:
        hint = _ELSEWHERE.get(
            name, "it has ref, source, config, config.get, config.meta_get, this and is_incremental"
        )
        raise AttributeError(f"dbt.{name} does not exist in Python models: {hint}")


def _rows_of(frame: Any, period: dict[str, Any]) -> Any:
    """The rows of a time. Compared with a text as in dbt's SQL, so that dates, times and texts mean the same in both."""
    from pyspark.sql import functions

    column = functions.expr(period["column"])  # SQL: dbt takes an expression for a column, too
    if period["start"] is not None:
        frame = frame.where(column >= functions.lit(period["start"]))
    if period["end"] is not None:
        frame = frame.where(column < functions.lit(period["end"]))
    return frame


def _ref_call(package: str | None, name: str, version: str | None) -> str:
    names = ", ".join(repr(part) for part in (package, name) if part is not None)
    return f"dbt.ref({names}{'' if version is None else f', v={version}'})"


def _not_recorded(asked: str, known: list[str]) -> str:
    recorded = "\n".join(f"  {line}" for line in known) or "  nothing"
    return (
        f"{asked} is not among the references that dbt recorded for this model:\n{recorded}\n"
        "dbt finds references by reading the file, before anything runs: it takes literal names only, from a parameter "
        "that is spelled dbt, and overlooks calls inside subscripts, comparisons, lambdas and most other expressions. "
        f"Give the call a line of its own with literal names, for instance `upstream = {asked}`."
    )
