"""Reports of how many rows a model returns: made when its write has counted them, instead of by a job of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class _Rows:
    """A number of rows that the write will tell: stands for `frame.count()` until then."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame
        self._number: int | None = None

    def count(self) -> int:
        """The number of rows by a job of its own, which runs once."""
        if self._number is None:
            self._number = int(self.frame.count())
        return self._number


class _Counted:
    """Stands for a frame in a report that only counts it."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def count(self) -> int:
        return self._rows


class Reports:
    """The reports of one run, in the order in which the model made them.

    Where nothing will be written (`waits` is False) they are made at once, from real counts.
    """

    def __init__(self, *, waits: bool) -> None:
        self._waits = waits
        self._waiting: list[tuple[Any, Callable[[Any], Any]]] = []
        self.calls: dict[str, Callable[..., Any]] = {
            "__dbt_glue_rows__": _Rows,
            "__dbt_glue_after_write__": self.after_write,
        }
        """The functions that rewritten source calls, by its names for them."""

    def after_write(self, counted: Any, report: Callable[[Any], Any]) -> None:
        """Keeps `report`, which takes the number of rows where `counted` is one, and else what it counts."""
        if self._waits:
            self._waiting.append((counted, report))
        elif isinstance(counted, _Rows):
            report(counted.count())
        else:
            report(counted)

    @property
    def wanted(self) -> bool:
        """Whether a report waits for the number of rows."""
        return bool(self._waiting)

    def tell(self, returned: Any, rows: int) -> None:
        """Makes the reports. A frame that is not the one that was written is counted, as the source said."""
        for counted, report in self._waiting:
            if isinstance(counted, _Rows):
                report(rows if counted.frame is returned else counted.count())
            else:
                report(_Counted(rows) if counted is returned else counted)
