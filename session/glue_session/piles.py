"""Columns that a loop adds to a frame one by one pile up, and are added together when something looks at the frame.

`Piles.each` goes round the items of the loop, `Piles.pile` stands around a frame whose methods the loop calls.
Between them a frame is a _pending_ one: a Spark frame whose steps (`withColumn`, `drop`, `withColumnRenamed`) are
kept. Whatever else is asked of it reaches for `_jdf`, which takes the steps and makes a plain frame of the very
object; so does the end of the loop. Steps wait together only where one cannot see another.
"""

from __future__ import annotations

import contextlib
import re
import sys
import weakref
from typing import TYPE_CHECKING, Any

from glue_session.added_columns import AsWritten, check_plan, star_in, why_as_written
from glue_session.emptiness import CLASSIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_WORD = re.compile(r"\w+")
_classes: dict[type[Any], type[Any]] = {}


class Piles:
    """The loops of one run; what became of each is added to `outcomes`."""

    def __init__(self, outcomes: list[dict[str, Any]]) -> None:
        self._outcomes = outcomes
        self._running: list[_Loop] = []
        self.calls: dict[str, Callable[..., Any]] = {
            "__dbt_glue_each__": self.each,
            "__dbt_glue_pile__": self.pile,
        }
        """The functions that rewritten source calls, by its names for them."""

    def each(self, items: Iterable[Any]) -> Iterator[Any]:
        """The items, one after the other as ever; at their end the frames of the loop are plain ones."""
        return self._rounds(items, sys._getframe(1).f_lineno)

    def pile(self, frame: Any) -> Any:
        """A Spark frame on which columns pile up, inside of a loop; anything else as it is."""
        kind = type(frame)
        if self._running and kind.__name__ == "DataFrame" and kind.__module__ in CLASSIC:
            return _pending(frame, self._running[-1], ())
        return frame

    def _rounds(self, items: Iterable[Any], line: int) -> Iterator[Any]:
        loop = _Loop()
        self._running.append(loop)
        try:
            for item in items:  # noqa: UP028 - `yield from` would close a generator that the model goes on with
                yield item
            loop.end()
        finally:
            self._running.remove(loop)
            with contextlib.suppress(
                Exception
            ):  # a frame that the loop left early takes its steps, or fails, when it is used
                loop.end()
            outcome = {"rewrite": "with_columns", "line": line, "applied": loop.together > 0}
            outcome["why"] = "" if loop.together else loop.why
            if outcome not in self._outcomes:
                self._outcomes.append(outcome)


class _Loop:
    """One run of a loop: the pending frames that it made, and how many steps were taken together."""

    def __init__(self) -> None:
        self.made: list[weakref.ref[Any]] = []
        self.together = 0
        self.why = "there are not two columns to add"

    def end(self) -> None:
        """Takes the steps of all frames that are still there. Raises what Spark says of them."""
        for reference in self.made:
            frame = reference()
            if frame is not None:
                frame._jdf  # noqa: B018 - taken, it makes a plain frame of a pending one
        self.made.clear()


def _pending(frame: Any, loop: _Loop, steps: tuple[Any, ...]) -> Any:
    """A pending frame on a plain one. A step is (its frame, method, arguments, names, text), the frame as a weak reference."""
    kind = type(frame)
    if kind not in _classes:
        _classes[kind] = _pending_class(kind)
    made = object.__new__(_classes[kind])
    made.__dict__.update(vars(kind(frame._jdf, frame.sparkSession)))
    del made.__dict__["_jdf"]
    made.__dict__["_pile"] = (frame, loop, steps)
    loop.made.append(weakref.ref(made))
    return made


def _pending_class(kind: type[Any]) -> type[Any]:
    class Pending(kind):  # type: ignore[misc]
        @property
        def _jdf(self) -> Any:
            return _settled(self)._jdf

        @property
        def columns(self) -> list[str]:
            base, _, steps = self._pile
            found = _columns(base.columns, steps)
            return super().columns if found is None else found

        def withColumn(self, colName: str, col: Any) -> Any:  # noqa: N802, N803 - Spark's names
            if type(colName) is not str or not hasattr(col, "_jc"):
                return _settled(self).withColumn(colName, col)
            return _step(self, "withColumn", (colName, col), col._jc.toString().lower())

        def withColumnRenamed(self, existing: str, new: str) -> Any:  # noqa: N802 - Spark's name
            texts = type(existing) is str and type(new) is str
            if not texts or not hasattr(kind, "withColumnsRenamed"):
                return _settled(self).withColumnRenamed(existing, new)
            return _step(self, "withColumnRenamed", (existing, new), "")

        def drop(self, *cols: Any) -> Any:
            if not cols or any(type(name) is not str for name in cols):
                return _settled(self).drop(*cols)
            return _step(self, "drop", cols, "")

        def __getitem__(self, item: Any) -> Any:
            base, _, steps = self._pile
            plain = type(item) is str and "*" not in item and not _sees(steps, item.lower())
            return base[item] if plain else _settled(self)[item]

        def __getattr__(self, name: str) -> Any:
            if name == "_jdf":  # an error of Spark's that is an AttributeError by chance
                raise AttributeError(name)
            base, _, steps = self._pile
            return getattr(_settled(self) if _sees(steps, name.lower()) else base, name)

    Pending.__name__ = kind.__name__
    return Pending


def _step(frame: Any, method: str, arguments: tuple[Any, ...], text: str) -> Any:
    """The pending frame with one step more; on a plain frame where the step could see the others, or they it."""
    if "_pile" not in frame.__dict__:  # an argument of this very call looked at the frame
        return getattr(frame, method)(*arguments)
    base, loop, steps = frame._pile
    names = tuple(name.lower() for name in arguments if type(name) is str)
    if steps and not _waits(steps, method, names):
        base, steps = _settled(frame), ()
    return _pending(base, loop, (*steps, (weakref.ref(frame), method, arguments, names, text)))


def _waits(steps: tuple[Any, ...], method: str, names: tuple[str, ...]) -> bool:
    """Whether a step may be put to those before: renames with renames of other columns, the rest with the rest."""
    if steps[-1][1] != "withColumnRenamed":
        return method != "withColumnRenamed"
    known = {name for step in steps for name in step[3]}
    return method == "withColumnRenamed" and known.isdisjoint(names)


def _sees(steps: tuple[Any, ...], text: str) -> bool:
    """Whether a text mentions a name of a step, in lower case."""
    names = {name for step in steps for name in step[3]}
    odd = any(name in text for name in names if not _WORD.fullmatch(name))
    return odd or not names.isdisjoint(_WORD.findall(text))


def _columns(names: list[str], steps: tuple[Any, ...]) -> list[str] | None:
    """The columns after the steps; None where Spark has to say."""
    for _, method, arguments, _, _ in steps:
        exact = {name.lower(): name for name in names}
        if len(exact) != len(names) or any(
            exact.get(a.lower(), a) != a for a in arguments if type(a) is str
        ):
            return None
        if method == "drop":
            names = [name for name in names if name not in arguments]
        elif method == "withColumnRenamed":
            names = [arguments[1] if name == arguments[0] else name for name in names]
        elif arguments[0] not in names:
            names = [*names, arguments[0]]
    return list(names)


def _settled(frame: Any) -> Any:
    """The frame itself, made a plain one with its steps taken."""
    if "_pile" not in frame.__dict__:
        return frame
    base, loop, steps = frame._pile
    # A frame in between that the model still holds stands for its own steps: its columns are those of the later ones.
    for number in range(len(steps) - 1, 0, -1):
        between = steps[number][0]()
        if between is not None:
            base, steps = _settled(between), steps[number:]
            break
    made = _taken(base, loop, steps)
    frame.__class__ = type(made)
    frame.__dict__.clear()
    frame.__dict__.update(vars(type(made)(made._jdf, made.sparkSession)))
    return frame


def _taken(base: Any, loop: _Loop, steps: tuple[Any, ...]) -> Any:
    if len(steps) > 1:
        try:
            made, times = _together(base, steps)
        except Exception as error:  # noqa: BLE001 - whatever it is, the source's own order of calls raises it, or does not
            loop.why = why_as_written(error)
        else:
            loop.together += len(steps) - times
            return made
    for _, method, arguments, _, _ in steps:
        base = getattr(base, method)(*arguments)
    return base


def _together(base: Any, steps: tuple[Any, ...]) -> tuple[Any, int]:
    """The frame after all steps, and how often Spark was asked."""
    if steps[0][1] == "withColumnRenamed":
        return base.withColumnsRenamed(dict(step[2] for step in steps)), 1
    layers = _layers(base.columns, steps)
    if len(layers) == len(steps):
        raise AsWritten("each column may read the one that was added before it")
    made = base
    for layer in layers:
        added = {step[2][0]: step[2][1] for step in layer if step[1] == "withColumn"}
        if added:
            below, made = made, made.withColumns(added)
            check_plan(made, below)
        dropped = [name for step in layer if step[1] == "drop" for name in step[2]]
        made = made.drop(*dropped) if dropped else made
    return made, len(layers)


def _layers(columns: list[str], steps: tuple[Any, ...]) -> list[list[Any]]:
    """The steps in groups that may be taken together, one group after the other.

    A step stands behind those whose columns it names, not before those that name its own, and new columns stay
    in their order.
    """
    layers: list[list[Any]] = []
    there = {*columns} if len({name.lower() for name in columns}) == len(columns) else set()
    written: dict[str, int] = {}
    read: dict[str, int] = {}
    first = newest = 0
    for step in steps:
        _, method, arguments, names, text = step
        words = set(_WORD.findall(text))
        at = len(layers) if star_in(text) else first
        first = at
        for name, layer in written.items():
            if name in names or name in words or (name in text and not _WORD.fullmatch(name)):
                at = max(at, layer + 1)
        for name in names:
            at = max(at, read.get(name, 0) if _WORD.fullmatch(name) else len(layers) - 1)
        if method == "drop":
            there = {name for name in there if name.lower() not in names}
        elif arguments[0] not in there:
            at = newest = max(at, newest)
            there = {*there, arguments[0]} if there else there
        written.update(dict.fromkeys(names, at))
        for word in words:
            read[word] = max(at, read.get(word, 0))
        layers.extend([] for _ in range(at + 1 - len(layers)))
        layers[at].append(step)
    return layers
