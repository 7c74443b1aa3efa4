"""What the analysis of one model file found: plain, frozen data with spans; no syntax-tree objects.

`ModelFacts.to_dict` and `to_json` give all of it as JSON data. Spans are half-open ranges of code points of the analysed text. What is not known is absent or None:
a consumer must stay silent then. Facts about frames are in `facts.frames`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from glue_compiler.facts.codec import encode
from glue_compiler.facts.frames import FlowFacts
from glue_compiler.facts.places import Offset  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.facts.worlds import World  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.text.constants import Constant  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.text.source import Span  # noqa: TC001 - the codec reads the hints at run time

FACTS_VERSION = 3

ParameterKind = Literal[
    "positional_only", "positional", "var_positional", "keyword_only", "var_keyword"
]
Where = Literal["code", "comment", "string", "fstring"]
Via = Literal["direct", "alias", "getattr", "parameter", "closure", "attribute"]
Analysed = Literal["full", "surface", "none"]


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why the text is not Python; `newer` when only a newer Python than the running one reads it."""

    message: str
    span: Span
    kind: Literal["syntax", "null_byte", "encoding", "byte_order_mark"] = "syntax"
    newer: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the analysis that the file exceeds: `measure` of at most `cap`."""

    kind: Literal["too_deep", "too_big", "internal"]
    span: Span
    measure: int = 0
    cap: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Brace:
    """`{{`, `{%` or `{#`, which dbt-core takes for Jinja wherever it stands.

    `token` is the comment or string around it.
    """

    text: str
    span: Span
    where: Where
    token: Span | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, with its `#`; `own_line` when nothing stands before it."""

    span: Span
    own_line: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement around something: where a line can be put before it.

    `line_start` is the offset of its first line and `indent` the white space there;
    `hoistable` tells that an assignment put there keeps the order of evaluation: the statement
    starts its line and does not evaluate the part zero or several times.
    """

    span: Span
    line_start: Offset
    indent: str
    kind: str
    hoistable: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function: `span` is its name's."""

    name: str
    span: Span
    kind: ParameterKind
    default: str | None = None
    annotation: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A `def`, `async def` or `class` method, with what dbt-core looks at.

    `span` runs from `def` (decorators excluded) to the end of the body, `header` to the colon.
    `scope` is where it is defined; `ends_with` the kind of its last statement (`return`,
    `return_tuple`, `if`, `try`, `with`, `raise`, `expression`, ...). `body_start` is the offset
    of the first statement's line and `body_indent` its white space.
    """

    name: str
    qualname: str
    span: Span
    name_span: Span
    header: Span
    parameters: tuple[Parameter, ...]
    parameters_span: Span
    decorators: tuple[str, ...] = ()
    is_async: bool = False
    is_generator: bool = False
    scope: Literal["module", "class", "function"] = "module"
    conditional: bool = False
    ends_with: str = ""
    last_statement: Span | None = None
    body_start: Offset = 0
    body_indent: str = ""
    body_one_line: bool = False
    returns: int = 0


@dataclass(frozen=True, slots=True)
class ModelCandidate:
    """Something called `model`.

    `form`: function, async_function, lambda, assignment, import, class. `function` indexes
    `ModelFacts.functions`. `core_counts` and `v2_counts` tell whether dbt-core's validator and
    dbt v2's count it as a model definition (v2 also counts nested and async functions).
    """

    form: Literal["function", "async_function", "lambda", "assignment", "import", "class"]
    span: Span
    name_span: Span
    scope: Literal["module", "class", "function"]
    core_counts: bool
    v2_counts: bool
    conditional: bool = False
    function: int | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """A name bound at module level and how: assignment, function, class, import, loop, with, ..."""

    name: str
    span: Span
    how: str
    statement: Span


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `import module as alias`, `from module import name as alias`.

    `bound` is the name that it binds (None for `*`); `level` counts the dots of a relative
    import; `guarded` is inside a `try` that catches ImportError; `dynamic` is
    `importlib.import_module("literal")` or `__import__("literal")`. `used` is None when unknown.
    """

    module: str
    name: str | None
    bound: str | None
    span: Span
    statement: Span
    level: int = 0
    function: str | None = None
    guarded: bool = False
    type_checking: bool = False
    dynamic: bool = False
    conditional: bool = False
    used: bool | None = None

    @property
    def top(self) -> str:
        """The first component of the module's dotted name."""
        return self.module.split(".")[0]


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call.

    `span` is the whole argument, `value_span` its value. `literal` is set when
    `ast.literal_eval` accepts it, as dbt-core demands; `values` are all values it can have,
    when constant folding finds them (then a literal has exactly one).
    """

    span: Span
    value_span: Span
    name: str | None = None
    name_span: Span | None = None
    star: Literal["", "*", "**"] = ""
    literal: Constant | None = None
    values: tuple[Constant, ...] | None = None
    shape: str = ""

    @property
    def value(self) -> Any:
        """The literal value; None when it is not a literal (see `literal`)."""
        return None if self.literal is None else self.literal.value


@dataclass(frozen=True, slots=True)
class DbtUse:
    """A use of the `dbt` object of the model, followed by binding.

    `api` is the dotted path after dbt: `ref`, `source`, `config`, `config.get`,
    `config.meta_get`, `this`, `this.database`, `is_incremental`, or whatever was written; an
    empty string is dbt itself escaping to where it cannot be followed. `known` tells whether
    the path exists in dbt's API. `span` is the whole expression (the call, when `called`),
    `callee` the part before the parentheses, `name_span` the last name of the path.

    `visible`: dbt-core's parser sees the call (only for ref, source, config, config.get,
    meta_get); `hidden_by` says why not: subscript, attribute, argument_position, alias, getattr,
    parameter_name, ... `use` says how a value is used: `call`, `test`, `not`, `compare`,
    `boolop`, `assign`, `argument`, `return`, `value`, `statement`.
    """

    api: str
    known: bool
    span: Span
    callee: Span
    name_span: Span
    called: bool = False
    via: Via = "direct"
    args: tuple[Argument, ...] = ()
    arguments_span: Span | None = None
    visible: bool = False
    hidden_by: str | None = None
    use: str = "value"
    parent: Span | None = None
    statement: Statement | None = None
    function: str | None = None
    conditional: bool = False
    in_loop: bool = False
    worlds: tuple[World, ...] = ("full", "incremental")

    def argument(self, index: int, *names: str) -> Argument | None:
        """The argument at a position (before any star), or of one of the names."""
        for position, argument in enumerate(self.args):
            if argument.star:
                break
            if argument.name is None and position == index:
                return argument
        return next((a for a in self.args if a.name is not None and a.name in names), None)


@dataclass(frozen=True, slots=True)
class CoreProblem:
    """What dbt-core's own validator would raise for this file, with a position, which it lacks.

    `kind`: model_count, first_argument, arity, return, literal, syntax.
    """

    kind: Literal["model_count", "first_argument", "arity", "return", "literal"]
    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class UndefinedName:
    """A name that no scope binds. `similar` are bound names that look alike, best first."""

    name: str
    span: Span
    function: str | None = None
    similar: tuple[str, ...] = ()
    session_parameter: str | None = None


@dataclass(frozen=True, slots=True)
class UnboundName:
    """A local name that is read where some path, or every path (`always`), has not bound it.

    `worlds` are those in which it can happen; `bound_at` are the places that bind it. `why`:
    branch, loop (bound only if the loop runs, or in an earlier round), try, deleted, or order
    (read before the only binding).
    """

    name: str
    span: Span
    function: str | None
    worlds: tuple[World, ...]
    always: bool = False
    why: Literal["branch", "loop", "try", "deleted", "order"] = "branch"
    bound_at: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """All facts of one model file.

    `falls_through` are the worlds in which the end of the model function can be reached without
    a return or a raise.
    """

    version: int
    source_hash: str
    length: int
    analysed: Analysed = "none"
    empty: bool = False
    first_code: Span | None = None
    syntax_errors: tuple[SyntaxProblem, ...] = ()
    limits: tuple[Limit, ...] = ()
    braces: tuple[Brace, ...] = ()
    comments: tuple[Comment, ...] = ()
    functions: tuple[Function, ...] = ()
    models: tuple[ModelCandidate, ...] = ()
    model: int | None = None
    bindings: tuple[Binding, ...] = ()
    imports: tuple[Import, ...] = ()
    star_import: bool = False
    dbt_uses: tuple[DbtUse, ...] = ()
    dbt_escapes: bool = False
    core_problems: tuple[CoreProblem, ...] = ()
    undefined_names: tuple[UndefinedName, ...] = ()
    unbound_names: tuple[UnboundName, ...] = ()
    falls_through: tuple[World, ...] = ()
    flow: FlowFacts = field(default_factory=FlowFacts)

    @property
    def model_function(self) -> Function | None:
        """The function that dbt-core will run, if there is one."""
        return None if self.model is None else self.functions[self.model]

    @property
    def session_parameter(self) -> str | None:
        """The name of the model's second parameter."""
        function = self.model_function
        if function is None:
            return None
        names = [p.name for p in function.parameters if p.kind in ("positional_only", "positional")]
        return names[1] if len(names) > 1 else None

    def uses(self, *apis: str) -> tuple[DbtUse, ...]:
        """The uses of some of dbt's APIs, in the order of the text."""
        return tuple(use for use in self.dbt_uses if use.api in apis)

    def to_dict(self) -> dict[str, Any]:
        """The facts as JSON data; fields with their default value are left out."""
        data = encode(self)
        assert isinstance(data, dict)  # noqa: S101 - a dataclass is encoded as an object
        return data

    def to_json(self) -> str:
        """The facts as JSON text."""
        return json.dumps(self.to_dict(), separators=(",", ":"))
