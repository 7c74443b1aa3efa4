"""The values of pandas: frames, series, groups, and what `.str` and `.loc` take off them.

pandas on Spark has the same ones, for a frame class of its own (see `PandasSeries.of`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from glue_compiler.flow.core.values import UNKNOWN, FrameValue, PartOfFrame, Value
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Self

    from glue_compiler.facts.schemas import Column, FrameKind, Schema


@dataclass(slots=True, eq=False)
class PandasFrame(FrameValue):
    """A pandas frame; `plain_index`: its index has no names. `index` are the names that it surely has."""

    kind: ClassVar[FrameKind] = "pandas"
    on_driver = True
    classes = frozenset({"pandas.DataFrame", "pandas.core.frame.DataFrame"})

    plain_index: bool = False
    index: tuple[str, ...] = ()

    def labelled(self, from_columns: bool) -> Self:
        return changed(self, plain_index=not from_columns)

    def has_no_truth(self) -> bool:
        return True

    def combined_with(self, other: FrameValue, schema: Schema) -> Self:
        plain = self.plain_index and isinstance(other, PandasFrame) and other.plain_index
        return changed(FrameValue.combined_with(self, other, schema), plain_index=plain)

    def joined_with(self, other: Self) -> Self:
        index = self.index if self.index == other.index else ()
        return changed(FrameValue.joined_with(self, other), index=index)

    def same_as(self, other: Self) -> bool:
        return FrameValue.same_as(self, other) and self.index == other.index

    def opened(self) -> Self:
        return changed(FrameValue.opened(self), index=())

    def unwritten(self) -> tuple[str, ...]:
        columns = self.schema.names if self.index else ()
        return tuple(name for name in self.index if name not in columns)


@dataclass(slots=True, eq=False)
class PandasSeries(PartOfFrame):
    """A series, of a frame's column when that is known; `of` is the class of its library's frames.

    Not `sure` is what `frame["x"]` gives where the labels may have two levels: it may be a frame.
    """

    traced_in_containers = True

    of: type[PandasFrame]
    frame: PandasFrame | None = None
    column: str | None = None
    sure: bool = True

    def same_as(self, other: Self) -> bool:
        return self.sure == other.sure

    def joined_with(self, other: Self) -> Value:
        if self.of is not other.of:
            return UNKNOWN
        return PandasSeries(self.of, sure=self.sure and other.sure)

    def as_frame(self) -> PandasFrame | None:
        return None if self.sure else self.of()

    def api_owner(self) -> str:
        return f"{self.of.kind}.series" if self.sure else ""

    def has_no_truth(self) -> bool:
        return self.sure

    def word(self) -> str:
        return "series" if self.sure else "unknown"


@dataclass(slots=True, eq=False)
class PandasAccessor(Value):
    """`series.str`, `series.dt`, `series.iloc` and the like."""

    series: PandasSeries
    name: str

    def frames(self) -> Sequence[FrameValue]:
        return self.series.frames()


@dataclass(slots=True, eq=False)
class PandasIndexer(PartOfFrame):
    """`frame.loc`, `frame.iloc`, `frame.at`, `frame.iat`."""

    frame: PandasFrame


@dataclass(slots=True, eq=False)
class PandasGroups(PartOfFrame):
    """A grouped frame; `keys` is None when they are not known, `selected` the chosen columns.

    `labelled`: the keys surely become the labels of the rows of an aggregate. `single`: the one column is chosen by
    its name alone, so that an aggregate is a series.
    """

    deferred = True

    frame: PandasFrame
    keys: tuple[Column, ...] | None
    selected: tuple[str, ...] | None = None
    labelled: bool = False
    single: bool = False

    def api_owner(self) -> str:
        one = self.selected is not None and len(self.selected) == 1
        return f"{self.frame.kind}.grouped_series" if one else f"{self.frame.kind}.grouped"

    def word(self) -> str:
        return "grouped"
