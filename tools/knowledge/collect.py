"""Print, as JSON, the public members of the PySpark and pandas classes that this interpreter has installed."""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import re
import sys
from typing import Any

Row = list[str]
"""[kind, signature, since, summary]; kind is method, property, function, class, accessor or value."""

CLASSIC = {
    "spark": "pyspark.sql.classic.dataframe:DataFrame",
    "spark.column": "pyspark.sql.classic.column:Column",
    "spark.window": "pyspark.sql.classic.window:Window",
    "spark.window_spec": "pyspark.sql.classic.window:WindowSpec",
}
"""The classes behind the abstract ones of Spark 4, where the two differ."""

OWNERS: dict[str, dict[str, str]] = {
    "pyspark": {
        "spark": "pyspark.sql:DataFrame",
        "spark.column": "pyspark.sql:Column",
        "spark.grouped": "pyspark.sql:GroupedData",
        "spark.session": "pyspark.sql:SparkSession",
        "spark.builder": "pyspark.sql:SparkSession.Builder",
        "spark.reader": "pyspark.sql:DataFrameReader",
        "spark.writer": "pyspark.sql:DataFrameWriter",
        "spark.writer_v2": "pyspark.sql.readwriter:DataFrameWriterV2",
        "spark.na": "pyspark.sql:DataFrameNaFunctions",
        "spark.stat": "pyspark.sql:DataFrameStatFunctions",
        "spark.catalog": "pyspark.sql.catalog:Catalog",
        "spark.window": "pyspark.sql:Window",
        "spark.window_spec": "pyspark.sql:WindowSpec",
        "spark.row": "pyspark.sql:Row",
        "spark.functions": "pyspark.sql.functions:",
        "spark.types": "pyspark.sql.types:",
        "spark.rdd": "pyspark:RDD",
    },
    "pyspark_pandas": {
        "pandas_on_spark": "pyspark.pandas:DataFrame",
        "pandas_on_spark.series": "pyspark.pandas:Series",
        "pandas_on_spark.index": "pyspark.pandas:Index",
        "pandas_on_spark.grouped": "pyspark.pandas.groupby:DataFrameGroupBy",
        "pandas_on_spark.grouped_series": "pyspark.pandas.groupby:SeriesGroupBy",
        "pandas_on_spark.top": "pyspark.pandas:",
    },
    "pandas": {
        "pandas": "pandas:DataFrame",
        "pandas.series": "pandas:Series",
        "pandas.index": "pandas:Index",
        "pandas.grouped": "pandas.core.groupby:DataFrameGroupBy",
        "pandas.grouped_series": "pandas.core.groupby:SeriesGroupBy",
        "pandas.top": "pandas:",
    },
}

SIGNATURE_LIMIT = 600
SUMMARY_LIMIT = 140
FROM_PACKAGE = ("pyspark", "pandas")


def summary_of(value: object) -> str:
    """The first sentence of the docstring, without reST mark-up; empty when there is none."""
    text = inspect.getdoc(value) or ""
    paragraph = text.strip().split("\n\n")[0].replace("\n", " ")
    paragraph = re.sub(r":\w+(?::\w+)?:`~?([^`<]+?)(?:\s*<[^>]*>)?`", r"\1", paragraph)
    paragraph = re.sub(r"`+([^`]*)`+_?", r"\1", paragraph)
    sentence = re.split(r"(?<=[^.][a-z)\]'\"])\.(?:\s|$)|\s\.\. ", paragraph)[0].strip()
    sentence = re.sub(r"\s+", " ", sentence)
    if len(sentence) > SUMMARY_LIMIT:
        sentence = sentence[: SUMMARY_LIMIT - 3].rsplit(" ", 1)[0] + "..."
    return sentence


def since_of(value: object) -> str:
    """The version of the package's own ``versionadded`` note; empty when there is none."""
    found = re.search(r"\.\. versionadded::\s*([\d.]+)", inspect.getdoc(value) or "")
    return found.group(1) if found else ""


def annotation_text(annotation: object) -> str:
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    text = text.replace("ForwardRef(", "(").replace("NoneType", "None")
    text = re.sub(r"\b(?:typing|pyspark|pandas|collections|numpy)(?:\.\w+)*\.(?=\w)", "", text)
    text = re.sub(r"\('(\w+)'\)", r"\1", text)
    return text if "Literal" in text else text.replace("'", "").replace('"', "")


def default_text(default: object) -> str:
    if default is None or isinstance(default, bool | int | float | str):
        return repr(default)
    if default in ((), [], {}):
        return repr(default)
    return "..."


def signature_of(value: Any, *, of_instance: bool) -> str:
    """``(name: type = default, ...) -> type``, parseable as a Python signature; empty when unknown.

    The first parameter of what an instance calls is the instance, whatever its name is.
    """
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return ""
    parameters = list(signature.parameters.values())
    if parameters and of_instance:
        parameters = parameters[1:]
    for annotated in (True, False):
        text = written(parameters, signature.return_annotation, annotated=annotated)
        if len(text) <= SIGNATURE_LIMIT:
            break
    return text


def written(parameters: list[inspect.Parameter], returned: object, *, annotated: bool) -> str:
    parts: list[str] = []
    previous: Any = None
    for parameter in parameters:
        if previous is inspect.Parameter.POSITIONAL_ONLY and parameter.kind is not previous:
            parts.append("/")
        if parameter.kind is parameter.KEYWORD_ONLY and previous not in (
            parameter.KEYWORD_ONLY,
            parameter.VAR_POSITIONAL,
        ):
            parts.append("*")
        star = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")  # type: ignore[call-overload]
        part = star + parameter.name
        with_type = annotated and parameter.annotation is not inspect.Parameter.empty
        if with_type:
            part += f": {annotation_text(parameter.annotation)}"
        if parameter.default is not inspect.Parameter.empty:
            equals = " = " if with_type else "="
            part += equals + default_text(parameter.default)
        parts.append(part)
        previous = parameter.kind
    if previous is inspect.Parameter.POSITIONAL_ONLY:
        parts.append("/")
    text = f"({', '.join(parts)})"
    if annotated and returned is not inspect.Signature.empty:
        text += f" -> {annotation_text(returned)}"
    return text


def kind_of(static: Any, owner_is_module: bool) -> str:
    if isinstance(static, property | functools.cached_property):
        return "property"
    if inspect.isclass(static):
        return "class" if owner_is_module else "accessor"
    if isinstance(static, classmethod | staticmethod):
        return "method"
    if callable(static):
        return "function" if owner_is_module else "method"
    if type(static).__name__ == "CachedAccessor":
        return "accessor"
    if hasattr(static, "__get__") and not owner_is_module:
        return "property"
    return "value"


def belongs(name: str, value: Any, module: Any) -> bool:
    """Whether a module's global is part of its interface rather than something it imported."""
    exported = getattr(module, "__all__", None)
    if exported is not None and module.__name__ in ("pyspark.sql.functions", "pyspark.sql.types"):
        home = str(getattr(value, "__module__", ""))
        return name in exported or (callable(value) and home.startswith(module.__name__))
    if isinstance(value, bool) or str(value).startswith("typing."):
        return False
    if inspect.ismodule(value):
        return bool(value.__name__.startswith(module.__name__ + "."))
    home = getattr(value, "__module__", None) or module.__name__
    return str(home).startswith(FROM_PACKAGE)


def members_of(target: Any) -> dict[str, Row]:
    is_module = inspect.ismodule(target)
    found: dict[str, Row] = {}
    for name in sorted(dir(target)):
        if name.startswith("_"):
            continue
        # A default, because a module's __getattr__ serves names that it does not hold.
        static = inspect.getattr_static(target, name, None)
        try:
            value = getattr(target, name)
        except (AttributeError, TypeError, RuntimeError):
            value = static  # a class property that needs a running session
        if is_module and (inspect.ismodule(value) or not belongs(name, value, target)):
            continue
        kind = kind_of(static, is_module)
        described = static if kind == "property" else value
        signature = ""
        if kind in ("method", "function", "class"):
            of_class = is_module or isinstance(static, (staticmethod, classmethod))
            signature = signature_of(value, of_instance=kind == "method" and not of_class)
        summary = summary_of(described) if kind != "value" else ""
        found[name] = [kind, signature, since_of(described), summary]
    return found


def instance_attributes(target: Any) -> set[str]:
    """Public names that ``__init__`` assigns on self: there on every instance, absent from ``dir(class)``."""
    names: set[str] = set()
    for base in target.__mro__ if inspect.isclass(target) else ():
        try:
            source = inspect.getsource(vars(base)["__init__"])
        except (KeyError, OSError, TypeError):
            continue
        names.update(re.findall(r"\bself\.([a-z]\w*)\s*(?::[^=\n]+)?=(?!=)", source))
    return names


def owner_of(owner: str, path: str) -> dict[str, Any]:
    """{"members": {name: Row}, "also": names that exist without being part of the interface}."""
    target = resolve(path)
    members = members_of(target)
    if owner in CLASSIC:
        try:
            classic = resolve(CLASSIC[owner])
        except ModuleNotFoundError:
            classic = target
        members = {**members_of(classic), **members}
        also = instance_attributes(classic)
    else:
        also = instance_attributes(target)
    also.update(name for name in dir(target) if not name.startswith("_"))
    return {"members": members, "also": sorted(also - members.keys())}


def resolve(path: str) -> Any:
    module, _, attributes = path.partition(":")
    target = importlib.import_module(module)
    for attribute in filter(None, attributes.split(".")):
        target = getattr(target, attribute)
    return target


def main() -> None:
    import pandas
    import pyspark

    versions = {"pyspark": pyspark.__version__, "pandas": pandas.__version__}
    versions["pyspark_pandas"] = versions["pyspark"]
    collected = {
        library: {
            "version": versions[library],
            "owners": {owner: owner_of(owner, path) for owner, path in owners.items()},
        }
        for library, owners in OWNERS.items()
    }
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    stdlib = sorted(sys.stdlib_module_names)
    json.dump({"libraries": collected, "stdlib": {python: stdlib}}, sys.stdout)


if __name__ == "__main__":
    main()
