"""The words that parameters of Spark and pandas take, where another one is an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Words:
    """The words that a parameter takes; `plain` makes of a written word the one that is compared."""

    accepted: tuple[str, ...]
    plain: Callable[[str], str] = str
    shown: int | None = None

    def takes(self, word: str) -> bool:
        """Whether a word is one of them."""
        return self.plain(word) in self.accepted

    def listed(self) -> str:
        """Those that are told to people."""
        return ", ".join(self.accepted[: self.shown])


def _of_join(word: str) -> str:
    """As Spark's JoinType reads it: without case, and without underscores."""
    return word.lower().replace("_", "")


_JOINS = Words(
    (
        *("inner", "left", "right", "outer", "cross", "leftsemi", "leftanti"),
        *("full", "fullouter", "leftouter", "rightouter", "semi", "anti"),
    ),
    _of_join,
    7,
)
_MODES = Words(("overwrite", "append", "ignore", "error", "errorifexists", "default"), str.lower, 4)
_MERGES = Words(("inner", "left", "right", "outer", "cross", "asof"), shown=5)
_ANY_OR_ALL = Words(("any", "all"))
_KEPT = Words(("first", "last"))
_CONCATS = Words(("inner", "outer"))

_WORDS: dict[tuple[str, str, str], Words] = {
    ("spark", "join", "how"): _JOINS,
    ("spark", "dropna", "how"): _ANY_OR_ALL,
    ("spark.na", "drop", "how"): _ANY_OR_ALL,
    ("spark.writer", "mode", "saveMode"): _MODES,
    **{
        ("spark.writer", name, "mode"): _MODES
        for name in ("csv", "jdbc", "json", "orc", "parquet", "save", "saveAsTable")
    },
    ("pandas", "merge", "how"): _MERGES,
    ("pandas", "join", "how"): _MERGES,
    ("pandas.top", "merge", "how"): _MERGES,
    ("pandas.top", "concat", "join"): _CONCATS,
    ("pandas", "dropna", "how"): _ANY_OR_ALL,
    ("pandas", "drop_duplicates", "keep"): _KEPT,
    ("pandas.series", "drop_duplicates", "keep"): _KEPT,
}


def words_of(owner: str, member: str, parameter: str) -> Words | None:
    """The words of a parameter, None where it takes others or where they are not known."""
    return _WORDS.get((owner, member, parameter))
