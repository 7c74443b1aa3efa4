"""Which frames every action of a model computes: by the names, in the order in which the statements run.

Nothing is rewritten by it. Where a path is not followed (a list of frames, a frame's attribute), a frame is missing.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glue_compiler.rewrites.frame_work import WORK, works, works_in_sql
from glue_compiler.rewrites.model import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from glue_compiler.facts.schemas import Frame
    from glue_compiler.rewrites.model import Model
    from glue_compiler.text.source import Span

_KEEPS = frozenset({"cache", "persist", "checkpoint", "localCheckpoint"})
_VIEWS = re.compile(r"create(?:OrReplace)?(?:Global)?TempView|registerTempTable")
_ABOUT = frozenset({"columns", "dtypes", "schema", "isStreaming", "storageLevel"})
"""What is known of a frame without computing it."""

_LAZY = frozenset({"describe", "summary", "transpose"})
"""Methods that the facts call actions, and that give a frame."""

_WRITES = frozenset(
    re.findall(
        r"\w+",
        """append create createOrReplace csv insertInto jdbc json orc overwrite overwritePartitions parquet replace save
    saveAsTable text""",
    )
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_ROUNDS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_ENDS = (ast.Return, ast.Raise, ast.Break, ast.Continue)


@dataclass(eq=False, slots=True)
class Made:
    """What a name stands for from one assignment to the next, of the frames `made_of`; `span` is the name's there.

    `works` tells that the assignment itself does more than read, filter and project; `kept`, that Spark computes it once;
    `loops` are those around it, in each round of which it is another frame.
    """

    name: str
    span: Span
    loops: tuple[ast.AST, ...]
    made_of: list[Made] = field(default_factory=list)
    works: bool = False
    kept: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Computing:
    """An action, or (`write`) the return of a frame, with the frames in it, and the loops around it."""

    span: Span
    frames: tuple[Made, ...]
    loops: tuple[ast.AST, ...] = ()
    write: bool = False

    def repeats(self, frame: Made) -> bool:
        """Whether it computes one and the same frame in every round of a loop."""
        return not set(self.loops) <= set(frame.loops)

    @property
    def computed(self) -> list[Made]:
        """All frames that this computes: down to tables, and to frames that are kept."""
        return frames_below(self.frames)


def frames_below(frames: Iterable[Made]) -> list[Made]:
    """Frames and what they are made of, each once, without those that are kept and what is below them."""
    found: dict[Made, None] = {}
    stack = list(frames)
    while stack:
        frame = stack.pop()
        if frame not in found and not frame.kept:
            found[frame] = None
            stack += frame.made_of
    return list(found)


def computings(model: Model, taken: set[Span]) -> list[Computing]:
    """What certainly runs in the model function itself, but for failures: its actions but for those `taken`, and the return.

    Empty where there are no two that can compute the same.
    """
    if not _asks_twice(model, taken):
        return []
    walked = _Walk(model, taken)
    walked.block(model.function.body, {}, certain=True, loops=())
    return walked.found


def _asks_twice(model: Model, taken: set[Span]) -> bool:
    """Whether there can be two that compute the same at all, by the tables: in most models not, and this is quickly told."""
    if ".write" in model.text:
        return True
    flow = model.facts.flow
    actions = [action for action in model.here(flow.actions) if action.span not in taken]
    if not actions:
        return False
    frames: dict[Span, Frame] = {action.span: model.frame(action.frame) for action in actions}
    returns = [r for r in model.here(flow.returns) if r.value in ("frame", "unknown")]
    frames.update((r.span, model.frame(r.frame)) for r in returns if r.frame is not None)
    spark = [frame for frame in frames.values() if frame.kind == "spark"]
    loops = any(action.in_loop for action in actions)
    if loops or any(one.frame is None for one in returns) or not all(f.relations for f in spark):
        return True
    tables = Counter(table for frame in spark for table in {*frame.relations})
    return any(times > 1 for times in tables.values())


_Names = dict[str, Made]
_Loops = tuple[ast.AST, ...]


class _Walk:
    def __init__(self, model: Model, taken: set[Span]) -> None:
        self._model = model
        self._taken = taken
        self.found: list[Computing] = []
        flow = model.facts.flow
        self._actions = {
            action.span
            for action in model.here(flow.actions)
            if model.frame(action.frame).kind == "spark" and action.method not in _LAZY
        }
        self._bound = {
            bound.span: model.frame(bound.frame).python_udf
            for bound in model.here(flow.bindings)
            if model.frame(bound.frame).kind == "spark"
        }
        self._dead = {dead.span for dead in model.here(flow.dead_branches)}
        self._views: dict[str, Made] = {}
        self._helpers = {
            node.name: ast.unparse(node)
            for node in model.parents
            if isinstance(node, ast.FunctionDef) and node is not model.function
        }

    def block(self, body: list[ast.stmt], names: _Names, *, certain: bool, loops: _Loops) -> bool:
        """Follows statements, and changes what the names stand for; tells whether what comes after them is reached."""
        for statement in body:
            if not self._statement(statement, names, certain=certain, loops=loops):
                return False
        return True

    def _statement(self, node: ast.stmt, names: _Names, *, certain: bool, loops: _Loops) -> bool:
        if isinstance(node, _FUNCTIONS):
            return True
        parts: list[ast.AST] = [
            child
            for child in children(node)
            if not isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case))
        ]
        if certain:
            for part in parts:
                self._note(part, names, (*loops, node) if isinstance(node, ast.While) else loops)
        if isinstance(node, ast.Return):
            if certain and node.value is not None and not loops:
                frames = tuple(self._read(node.value, names))
                self.found.append(Computing(self._model.span(node), frames, write=True))
            return False
        if isinstance(node, ast.If):
            return self._branches(node, names, certain=certain, loops=loops)
        if isinstance(node, _LOOPS):
            self._loop(node, names, certain=certain, loops=loops)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            return self.block(node.body, names, certain=certain, loops=loops)
        elif hasattr(node, "handlers"):
            return self._try(node, names, certain=certain, loops=loops)
        elif not isinstance(node, _ENDS):
            self._assign(node, names, loops)
        return not isinstance(node, _ENDS)

    def _branches(self, node: ast.If, names: _Names, *, certain: bool, loops: _Loops) -> bool:
        ways = [body for body in (node.body, node.orelse) if not self._is_dead(body)]
        if len(ways) == 2 and not node.orelse and self._is_run(node.test):
            ways = [node.body]
        ended: list[_Names] = []
        for body in ways:
            own = dict(names)
            if self.block(body, own, certain=certain and len(ways) == 1, loops=loops):
                ended.append(own)
        self._meet(node, ended, names, loops)
        return bool(ended)

    def _is_dead(self, body: list[ast.stmt]) -> bool:
        return bool(body) and any(dead.covers(self._model.span(body[0])) for dead in self._dead)

    def _is_run(self, test: ast.expr) -> bool:
        """Whether a test asks for nothing but the kind of the run; this run's other branch is dead, or is not there."""
        asked = test.operand if isinstance(test, ast.UnaryOp) else test
        return self._model.span(asked) in {use.span for use in self._model.uses("is_incremental")}

    def _try(self, node: ast.stmt, names: _Names, *, certain: bool, loops: _Loops) -> bool:
        own = dict(names)
        ends = [own]
        body = [*node.body, *node.orelse]  # type: ignore[attr-defined]
        reached = self.block(body, own, certain=certain, loops=loops)
        if not reached:
            ends = []
        for handler in node.handlers:  # type: ignore[attr-defined]
            other = dict(names)
            if self.block(handler.body, other, certain=False, loops=loops):
                ends.append(other)
        self._meet(node, ends, names, loops)
        final = self.block(node.finalbody, names, certain=certain, loops=loops)  # type: ignore[attr-defined]
        return bool(ends) and final

    def _loop(
        self,
        node: ast.For | ast.AsyncFor | ast.While,
        names: _Names,
        *,
        certain: bool,
        loops: _Loops,
    ) -> None:
        inside = (*loops, node)
        entered: list[Made] = []
        for name, stored in self._stored(node).items():
            if before := names.get(name):
                names[name] = Made(name, self._model.span(stored), inside, [before])
                entered.append(names[name])
        own = dict(names)
        for name in self._stored(node.target) if not isinstance(node, ast.While) else ():
            own.pop(name, None)
        self.block(node.body, own, certain=certain, loops=inside)
        for frame in entered:
            last = own.get(frame.name)
            if last is not None and last is not frame:
                frame.made_of.append(last)
        for name in self._stored(node):
            if name not in names and name in own:
                names[name] = own[name]
        self.block(node.orelse, names, certain=False, loops=loops)

    def _stored(self, node: ast.AST) -> dict[str, ast.Name]:
        return {
            inner.id: inner
            for inner in walk(node)
            if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load)
        }

    def _meet(self, node: ast.stmt, ends: list[_Names], names: _Names, loops: _Loops) -> None:
        """Lets names stand for what they stand for where several ways meet."""
        if not ends:
            return
        stored = self._stored(node)
        names.clear()
        for name in dict.fromkeys(name for end in ends for name in end):
            ways = list(dict.fromkeys(end[name] for end in ends if name in end))
            names[name] = ways[0]
            if len(ways) > 1:
                place = self._model.span(stored[name]) if name in stored else ways[0].span
                names[name] = Made(name, place, loops, ways)

    def _assign(self, node: ast.stmt, names: _Names, loops: _Loops) -> None:
        value: ast.expr | None = getattr(node, "value", None)
        call = value if isinstance(node, ast.Expr) and isinstance(value, ast.Call) else None
        if call is not None and isinstance(call.func, ast.Attribute):
            self._told(call, call.func, names, loops)
            return
        before = [] if value is None else list(self._read(value, names))
        for name, stored in self._stored(node).items():
            names.pop(name, None)
            span = self._model.span(stored)
            if value is None or span not in self._bound:
                continue
            kept = _keeps(value)
            if isinstance(value, ast.Name) and before:
                names[name] = before[0]  # another name for it
                continue
            if kept and len(before) == 1 and _receiver(value):
                before[0].kept = True  # Spark keeps plans, whatever their names
            works = self._bound[span] or self._works(value)
            names[name] = Made(name, span, loops, before, works, kept)

    def _told(self, call: ast.Call, func: ast.Attribute, names: _Names, loops: _Loops) -> None:
        """`df.cache()` and `df.createOrReplaceTempView("v")` as statements."""
        receiver = func.value
        frame = names.get(receiver.id) if isinstance(receiver, ast.Name) else None
        if func.attr in _KEEPS and frame is not None:
            frame.kept = True
        if _VIEWS.fullmatch(func.attr) and call.args and isinstance(call.args[0], ast.Constant):
            place, below = self._model.span(call.args[0]), list(self._read(receiver, names))
            made = Made(str(call.args[0].value), place, loops, below, self._works(receiver))
            self._views[made.name] = frame or made

    def _note(self, node: ast.AST, names: _Names, loops: _Loops) -> None:
        """Adds the actions in an expression."""
        for inner in walk(node):
            if not isinstance(inner, ast.Call) or not isinstance(inner.func, ast.Attribute):
                continue
            span = self._model.span(inner)
            if inner not in self._model.own_nodes:
                continue
            if span in self._taken:
                continue
            if span in self._actions or _writes(inner):
                frames = tuple(self._read(inner.func.value, names))
                self.found.append(Computing(span, frames, (*loops, *self._rounds(inner))))

    def _rounds(self, node: ast.AST) -> Iterator[ast.AST]:
        """The comprehensions in whose every round an expression is evaluated: the first iterable of one is not."""
        child = node
        for outer in self._model.around(node):
            if isinstance(outer, _ROUNDS) and child is not outer.generators[0]:
                yield outer
            child = outer

    def _read(self, node: ast.AST, names: _Names) -> Iterator[Made]:
        """The frames that an expression is made of, each once: what an action in it gives is a value."""
        seen: dict[Made, None] = {}
        for inner in self._lazy(node):
            if isinstance(inner, ast.Name) and inner.id in names:
                seen[names[inner.id]] = None
            elif isinstance(inner, ast.Constant) and isinstance(inner.value, str) and self._views:
                words = re.findall(r"\w+", inner.value)
                seen.update((self._views[word], None) for word in words if word in self._views)
        yield from seen

    def _lazy(self, node: ast.AST) -> Iterator[ast.AST]:
        stack = [node]
        while stack:
            inner = stack.pop()
            if isinstance(inner, ast.Attribute) and inner.attr in _ABOUT:
                continue
            if isinstance(inner, ast.Call) and self._model.span(inner) in self._actions:
                continue
            yield inner
            stack += children(inner)

    def _works(self, node: ast.AST) -> bool:
        return any(self._is_work(inner) for inner in self._lazy(node))

    def _is_work(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Constant):
            return isinstance(node.value, str) and works_in_sql(node.value)
        if not isinstance(node, ast.Call):
            return False
        func = node.func
        if isinstance(func, ast.Attribute):
            return func.attr in WORK and not isinstance(func.value, (ast.Constant, ast.JoinedStr))
        if not isinstance(func, ast.Name):
            return False
        text = self._helpers.get(func.id, "")
        return func.id in WORK or works(text)


def _receiver(value: ast.expr) -> bool:
    """Whether a value is a method's of a name: `df.cache()`."""
    func = value.func if isinstance(value, ast.Call) else None
    return isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name)


def _keeps(value: ast.expr) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in _KEEPS for node in walk(value))


def _writes(call: ast.Call) -> bool:
    """`df.write.mode("append").saveAsTable("t")` and the like."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in _WRITES:
        return False
    current: ast.AST = func.value
    while isinstance(current, (ast.Attribute, ast.Call)):
        if isinstance(current, ast.Attribute) and current.attr in ("write", "writeTo"):
            return True
        current = current.func if isinstance(current, ast.Call) else current.value
    return False
