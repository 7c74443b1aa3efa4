"""The functions of Spark SQL, by the versions that have them: measured on real Spark (tools/knowledge)."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from glue_compiler.knowledge.frames import DATA
from glue_compiler.text.similar import closest, edit_distance

INSTEAD = {
    "array_construct": "array(...)",
    "array_to_string": "array_join(array, separator)",
    "convert_timezone": "from_utc_timestamp(...) or to_utc_timestamp(...)",
    "datefromparts": "make_date(year, month, day)",
    "generate_series": "sequence(first, last), with explode(...) for rows",
    "getdate": "current_timestamp()",
    "iff": "if(condition, value, other)",
    "isnumeric": "cast(text as double) is not null",
    "listagg": "concat_ws(separator, collect_list(column))",
    "object_construct": "named_struct(...) or map(...)",
    "parse_json": "from_json(text, schema)",
    "safe_cast": "try_cast(value as type)",
    "string_agg": "concat_ws(separator, collect_list(column))",
    "string_to_array": "split(text, separator)",
    "strpos": "instr(text, part)",
    "sysdate": "current_timestamp()",
    "to_varchar": "cast(value as string)",
    "try_to_date": "to_date(text, pattern)",
    "zeroifnull": "coalesce(value, 0)",
}
"""What to write for functions of other databases."""

_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, tuple[str, ...]], ...]:
    """For functions, and for words of the grammar: name -> the versions (`3.5`) that have it."""
    data = json.loads((DATA / "sql-functions.json").read_text(encoding="utf-8"))
    every = data["versions"]
    return tuple(
        {
            name: tuple(
                version.rpartition(".")[0]
                for version in (every if versions == "*" else versions.split())
            )
            for versions, names in data[section].items()
            for name in names.split()
        }
        for section in ("functions", "words")
    )


def functions_of(version: str) -> frozenset[str]:
    """The functions of a Spark (`3.5`)."""
    return frozenset(name for name, versions in _tables()[0].items() if version in versions)


def versions_of(name: str) -> tuple[str, ...]:
    """The Sparks that have a function, oldest first."""
    return _tables()[0].get(name, ())


def may_call(name: str, version: str) -> bool:
    """Whether SQL has a meaning for a name, in lower case, that stands before a parenthesis."""
    return version in versions_of(name) or name in _tables()[1]


@lru_cache(maxsize=256)
def near(name: str, version: str) -> str | None:
    """The function of which a name, in lower case, is a slip of one letter; other names are somebody's own."""
    found = closest(name, functions_of(version))
    if found is None or len(name) < 4 or found[0] != name[0]:
        return None
    if _DIGIT.findall(name) != _DIGIT.findall(found):
        return None
    slip = edit_distance(name.replace("_", ""), found.replace("_", ""), 1)
    return None if slip is None else found
