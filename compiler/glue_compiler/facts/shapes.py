"""Which fields of facts are places in the text and which are frames, and copies with others in them."""

from __future__ import annotations

import types
from dataclasses import dataclass, fields, is_dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from glue_compiler.facts.places import FRAME, OFFSET
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of a class of facts by what they hold, as indexes.

    `parts` hold other facts: a tuple of them, or one or None.
    """

    read: Callable[[Any], tuple[Any, ...]]
    spans: tuple[int, ...]
    many_spans: tuple[int, ...]
    offsets: tuple[int, ...]
    frames: tuple[int, ...]
    parts: tuple[int, ...]
    worlds: int | None


_SHAPES: dict[type, Shape] = {}
_REWRITERS: dict[type, Callable[..., Any]] = {}
# Around the Python of the constructor of `Span`.
_NEW_TUPLE: Callable[[type[Span], tuple[int, int]], Span] = tuple.__new__


def shape_of(cls: type) -> Shape:
    """The shape of a class of facts."""
    known = _SHAPES.get(cls)
    if known is None:
        known = _SHAPES[cls] = _shape(cls)
    return known


def frames_in(fact: object) -> Iterator[int]:
    """The frames that a fact names, in the order of its fields."""
    shape = shape_of(fact.__class__)
    if not shape.frames and not shape.parts:
        return
    values = shape.read(fact)
    for at in shape.frames:
        if values[at] is not None:
            yield values[at]
    for at in shape.parts:
        for part in _each(values[at]):
            yield from frames_in(part)


def rewritten(
    fact: T,
    *,
    index: Mapping[int, int] | None = None,
    worlds: tuple[str, ...] | None = None,
    place: Callable[[Span], Span] | None = None,
) -> T:
    """The fact with what is asked for.

    `index` gives the indexes of frames for what names them so far; `place` says where each span is, and each
    offset as an empty one; `worlds` are those of the fact itself, not of its parts.

    An edit rewrites thousands: each class has a function of its own for it, made as `dataclasses` make theirs.
    """
    rewriter = _REWRITERS.get(fact.__class__)
    if rewriter is None:
        rewriter = _REWRITERS[fact.__class__] = _rewriter(fact.__class__)
    result: T = rewriter(fact, index, worlds, place or _same)
    return result


def moved_by(shift: int) -> Callable[[Span], Span]:
    """What puts spans so many code points further on."""
    return lambda span: _NEW_TUPLE(Span, (span[0] + shift, span[1] + shift))


def _same(span: Span) -> Span:
    return span


def _rewriter(cls: Any) -> Callable[..., Any]:
    shape = shape_of(cls)
    values = [f"fact.{item.name}" for item in fields(cls)]
    for at in shape.spans:
        values[at] = f"(x := {values[at]}) and place(x)"
    for at in shape.many_spans:
        values[at] = f"tuple(map(place, {values[at]}))"
    for at in shape.offsets:
        values[at] = f"place(Span({values[at]}, {values[at]})).start"
    for at in shape.frames:
        values[at] = f"x if (x := {values[at]}) is None or index is None else index[x]"
    for at in shape.parts:
        values[at] = f"(x := {values[at]}) and parts(x, index, place)"
    if shape.worlds is not None:
        values[shape.worlds] += " if worlds is None else worlds"
    text = f"lambda fact, index, worlds, place: cls({', '.join(values)})"
    names = {"cls": cls, "Span": Span, "map": map, "parts": _rewritten_parts, "tuple": tuple}
    made: Callable[..., Any] = eval(text, names)  # noqa: S307 - the names of fields of our own classes
    return made


def _rewritten_parts(
    parts: Any, index: Mapping[int, int] | None, place: Callable[[Span], Span]
) -> Any:
    if parts.__class__ is tuple:
        return tuple([rewritten(part, index=index, place=place) for part in parts])
    return rewritten(parts, index=index, place=place)


def places_in(fact: object) -> Iterator[int]:
    """All starts and ends of spans, and offsets, in a fact."""
    shape = shape_of(fact.__class__)
    values = shape.read(fact)
    for at in shape.spans:
        if values[at] is not None:
            yield from values[at]
    for at in shape.many_spans:
        for span in values[at]:
            yield from span
    for at in shape.offsets:
        yield values[at]
    for at in shape.parts:
        for part in _each(values[at]):
            yield from places_in(part)


def _each(value: Any) -> tuple[Any, ...]:
    if value.__class__ is tuple:
        return cast("tuple[Any, ...]", value)
    return () if value is None else (value,)


def _shape(cls: Any) -> Shape:
    hints = get_type_hints(cls, include_extras=True)
    found: dict[str, list[int]] = {
        name: [] for name in ("spans", "many_spans", "offsets", "frames", "parts")
    }
    names = [item.name for item in fields(cls)]
    for at, name in enumerate(names):
        kind = _kind(hints[name])
        if kind is not None:
            found[kind].append(at)
    read = attrgetter(*names) if len(names) > 1 else _single(names[0])
    return Shape(
        read=read,
        worlds=names.index("worlds") if "worlds" in names else None,
        **{name: tuple(places) for name, places in found.items()},
    )


def _single(name: str) -> Callable[[Any], tuple[Any, ...]]:
    return lambda value: (getattr(value, name),)


def _kind(hint: Any) -> str | None:
    marks = getattr(hint, "__metadata__", ())
    if FRAME in marks:
        return "frames"
    if OFFSET in marks:
        return "offsets"
    if hint is Span:
        return "spans"
    origin = get_origin(hint)
    args = [arg for arg in get_args(hint) if arg is not type(None)]
    if origin is tuple:
        return {"spans": "many_spans", "parts": "parts"}.get(_kind(args[0]) or "")
    if origin in (Union, types.UnionType):
        return _kind(args[0]) if len(args) == 1 else None
    return "parts" if is_dataclass(hint) and _holds_places(hint) else None


def _holds_places(cls: Any) -> bool:
    """Whether there are places or frames in facts of a class, or in their parts."""
    shape = shape_of(cls)
    return bool(shape.spans or shape.many_spans or shape.offsets or shape.frames or shape.parts)
