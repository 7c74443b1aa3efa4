"""Whether a method or function takes some arguments: how many, by which names, and of which kinds.

Kinds are words: those of `FrameReturn.value`, and for frames `spark frame`, `pandas frame`, `pandas_on_spark frame`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.knowledge.accepted_words import words_of
from glue_compiler.text.constants import Constant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glue_compiler.knowledge.frames import Member, Parameter

_BY_POSITION = frozenset({"positional", "positional_or_keyword"})
_BY_NAME = frozenset({"positional_or_keyword", "keyword"})

_NO_COLUMN_NOR_NAME = frozenset(
    {
        *("number", "bool", "dict", "spark frame", "pandas frame", "pandas_on_spark frame"),
        *("series", "none", "grouped", "function"),
    }
)
_NO_SPARK_FRAME = frozenset(
    {
        *("string", "number", "bool", "list", "tuple", "dict", "column", "rows"),
        *("pandas frame", "pandas_on_spark frame", "series", "none", "grouped", "function"),
    }
)
_NO_AGGREGATE = (_NO_COLUMN_NOR_NAME - {"dict"}) | {"string", "list", "tuple"}
_REFUSED = {
    "Column": _NO_COLUMN_NOR_NAME | {"string", "list", "tuple"},
    "Union[Column, Dict[str, str]]": _NO_AGGREGATE,
    "ColumnOrName": _NO_COLUMN_NOR_NAME,
    "DataFrame": _NO_SPARK_FRAME,
}
"""What parameters of Spark with these types raise for."""

_FRAMES = frozenset({"spark frame", "pandas frame", "pandas_on_spark frame", "series"})
_NO_TEXT = _FRAMES | {"number", "bool", "list", "tuple", "dict", "column"}
_NO_NUMBER = _FRAMES | {"string", "list", "tuple", "dict", "column"}
_NO_TEXTS = _FRAMES | {"number", "bool", "column"}
_NO_LIST = _FRAMES | {"string", "number", "bool", "column"}
_NO_COLUMN_NOR_NUMBER = _FRAMES | {"dict", "list", "tuple"}
_PLAIN = {
    "int": _NO_NUMBER,
    "Optional[int]": _NO_NUMBER,
    "float": _NO_NUMBER,
    "Optional[float]": _NO_NUMBER,
    "str": _NO_TEXT,
    "Optional[str]": _NO_TEXT,
    "List[str]": _NO_LIST,
    "Optional[List[str]]": _NO_LIST,
    "Union[str, List[str]]": _NO_TEXTS,
    "Union[str, List[str], None]": _NO_TEXTS,
    "Union[str, Tuple[str, ...], List[str], None]": _NO_TEXTS,
    "Union[ColumnOrName, int]": _NO_COLUMN_NOR_NUMBER,
    "Union[ColumnOrName, float]": _NO_COLUMN_NOR_NUMBER,
    "Optional[ColumnOrName]": _NO_COLUMN_NOR_NAME - {"none", "grouped", "function"},
    "Union[Column, LiteralType, DecimalLiteral, DateTimeLiteral]": _FRAMES | {"dict"},
    "Any": _FRAMES,
}
"""What parameters of Spark with these types raise for in the versions of `_PLAIN_IN`."""

_PLAIN_IN = frozenset({"3.5", "4.1"})
_REFUSED_UNTIL_4 = frozenset(
    {
        *("Any", "Union[ColumnOrName, float]"),
        "Union[Column, LiteralType, DecimalLiteral, DateTimeLiteral]",
    }
)
_PLAIN_OF = frozenset({"spark", "spark.column", "spark.grouped", "spark.functions"})

_LISTS = frozenset({"list", "tuple"})
"""What parameters for a column or its name refuse, too: those of functions, and of `drop`."""

_WANTED = {
    "Column": "a column",
    "Union[Column, Dict[str, str]]": "an aggregate, such as `F.sum(...)`",
    "ColumnOrName": "a column or its name",
    "DataFrame": "a Spark frame",
    "int": "a whole number",
    "Optional[int]": "a whole number",
    "float": "a number",
    "Optional[float]": "a number",
    "str": "a string",
    "Optional[str]": "a string",
    "List[str]": "a list of names",
    "Optional[List[str]]": "a list of names",
    "Union[str, List[str]]": "a name or a list of names",
    "Union[str, List[str], None]": "a name or a list of names",
    "Union[str, Tuple[str, ...], List[str], None]": "a name or a list of names",
    "Union[ColumnOrName, int]": "a number, or a column or its name",
    "Union[ColumnOrName, float]": "a number, or a column or its name",
    "Optional[ColumnOrName]": "a column or its name",
    "Union[Column, LiteralType, DecimalLiteral, DateTimeLiteral]": "a column or a plain value",
    "Any": "a plain value",
}
_SHOWN = {
    "none": "None",
    "grouped": "grouped data",
    "rows": "rows",
    "function": "a function that is not called",
}
_LENIENT = frozenset(
    {
        *("sameSemantics", "convert_timezone", "observe", "mergeInto", "broadcast", "cube"),
        *("date_part", "datepart", "extract", "histogram_numeric"),
    }
)
"""Spark's methods and functions that take, or that convert, more than their types say."""

_ANYTHING = frozenset({kind for kinds in _PLAIN.values() for kind in kinds})
_TAKES = {
    **dict.fromkeys(("fillna", "transform", "to_str", "ntile", "json_tuple"), _ANYTHING),
    **dict.fromkeys(("pandas_api", "to_koalas", "to_pandas_on_spark"), _ANYTHING),
    "unix_timestamp": _ANYTHING,
    "replace": frozenset({"string"}),
    "alias": frozenset({"pandas frame", "series"}),
}
"""What some of Spark's methods and functions take, too, or do not look at."""

_PANDAS_FRAMES = re.compile(r"\b(?:DataFrame|Series)\b")
_TYPES = frozenset({"DataType", "Union[DataType, str]", "DataTypeOrString"})
"""Spark's types as parameters: the instance of a class of `pyspark.sql.types`, and not the class."""

_INSTANCE = "an instance, such as `StringType()`"
_NO_TYPE = frozenset({"string", "number", "bool", "list", "tuple", "dict", "column", "spark frame"})
"""What the classes of types that are made of others raise for; others take the name of a type, too."""

_KEYWORDS = {
    ("spark", name, "ascending"): _FRAMES | {"string", "dict", "column"}
    for name in ("sort", "orderBy", "sortWithinPartitions")
}
"""What is refused under names that a signature does not show."""

_OF_PARAMETER = {
    ("spark.session", "createDataFrame", "data"): frozenset({"spark frame", "column"}),
    ("spark.functions", "lit", "col"): _FRAMES | {"dict", "tuple", "set", "function"},
    ("spark.column", "over", "window"): (_NO_LIST - {"column"}) | {"list", "tuple", "dict"},
}
"""What raises in all versions of Spark for parameters whose types say nothing of it. A window is a column here."""

_WANTED_OF = {
    "data": "rows or a pandas frame",
    "col": "a plain value, or a list of such",
    "window": "a window, such as `Window.partitionBy('a')`",
}

_NO_NAMES = {
    "ColumnOrName": re.compile(r"[^\w*.`]*"),
    "Union[ColumnOrName, int]": re.compile(r"[^\w*.`]*|-?\d+"),
}
"""Texts that are no names of columns to people. A star is all columns, a point and back-quotes have a meaning of their own."""

_COMBINING = frozenset({"merge", "join", "compare", "combine_first", "combine", "align"})
"""pandas' methods that raise for any other frame than pandas' own."""

_NEEDS_ONE = {
    **{(owner, "agg"): "exprs" for owner in ("spark", "spark.grouped")},
    **{("spark.column", name): "alias" for name in ("alias", "name")},
}
"""What raises without any argument, which its signature does not show, and the argument."""

_PYTHON_TYPES = frozenset({"str", "int", "float", "bool", "list", "dict", "bytes"})


@dataclass(frozen=True, slots=True)
class Given:
    """An argument: its keyword, what is known of the kind of its value, and the value where it is a constant."""

    name: str | None
    kind: str = "unknown"
    literal: str | None = None


def misfit(member: Member, given: Sequence[Given], version: str) -> tuple[str, int | None] | None:
    """What is wrong with the arguments of a call, and which one it is; None where nothing is certain.

    `version` is that of the member's library.
    """
    parameters = member.parameters
    if not parameters and member.signature.replace(" ", "").partition("->")[0] != "()":
        return None  # a signature that could not be read
    return (
        _wrong_shape(member, parameters, given, version)
        or _wrong_kind(member, parameters, given, version)
        or _wrong_word(member, parameters, given)
        or _wrong_keys(member, parameters, given)
    )


def refused(member: Member, annotation: str, version: str) -> frozenset[str]:
    """The kinds of values for which a parameter of Spark with this type raises, in a version of Spark."""
    if member.name in _LENIENT:
        return frozenset()
    if annotation in _PLAIN:
        known = version in _PLAIN_IN and member.owner in _PLAIN_OF
        known = known and (version < "4" or annotation not in _REFUSED_UNTIL_4)
        return _PLAIN[annotation] - _TAKES.get(member.name, frozenset()) if known else frozenset()
    found = _REFUSED.get(annotation, frozenset())
    if member.owner == "spark.functions":
        found -= {"none"}  # some, as `from_utc_timestamp`, hand it on
    one_column = member.owner == "spark.functions" or member.name == "drop"
    return found | _LISTS if annotation == "ColumnOrName" and one_column else found


def is_class(name: str) -> bool:
    """Whether a dotted name is a class that people write for a type of Spark."""
    module, _, last = name.rpartition(".")
    if module == "builtins":
        return last in _PYTHON_TYPES
    return module == "pyspark.sql.types" and last.endswith("Type")


def names_of(member: Member) -> list[str]:
    """The names by which arguments can be given."""
    return [parameter.name for parameter in member.parameters if parameter.kind in _BY_NAME]


def _wrong_shape(
    member: Member, parameters: Sequence[Parameter], given: Sequence[Given], version: str
) -> tuple[str, int | None] | None:
    kinds = {parameter.kind for parameter in parameters}
    positional = [parameter for parameter in parameters if parameter.kind in _BY_POSITION]
    by_name = {parameter.name for parameter in parameters if parameter.kind in _BY_NAME}
    places = [index for index, item in enumerate(given) if item.name is None]
    named = {item.name: index for index, item in enumerate(given) if item.name is not None}
    taken = {parameter.name for parameter in positional[: len(places)]}
    if "kwargs" not in kinds:
        for name, index in named.items():
            if name in taken:
                return f"`{member.name}` gets `{name}` twice: here, and by position", index
            if name not in by_name:
                return f"`{member.name}` has no parameter `{name}`", index
    if "args" not in kinds:
        # Of pandas, some parameters that can only be named from some version on are shown as such before.
        only_named = sum(parameter.kind == "keyword" for parameter in parameters)
        most = len(positional) + (only_named if _warns_only(member, version) else 0)
        if len(places) > most:
            many = f"`{member.name}` takes {_counted(len(positional))}, not {len(places)}"
            return many, places[most]
    missing = [
        parameter.name
        for index, parameter in enumerate(parameters)
        if parameter.required and index >= len(places) and parameter.name not in named
    ]
    if not given and (member.owner, member.name) in _NEEDS_ONE:
        missing = [_NEEDS_ONE[member.owner, member.name]]
    if missing and len(places) <= len(positional):
        return f"`{member.name}` needs `{'`, `'.join(missing)}`", None
    return None


def _warns_only(member: Member, version: str) -> bool:
    """Whether a method of pandas still takes by position what it shows as parameters to be named.

    pandas 2 does so of the methods that write, and of an index.
    """
    if member.owner.partition(".")[0] != "pandas":
        return False
    return version < "2" or member.name.startswith("to_") or member.owner == "pandas.index"


def _counted(number: int) -> str:
    if number == 0:
        return "no argument"
    return "one argument" if number == 1 else f"at most {number} arguments"


def _wrong_kind(
    member: Member, parameters: Sequence[Parameter], given: Sequence[Given], version: str
) -> tuple[str, int | None] | None:
    for index, (parameter, item) in enumerate(_placed(parameters, given)):
        if item.kind == "unknown":
            continue
        if parameter is None:
            if item.kind in _KEYWORDS.get((member.owner, member.name, item.name or ""), ()):
                return (
                    f"`{item.name}` of `{member.name}` is true or false, or a list of both",
                    index,
                )
            continue
        wanted = _wanted(member, parameter, item.kind, version)
        if wanted is not None:
            kind = shown_kind(item.kind)
            return f"`{parameter.name}` of `{member.name}` is {wanted}, not {kind}", index
    return None


def shown_kind(kind: str) -> str:
    """The kind of a value in a message: `a Spark frame`."""
    shown = _SHOWN.get(kind, f"a {kind}").replace("_on_", "-on-")
    return shown.replace("spark frame", "Spark frame")


def _wrong_word(
    member: Member, parameters: Sequence[Parameter], given: Sequence[Given]
) -> tuple[str, int | None] | None:
    """A word that a parameter does not take, where those that it takes are known."""
    for index, (parameter, item) in enumerate(_placed(parameters, given)):
        words = words_of(member.owner, member.name, parameter.name) if parameter else None
        if words is None or item.literal is None or item.kind != "string":
            continue
        word = Constant(item.literal).value
        if isinstance(word, str) and not words.takes(word):
            name = parameter.name if parameter else ""
            return (
                f"`{name}` of `{member.name}` is one of {words.listed()}, not {item.literal}",
                index,
            )
    return None


def _wrong_keys(
    member: Member, parameters: Sequence[Parameter], given: Sequence[Given]
) -> tuple[str, int | None] | None:
    """Keys of a merge of pandas that exclude one another, or that are given for one side."""
    if member.name != "merge" or member.owner.partition(".")[0] != "pandas":
        return None
    found = {
        parameter.name: index
        for index, (parameter, item) in enumerate(_placed(parameters, given))
        if parameter is not None and item.literal not in ("None", "False")
    }
    sure = {name: index for name, index in found.items() if given[index].kind != "unknown"}
    sides = [name for name in ("left_on", "right_on") if name in sure]
    if "on" in sure and sides:
        return "`merge` takes `on`, or `left_on` and `right_on`, not both", found[sides[0]]
    for name, other in (("left_on", "right"), ("right_on", "left")):
        if name in sure and not {f"{other}_on", f"{other}_index"} & found.keys():
            return f"`merge` needs `{other}_on` or `{other}_index` beside `{name}`", found[name]
    return None


def nameless(member: Member, given: Sequence[Given]) -> int | None:
    """The text among the arguments of a function of Spark that is taken as the name of a column, and looks like none.

    It has spaces and punctuation alone, or is a number where a function also takes one.
    """
    if member.owner != "spark.functions":
        return None
    for index, (parameter, item) in enumerate(_placed(member.parameters, given)):
        if parameter is None or item.literal is None or item.kind != "string":
            continue
        pattern = _NO_NAMES.get(parameter.annotation or "")
        if pattern is not None and pattern.fullmatch(str(Constant(item.literal).value)):
            return index
    return None


def _placed(
    parameters: Sequence[Parameter], given: Sequence[Given]
) -> Iterator[tuple[Parameter | None, Given]]:
    """The arguments, each with the parameter that takes it."""
    place = 0
    for item in given:
        yield parameter_of(parameters, place, item.name), item
        place += item.name is None


def parameter_of(parameters: Sequence[Parameter], place: int, name: str | None) -> Parameter | None:
    """The parameter that takes an argument: by its name, else by its place among those without one."""
    for index, parameter in enumerate(parameters):
        if name is not None:
            if parameter.name == name:
                return parameter
        elif index == place or (parameter.kind == "args" and index <= place):
            return parameter
    return None


def _wanted(member: Member, parameter: Parameter, kind: str, version: str) -> str | None:
    """What a parameter is, where it raises for a value of a kind."""
    annotation = parameter.annotation or ""
    library = member.owner.partition(".")[0]
    if kind == "class":
        return _INSTANCE if annotation in _TYPES else None
    if annotation == "DataType" and kind in _NO_TYPE:
        return _INSTANCE
    kind, _, held = kind.partition(" of ")
    if held and member.name == "concat" and library == "pandas":
        return "a list of pandas frames"
    if kind in _OF_PARAMETER.get((member.owner, member.name, parameter.name), ()):
        return _WANTED_OF[parameter.name]
    if library == "spark":
        if kind == "list" and member.name == "lit" and version == "3.3":
            return "a plain value"
        return _WANTED[annotation] if kind in refused(member, annotation, version) else None
    foreign = (kind == "spark frame" and member.name in _COMBINING) or (
        kind in ("none", "grouped") and member.name == "merge"
    )
    if library == "pandas" and foreign and _PANDAS_FRAMES.search(annotation):
        return "a pandas frame"
    return None
