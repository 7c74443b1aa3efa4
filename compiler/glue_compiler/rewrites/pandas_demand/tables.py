"""Methods of pandas frames that depend, row by row, on nothing but the columns that they name: as data.

Not here, because their results depend on columns that they do not name: `iterrows` and `apply` (one type for all
cells of a row), `concat` (a column without values takes its type from its neighbours in a block), `GroupBy.apply`
(of no rows it gives all columns), `describe`, `to_dict`, whatever shows, writes or aggregates the whole frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from glue_compiler.knowledge.frames import api, versions_of


@dataclass(frozen=True)
class Method:
    """One method: its parameters in order, which of them name columns, which must be given, and what the result is.

    `gives` is "frame" (the same columns or more, so that it is followed), "groups", or "" for a result that
    holds named columns only. `none` is the reason where a required one is missing.
    """

    parameters: tuple[str, ...]
    names: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    gives: str = "frame"
    none: str = "operator_changes_rows"


def _method(
    parameters: str,
    names: str = "",
    required: str = "",
    gives: str = "frame",
    none: str = "operator_changes_rows",
) -> Method:
    return Method(
        tuple(parameters.split()),
        tuple(names.split()),
        tuple(required.split()),
        gives,
        none,
    )


METHODS: dict[str, Method] = {
    "copy": _method("deep"),
    "head": _method("n"),
    "tail": _method("n"),
    "sample": _method("n frac replace weights random_state ignore_index", "weights"),
    "sort_values": _method("by ascending inplace kind na_position ignore_index key", "by", "by"),
    "sort_index": _method("ascending inplace kind na_position ignore_index"),
    "drop_duplicates": _method("subset keep inplace ignore_index", "subset", "subset"),
    "duplicated": _method("subset keep", "subset", "subset", ""),
    "dropna": _method("subset how thresh inplace ignore_index", "subset", "subset"),
    "set_index": _method("keys drop append inplace verify_integrity", "keys", "keys"),
    "nlargest": _method("n columns keep", "columns", "columns"),
    "nsmallest": _method("n columns keep", "columns", "columns"),
    "explode": _method("column ignore_index", "column", "column"),
    "ffill": _method("limit inplace"),
    "bfill": _method("limit inplace"),
    "pop": _method("item", "item", "item", ""),
    "get": _method("key", "key", "key", ""),
    "value_counts": _method("subset normalize sort ascending dropna", "subset", "subset", ""),
    "filter": _method("items", "items", "items", "", none="unknown_method"),
    "pivot": _method("index columns values", "index columns values", "index columns values", "", none="aggregated"),
    "pivot_table": _method("values index columns aggfunc fill_value margins dropna margins_name observed sort", "values index columns", "values", "", none="aggregated"),
    "melt": _method("id_vars value_vars var_name value_name ignore_index", "id_vars value_vars", "id_vars value_vars", "", none="row_wise"),
    "merge": _method("right how on left_on right_on left_index right_index sort suffixes copy indicator validate", "on left_on right_on"),
    "join": _method("other on how lsuffix rsuffix sort", "on"),
    "groupby": _method("by axis level as_index sort group_keys observed dropna", "by", "by", "groups", none="computed_name"),
    "rolling": _method("window min_periods center win_type on axis closed", "on", "", "groups"),
    "expanding": _method("min_periods", "", "", "groups"),
    "ewm": _method("com span halflife alpha min_periods adjust ignore_na", "", "", "groups"),
    "resample": _method("rule axis closed label convention kind on", "on", "", "groups"),
}  # fmt: skip
"""Methods of a frame. Parameters that are not listed here, such as `axis=`, are not followed."""

GROUPS: dict[str, Method] = {
    "size": _method("", gives=""),
    "ngroup": _method("ascending", gives=""),
    "cumcount": _method("ascending", gives=""),
    "head": _method("n"),
    "tail": _method("n"),
    "rolling": METHODS["rolling"],
    "expanding": METHODS["expanding"],
    "ewm": METHODS["ewm"],
    "resample": METHODS["resample"],
}
"""Methods of a grouped frame, besides those of the columns that are taken of it."""

NO_COLUMNS = frozenset({"empty", "index"})
"""Attributes of a frame that tell nothing of its columns."""

COLUMN_LIST = frozenset(
    [
        "columns",
        "dtypes",
        "axes",
        "keys",
        "T",
        "values",
        "size",
        "ndim",
        "attrs",
        "style",
        "info",
        "flags",
    ]
)
"""Attributes and methods that tell which columns there are."""

ROW_WISE = frozenset(
    "iterrows apply to_dict to_numpy to_records xs applymap map transform stack".split()  # noqa: SIM905
)
POSITIONAL = frozenset({"iloc", "iat"})

SERIES_TESTS = frozenset(
    """
    isin notna isna isnull notnull between eq ne gt lt ge le contains startswith endswith match fullmatch
    isnumeric isdigit isalpha isalnum isdecimal isspace isupper islower duplicated
    """.split()  # noqa: SIM905 - a list of words reads better than a list of literals
)
"""Methods of a column that say of every row whether something holds."""


@cache
def is_member(name: str) -> bool:
    """Whether a name is no column when it is an attribute of a frame, in any supported pandas."""
    return any(api("pandas", version).has(name) for version in versions_of("pandas"))
