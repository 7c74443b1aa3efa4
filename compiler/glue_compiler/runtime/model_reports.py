"""Reports of how many rows a model returns: made when its write has counted them, instead of by a job of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class _Rows:
    """A number of rows that the write will tell: stands for `frame.count()` until then."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame


class _Counted:
    """Stands for a frame in a report that only counts it."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def count(self) -> int:
        return self._rows


class Reports:
    """The reports of one run, in the order in which the model made them."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Any, Callable[[Any], Any]]] = []
        self.calls = {
            "__dbt_glue_rows__": _Rows,
            "__dbt_glue_after_write__": self.after_write,
        }
        """The functions that rewritten source calls, by its names for them."""

    def after_write(self, counted: Any, report: Callable[[Any], Any]) -> None:
        """Keeps `report`, which takes the number of rows where `counted` is one, and else what it counts."""
        self._waiting.append((counted, report))

    def tell(self, returned: Any, rows: int) -> None:
        """Makes the reports. A frame that is not the one that was written is counted, as the source said."""
        for counted, report in self._waiting:
            frame = counted.frame if isinstance(counted, _Rows) else counted
            number = rows if frame is returned else frame.count()
            report(number if isinstance(counted, _Rows) else _Counted(number))
