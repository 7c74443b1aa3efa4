"""Whether the Python functions of a file do nothing but make values of their arguments, as far as their text proves it."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from glue_compiler.rewrites.model import once_a_model, walk
from glue_compiler.rewrites.places import driver_functions, function_of, own_statements

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model

_ROWS_AT_ONCE = re.compile(
    r"mapIn|applyIn|\.rdd\b|foreach|register|\.transform\(|accumulator|udtf", re.IGNORECASE
)
_MAKERS = frozenset({"udf", "pandas_udf", "arrow_udf"})
_BUILTINS = frozenset(
    """
    abs all any bool bytes bytearray chr complex dict divmod enumerate filter float format frozenset hex int
    isinstance issubclass len list map max min oct ord pow range repr reversed round set slice sorted str sum
    tuple type zip Exception ValueError TypeError KeyError IndexError AttributeError ArithmeticError
    ZeroDivisionError OverflowError LookupError RuntimeError NotImplementedError UnicodeDecodeError
    UnicodeEncodeError AssertionError
    """.split()  # noqa: SIM905 - a list of words reads better than a list of literals
)
_MODULES = frozenset(
    """
    math re hashlib json string decimal unicodedata statistics fractions base64 binascii html textwrap
    urllib.parse ipaddress operator itertools struct zlib difflib colorsys bisect heapq calendar datetime
    """.split()  # noqa: SIM905 - a list of words reads better than a list of literals
)
_ALL_BUILTINS = frozenset(dir(builtins))
_CLOCKS = frozenset({"now", "today", "utcnow", "localtime", "gmtime"})
"""Functions of these modules and of their classes that give another value at another time."""

_ARRAYS = {"numpy": "np", "pandas": "pd"}
_ARRAY_FUNCTIONS = frozenset(
    """
    Series DataFrame isna isnull notna notnull to_datetime to_numeric to_timedelta concat NA NaT Timestamp Timedelta
    abs absolute array asarray exp expm1 log log1p log2 log10 sqrt square power sin cos tan arcsin arccos arctan
    arctan2 radians degrees deg2rad rad2deg floor ceil round rint trunc clip minimum maximum where select isnan
    isfinite isinf nan inf pi sum mean median std var min max dot zeros ones full arange linspace float64 float32
    int64 int32 bool_ sign mod hypot cumsum cumprod diff nan_to_num unique percentile quantile
    """.split()  # noqa: SIM905 - a list of words reads better than a list of literals
)
_METHODS = frozenset(
    """
    lower upper strip lstrip rstrip title capitalize casefold replace split rsplit splitlines join startswith
    endswith find rfind index rindex count format zfill isdigit isalpha isalnum isnumeric isdecimal isspace islower
    isupper istitle removeprefix removesuffix encode decode hexdigest digest get items keys values group groups
    groupdict start end span is_integer bit_length partition rpartition swapcase center ljust rjust translate
    expandtabs date year month day isoformat weekday isoweekday isocalendar strftime strptime timestamp total_seconds
    timetuple toordinal fromisoformat union intersection difference issubset issuperset isdisjoint copy search match
    fullmatch findall finditer sub quantize as_tuple normalize to_integral_value hex conjugate asDict
    fillna isna isnull notna notnull astype isin between abs mean median std var cumsum shift diff rank clip dropna
    nunique unique mode sum min max round where mask contains len slice get_dummies cat extract to_numpy tolist
    dot reshape flatten item mul div mod pow eq ne lt le gt ge
    """.split()  # noqa: SIM905 - a list of words reads better than a list of literals
)
_GIVEN_FUNCTIONS = frozenset(
    {"apply", "map", "filter", "sorted", "min", "max", "reduce", "sub", "agg", "groupby"}
)
"""Functions and methods that call a function that they are given."""

_CHANGES = frozenset(
    "append extend insert add update setdefault sort reverse pop popitem remove discard clear appendleft".split()  # noqa: SIM905 - a list of words reads better than a list of literals
)
"""Methods that change their object: harmless on what the function made itself."""

_EFFECTS = (
    ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, ast.With, ast.AsyncWith, ast.Yield,
    ast.YieldFrom, ast.Await, ast.Delete, ast.ClassDef, ast.AsyncFunctionDef,
)  # fmt: skip
_MADE = (
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.Constant,
    ast.JoinedStr,
)
_FUNCTIONS = (ast.FunctionDef, ast.Lambda)


@once_a_model
def pure_functions(model: Model) -> bool:
    """Whether no function that may run in a frame's plan has an effect, and none can be hidden in another module.

    Functions that only driver code calls by their names are no part of a plan. What is made a UDF must be a
    function of the file, or a type.
    """
    if _ROWS_AT_ONCE.search(model.code):
        return False
    drivers = driver_functions(model)
    workers = [
        node
        for node in model.parents
        if isinstance(node, _FUNCTIONS) and node not in drivers and not _is_method(model, node)
    ]
    stored = {
        node.id
        for node in model.parents
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    own = {node.name for node in model.parents if isinstance(node, ast.FunctionDef)} - stored
    known = _Known(model, own, stored, drivers)
    return known.makers_are_given_functions() and all(map(known.pure, workers))


def _is_method(model: Model, node: ast.AST) -> bool:
    """Whether a function is a method that no function of a plan reaches: it is made of no name that these may call."""
    outer = model.parents[node]
    if not isinstance(outer, ast.ClassDef) or not isinstance(node, ast.FunctionDef):
        return False
    named = node.name.startswith("__") and node.name not in (
        "__init__",
        "__repr__",
        "__post_init__",
    )
    return not named and node.name not in _METHODS | _CHANGES


class _Known:
    """What the names of a file stand for, where that is certain."""

    def __init__(
        self, model: Model, own: set[str], stored: set[str], drivers: set[ast.AST]
    ) -> None:
        self._model = model
        self._own = own
        self._drivers = drivers
        self._values: dict[str, list[ast.AST | None]] = {}
        for node, parent in model.parents.items():
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                value = getattr(parent, "value", None)
                plain = isinstance(parent, (ast.Assign, ast.AnnAssign))
                self._values.setdefault(node.id, []).append(value if plain else None)
            elif isinstance(node, ast.arg):
                self._values.setdefault(node.arg, []).append(None)
        bound = {b.name for b in model.facts.bindings if not b.how.startswith("import")} | stored
        self._imports = {i.bound: (i.module, i.name) for i in model.facts.imports if i.bound}
        self._builtins = _BUILTINS - bound - self._imports.keys()
        modules, functions = model.spark_functions
        self._spark = modules | (set(functions) - bound)
        self._callable = self._builtins | own | set(functions) - bound
        self._arrays = {
            name for name, (module, member) in self._imports.items()
            if member is None and module in _ARRAYS and name not in bound
        }  # fmt: skip
        self._modules = {
            name for name, (module, member) in self._imports.items()
            if name not in bound and (module if member is None else f"{module}.{member}") in _MODULES
        }  # fmt: skip
        self._members = {
            name for name, (module, member) in self._imports.items()
            if name not in bound and member is not None and module in _MODULES
        }  # fmt: skip

    def makers_are_given_functions(self) -> bool:
        """Whether each `udf(...)` gets a lambda, a function of the file, or types; none goes another way."""
        makers = {name for name, (_, member) in self._imports.items() if member in _MAKERS}
        for node in self._model.parents:
            named = isinstance(node, ast.Name) and node.id in makers | _MAKERS
            member = isinstance(node, ast.Attribute) and node.attr in _MAKERS
            if named or member:
                parent = self._model.parents[node]
                if isinstance(parent, ast.Call) and parent.func is node:
                    if not all(map(self._given, parent.args)):
                        return False
                    if any(k.arg == "f" and not self._given(k.value) for k in parent.keywords):
                        return False
                elif node not in getattr(parent, "decorator_list", []):
                    return False
        return True

    def _given(self, node: ast.expr) -> bool:
        if isinstance(node, (ast.Lambda, ast.Constant)):
            return True
        if isinstance(node, ast.Name):
            module = self._imports.get(node.id, ("", ""))[0]
            return node.id in self._own or module == "pyspark.sql.types"
        if isinstance(node, ast.Call):
            text = ast.unparse(node.func)
            return re.search(r"(?:^|\.)[A-Z]\w*Type$", text) is not None
        return isinstance(node, ast.Attribute) and node.attr.isupper()  # PandasUDFType.SCALAR

    def pure(self, function: ast.AST) -> bool:
        """Whether a function's own body does nothing but compute, of its arguments and of constants."""
        body = function.body if isinstance(function, ast.FunctionDef) else [function.body]  # type: ignore[attr-defined]
        arguments = function.args  # type: ignore[attr-defined]
        defaults = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
        if not all(map(self._is_constant, defaults)):
            return False
        made, local = _made_inside(function), self._local(function)
        return all(
            self._harmless(node, made, local)
            for statement in body
            for node in own_statements(statement)
        )

    def _local(self, function: ast.AST) -> set[str]:
        """The names that a function, or one of a plan's around it, binds itself."""
        found: set[str] = set()
        current: ast.AST | None = function
        while current is not None and current not in self._drivers:
            for node in walk(current):
                if isinstance(node, ast.arg):
                    found.add(node.arg)
                elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                    found.add(node.id)
                elif isinstance(node, ast.ExceptHandler) and node.name:
                    found.add(node.name)
            current = function_of(self._model, current)
        return found

    def _is_constant(self, node: ast.AST | None) -> bool:
        """Whether an expression is a constant, a collection of such, or what a known module makes of them."""
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return all(map(self._is_constant, node.elts))
        if isinstance(node, ast.Dict):
            return all(map(self._is_constant, [*node.keys, *node.values]))
        if isinstance(node, ast.UnaryOp):
            return self._is_constant(node.operand)
        if isinstance(node, ast.Attribute):
            return isinstance(node.value, ast.Name) and node.value.id in self._modules
        if isinstance(node, ast.Call) and not node.keywords:
            func = node.func
            named = isinstance(func, ast.Name) and func.id in self._builtins | self._members
            member = isinstance(func, ast.Attribute) and self._is_constant(func)
            return (named or member) and all(map(self._is_constant, node.args))
        return isinstance(node, ast.BinOp) and all(map(self._is_constant, (node.left, node.right)))

    def _closed_over(self, node: ast.Name) -> bool:
        """Whether a name from outside is a constant, or only an operand."""
        values = self._values.get(node.id)
        if values and all(map(self._is_constant, values)):
            return True
        return isinstance(
            self._model.parents[node], (ast.Compare, ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.IfExp)
        )

    def _harmless(self, node: ast.AST, made: set[str], local: set[str]) -> bool:
        if isinstance(node, _EFFECTS):
            return False
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            base = node.value
            item = isinstance(node, ast.Subscript) and isinstance(base, ast.Name)
            return item and base.id in made  # type: ignore[attr-defined]
        if isinstance(node, ast.Attribute) and node.attr in _CLOCKS:
            return False
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            return node.id in local or self._name(node)
        if isinstance(node, ast.Call):
            return self._called(node.func, made) and self._functions_given(node)
        return True

    def _name(self, node: ast.Name) -> bool:
        """Whether reading a name hands out nothing that acts: a builtin such as `print`, a module that is not known."""
        if node.id in self._imports:
            known = self._modules | self._members | self._arrays | self._spark
            module = self._imports[node.id][0]
            return node.id in known or module in ("pyspark.sql.types", "typing", "pyspark.sql")
        if node.id in self._builtins or node.id in self._own:
            return True
        return node.id not in _ALL_BUILTINS and self._closed_over(node)

    def _called(self, func: ast.expr, made: set[str]) -> bool:
        if isinstance(func, ast.Name):
            return func.id in self._callable | self._members
        if not isinstance(func, ast.Attribute):
            return False
        base = func.value
        if isinstance(base, ast.Name):
            if base.id in self._arrays:
                return func.attr in _ARRAY_FUNCTIONS
            if base.id in self._modules | self._spark | self._members:
                return True
            if base.id in made and func.attr in _CHANGES:
                return True
        return func.attr in _METHODS or (func.attr in ("apply", "map"))

    def _functions_given(self, call: ast.Call) -> bool:
        """Whether a function that calls others gets only functions of the file, lambdas and builtins."""
        func = call.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if name not in _GIVEN_FUNCTIONS:
            return True
        first = 1 if name == "sub" and len(call.args) > 2 else 0
        values = [
            *call.args[first : first + 1],
            *(k.value for k in call.keywords if k.arg in ("key", "func")),
        ]
        if name in ("min", "max", "sorted"):
            values = [k.value for k in call.keywords if k.arg == "key"]
        return all(
            self._called(value, set()) if isinstance(value, (ast.Name, ast.Attribute)) else True
            for value in values
        )


def _made_inside(function: ast.AST) -> set[str]:
    """The local names that only hold what the function made itself."""
    good: set[str] = set()
    bad: set[str] = {node.arg for node in walk(function) if isinstance(node, ast.arg)}
    for node in walk(function):
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            value = node.value
            plain = isinstance(value, ast.Call) and ast.unparse(value.func) in (
                "list",
                "dict",
                "set",
            )
            for target in targets:
                for name in (
                    n.id
                    for n in walk(target)
                    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
                ):
                    fresh = isinstance(target, ast.Name) and (plain or isinstance(value, _MADE))
                    (good if fresh else bad).add(name)
        elif isinstance(node, (ast.For, ast.comprehension)):
            bad.update(n.id for n in walk(node.target) if isinstance(n, ast.Name))
        elif isinstance(node, ast.NamedExpr):
            bad.add(node.target.id)
    return good - bad
