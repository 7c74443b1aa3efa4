"""What the members of `series.str`, `series.dt` and `series.cat` give: a series, a frame, or nobody knows.

Checked by a test against the installed pandas. Only members whose answer never depends on the
data are listed; every other one is unknown.
"""

from __future__ import annotations

ACCESSORS = frozenset({"str", "dt", "cat"})

SERIES_OF: dict[str, frozenset[str]] = {
    "str": frozenset(
        {
            *("capitalize", "casefold", "center", "contains", "count", "decode", "encode"),
            *("endswith", "find", "findall", "fullmatch", "get", "index", "isalnum", "isalpha"),
            *("isdecimal", "isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper"),
            *("join", "len", "ljust", "lower", "lstrip", "match", "normalize", "pad"),
            *("removeprefix", "removesuffix", "repeat", "replace", "rfind", "rindex", "rjust"),
            *("rstrip", "slice", "slice_replace", "startswith", "strip", "swapcase", "title"),
            *("translate", "upper", "wrap", "zfill"),
        }
    ),
    "dt": frozenset(
        {
            *("ceil", "date", "day", "day_name", "day_of_week", "day_of_year", "dayofweek"),
            *("dayofyear", "days", "days_in_month", "daysinmonth", "floor", "hour"),
            *("is_leap_year", "is_month_end", "is_month_start", "is_quarter_end"),
            *("is_quarter_start", "is_year_end", "is_year_start", "microsecond", "microseconds"),
            *("minute", "month", "month_name", "nanosecond", "nanoseconds", "normalize"),
            *("quarter", "round", "second", "seconds", "strftime", "time", "timetz"),
            *("to_period", "total_seconds", "tz_convert", "tz_localize", "weekday", "year"),
        }
    ),
    "cat": frozenset({"codes"}),
}
"""Members that always give a series of the same length."""

FRAME_OF: dict[str, frozenset[str]] = {
    "str": frozenset({"extractall", "get_dummies"}),
    "dt": frozenset({"isocalendar"}),
    "cat": frozenset(),
}
"""Members that always give a frame."""

EXPANDS: dict[str, bool] = {
    "split": False,
    "rsplit": False,
    "extract": True,
    "partition": True,
    "rpartition": True,
}
"""Members of `str` that give a frame with `expand=True`, a series without, and their default.

`extract` is no such case: without `expand` it gives a series only for a single group.
"""
