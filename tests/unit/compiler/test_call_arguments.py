"""What GLU612 knows of parameters is what Python itself does with the real methods of the installed libraries."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pandas
import pyspark
import pytest
from glue_compiler.knowledge.frames import api
from glue_compiler.knowledge.renamed_parameters import still_taken
from glue_compiler.knowledge.signatures import Given, misfit

from tools.knowledge.collect import OWNERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.knowledge.frames import Member

_INSTALLED = {
    "pyspark": ".".join(pyspark.__version__.split(".")[:2]),
    "pyspark_pandas": ".".join(pyspark.__version__.split(".")[:2]),
    "pandas": ".".join(pandas.__version__.split(".")[:2]),
}


def _classes() -> Iterator[object]:
    for library, owners in OWNERS.items():
        for owner, place in owners.items():
            module, _, names = place.partition(":")
            found: Any = importlib.import_module(module)
            for name in filter(None, names.split(".")):
                found = getattr(found, name)
            if isinstance(found, type):
                yield pytest.param(found, owner, _INSTALLED[library], id=owner)


def _methods(cls: type, owner: str, version: str) -> Iterator[Member]:
    """The methods with parameters that are written in Python."""
    for member in api(owner, version).members():
        in_python = hasattr(getattr(cls, member.name), "__code__")
        if member.kind == "method" and member.parameters and in_python:
            yield member


def _call(cls: type, member: Member, *args: object, **kwargs: object) -> None:
    """Call a method for nobody: the arguments are bound before anything is done with them."""
    method = getattr(cls, member.name)
    bound = getattr(method, "__self__", None) is not None or isinstance(
        cls.__dict__.get(member.name), staticmethod
    )
    method(*(() if bound else (object(),)), *args, **kwargs)


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize(("cls", "owner", "version"), list(_classes()))
def test_methods_refuse_what_they_have_no_parameter_for(
    cls: type, owner: str, version: str
) -> None:
    for member in _methods(cls, owner, version):
        kinds = {parameter.kind for parameter in member.parameters}
        positional = [p for p in member.parameters if p.kind.startswith("positional")]
        if "kwargs" not in kinds:
            with pytest.raises(TypeError, match=r"unexpected keyword|positional arguments"):
                _call(cls, member, *range(len(positional)), no_such_parameter=1)
        if "args" not in kinds:
            named = [p for p in member.parameters if p.kind == "keyword"]
            with pytest.raises(TypeError, match=r"positional argument|multiple values"):
                _call(cls, member, *range(len(positional) + len(named) + 1))
        required = [p for p in positional if p.required]
        if required and "args" not in kinds:
            with pytest.raises(TypeError, match="missing"):
                _call(cls, member, *range(len(required) - 1))


def test_old_names_of_parameters_are_those_of_their_versions() -> None:
    assert still_taken("pandas", "1.5", "to_csv", "line_terminator")
    assert not still_taken("pandas", "2.2", "to_csv", "line_terminator")
    assert not still_taken("pandas", "1.5", "to_csv", "sepp")


@pytest.mark.parametrize(
    ("owner", "version", "name", "given", "said"),
    [
        (
            "spark",
            "3.5",
            "join",
            [(None, "unknown", None), (None, "unknown", None), (None, "string", "'semi_'")],
            None,
        ),
        (
            "spark",
            "3.3",
            "join",
            [(None, "unknown", None), (None, "unknown", None), (None, "string", "'lft'")],
            "is one of",
        ),
        ("spark", "3.3", "dropDuplicates", [(None, "string", "'a'")], None),
        ("spark", "3.5", "dropDuplicates", [(None, "string", "'a'")], "a list of names"),
        ("pandas", "1.5", "drop", [(None, "string", "'a'"), (None, "number", "1")], None),
        (
            "pandas",
            "2.2",
            "drop",
            [(None, "string", "'a'"), (None, "number", "1")],
            "takes one argument",
        ),
        ("pandas", "2.2", "to_csv", [(None, "string", "'a'"), (None, "string", "';'")], None),
        (
            "pandas",
            "2.2",
            "merge",
            [(None, "unknown", None), ("on", "unknown", None), ("left_on", "string", "'a'")],
            "beside `left_on`",
        ),
        (
            "pandas",
            "2.2",
            "merge",
            [(None, "unknown", None), ("left_on", "string", "'a'"), ("right_on", "unknown", None)],
            None,
        ),
        (
            "pandas",
            "2.2",
            "merge",
            [(None, "unknown", None), ("on", "string", "'a'"), ("left_on", "none", "None")],
            None,
        ),
        ("spark.types", "3.3", "ArrayType", [(None, "class", None)], "an instance"),
    ],
)
def test_what_a_version_takes(owner, version, name, given, said):
    member = api(owner, version).member(name)
    found = misfit(member, [Given(*item) for item in given], version)
    assert (found is None) if said is None else (found is not None and said in found[0])
