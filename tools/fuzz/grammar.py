"""Writes programs: steps over frames whose columns are known, of which some are wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.data.shop import tables
from tools.mutation.tree import near

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = """\
from pyspark.sql import Window
from pyspark.sql import functions as F


def model(dbt, session):
"""
_KINDS = {"int": "number", "double": "number", "string": "text", "date": "day", "timestamp": "day", "boolean": "bool"}  # fmt: skip
_WRONG = 0.06
"""How often a name, an argument or an operator is wrong."""

Columns = dict[str, str]


@dataclass
class Writer:
    """A program being written: its lines, its frames with their columns by kind."""

    chance: random.Random
    lines: list[str] = field(default_factory=list)
    frames: dict[str, Columns] = field(default_factory=dict)
    views: int = 0

    def wrong(self) -> bool:
        """Whether something is to be wrong here."""
        return self.chance.random() < _WRONG

    def add(self, line: str) -> None:
        """A line of the body."""
        self.lines.append(f"    {line}")

    def frame(self) -> str:
        """A frame that is there."""
        return self.chance.choice(sorted(self.frames))

    def name(self, frame: str, *kinds: str) -> str:
        """A column of a frame of one of the kinds, sometimes one that it has not."""
        columns = self.frames[frame]
        fitting = [name for name, kind in columns.items() if kind in kinds or not kinds]
        found = self.chance.choice(fitting or sorted(columns))
        if self.wrong():
            others = [one for each in self.frames.values() for one in each]
            return self.chance.choice([near(found), *others])
        return found

    def column(self, frame: str, *kinds: str) -> str:
        """A column as an expression."""
        name = self.name(frame, *kinds)
        forms = [f'F.col("{name}")', f'F.col("{name}")', f'{frame}["{name}"]', f"{frame}.{name}"]
        form = self.chance.choice(forms)
        return (
            f'F.col("{name}")' if form.startswith(f"{frame}.") and not name.isidentifier() else form
        )

    def number(self, frame: str, depth: int = 1) -> str:
        """An expression that is a number."""
        one = self.column(frame, "number")
        forms: list[Callable[[], str]] = [
            lambda: one,
            lambda: f"({one} + {self.chance.randint(0, 9)})",
            lambda: f"F.round({one}, {self.chance.choice(['1', '2'])})",
            lambda: f"F.coalesce({one}, {'0' if self.wrong() else 'F.lit(0)'})",
            lambda: f"F.length({self.column(frame, 'text')})",
            lambda: f"F.year({self.column(frame, 'day')})",
            lambda: f"F.when({self.condition(frame, 0)}, {one}).otherwise(0)",
            lambda: f'{one}.cast("{"int64" if self.wrong() else "double"}")',
        ]
        if depth > 0:
            forms.append(lambda: f"({self.number(frame, 0)} * {self.number(frame, 0)})")
        return self.chance.choice(forms)()

    def text(self, frame: str) -> str:
        """An expression that is a text."""
        one = self.column(frame, "text")
        return self.chance.choice(
            [
                f"F.upper({one})",
                f"F.concat({one}, {'1' if self.wrong() else self.column(frame, 'text')})",
                f'F.concat_ws("-", {one}, F.lit("x"))',
                f'F.date_format({self.column(frame, "day")}, "yyyy-MM")',
                f"F.substring({one}, 1{'' if self.wrong() else ', 2'})",
                f'{self.column(frame, "number")}.cast("string")',
            ]
        )

    def condition(self, frame: str, depth: int = 1) -> str:
        """An expression that is a condition."""
        simple = [
            f"{self.column(frame, 'number')} > {self.chance.randint(0, 20)}",
            f'{self.column(frame, "text")} == "{self.chance.choice(["paid", "gold", "x"])}"',
            f"{self.column(frame)}.isNotNull()",
            f'{self.column(frame, "text")}.isin("paid", "open")',
            f"{self.column(frame, 'number')}.between(1, 50)",
            f'{self.column(frame, "day")} >= "2024-01-01"',
        ]
        if depth == 0 or self.chance.random() < 0.5:
            return self.chance.choice(simple)
        sign = self.chance.choice(["&", "|"])
        one, other = self.condition(frame, 0), self.condition(frame, 0)
        if self.wrong():
            sign = {"&": "and", "|": "or"}[sign]
        if self.wrong():
            return f"{one} {sign} {other}"
        return f"({one}) {sign} ({other})"

    def sql(self, frame: str) -> str:
        """A condition as SQL."""
        one, other = self.name(frame, "number"), self.name(frame, "text")
        word = "&&" if self.wrong() else self.chance.choice(["and", "or"])
        return f"{one} > {self.chance.randint(0, 9)} {word} {other} is not null"


def _read(w: Writer) -> None:
    name = w.chance.choice(sorted(tables.TABLES))
    variable = f"{name}_{len(w.frames)}" if name in w.frames else name
    w.add(f'{variable} = dbt.ref("{name}")')
    w.frames[variable] = {
        column: _KINDS.get(kind, "other") for column, kind in tables.TABLES[name].columns.items()
    }


def _filter(w: Writer) -> None:
    frame = w.frame()
    given = w.condition(frame) if w.chance.random() < 0.7 else f'"{w.sql(frame)}"'
    more = ', F.col("x")' if w.wrong() else ""
    w.add(f"{frame} = {frame}.{w.chance.choice(['filter', 'where'])}({given}{more})")


def _with_column(w: Writer) -> None:
    frame = w.frame()
    kind = w.chance.choice(["number", "text", "bool"])
    makers: dict[str, Callable[[str], str]] = {
        "number": w.number,
        "text": w.text,
        "bool": w.condition,
    }
    made = makers[kind](frame)
    name = f"{kind}_{len(w.lines)}"
    value = w.chance.choice(["1", '"x"', "None", "F.sum(F.lit(1))"]) if w.wrong() else made
    w.add(f'{frame} = {frame}.withColumn("{name}", {value})')
    w.frames[frame][name] = kind


def _select(w: Writer) -> None:
    frame = w.frame()
    columns = w.frames[frame]
    kept = w.chance.sample(sorted(columns), min(len(columns), w.chance.randint(2, 5)))
    parts = [f'"{name}"' for name in kept]
    if w.wrong():
        parts.append(f'"{w.name(frame)}"')
    if w.chance.random() < 0.4:
        parts.append(f'{w.number(frame)}.alias("n_{len(w.lines)}")')
    text = ", ".join(parts)
    w.add(f"{frame} = {frame}.select({f'[{text}]' if w.chance.random() < 0.2 else text})")
    w.frames[frame] = {name: columns[name] for name in kept}
    if "alias" in text:
        w.frames[frame][f"n_{len(w.lines) - 1}"] = "number"


def _drop_or_rename(w: Writer) -> None:
    frame = w.frame()
    if len(w.frames[frame]) < 3:
        return
    name = w.chance.choice(sorted(w.frames[frame]))
    kind = w.frames[frame].pop(name)
    if w.chance.random() < 0.5:
        given = f'["{name}"]' if w.wrong() else f'"{name}"'
        w.add(f"{frame} = {frame}.drop({given})")
    else:
        new = f"{name}_new"
        w.add(f'{frame} = {frame}.withColumnRenamed("{name}", "{new}")')
        w.frames[frame][new] = kind


def _join(w: Writer) -> None:
    one, other = w.frame(), w.frame()
    keys = sorted(set(w.frames[one]) & set(w.frames[other]))
    if one == other or not keys:
        return
    key = w.chance.choice(keys)
    how = w.chance.choice(["left", "inner", "left_anti", "left_semi", "outer"])
    kept = how in ("left_anti", "left_semi")
    result = f"joined_{len(w.lines)}"
    on = w.chance.choice([f'"{key}"', f'["{key}"]', f"{one}.{key} == {other}.{key}"])
    written = near(how) if w.wrong() else how
    word = "type" if w.wrong() else "how"
    w.add(f'{result} = {one}.join({other}, {on}, {word}="{written}")')
    columns = dict(w.frames[one])
    if not kept:
        both = set(columns) & set(w.frames[other]) - ({key} if "==" not in on else set())
        for name in sorted(both):
            if not w.wrong():
                w.add(f"{result} = {result}.drop({other}.{name})")
        columns |= w.frames[other]
    w.frames[result] = columns


def _aggregate(w: Writer) -> None:
    frame = w.frame()
    columns = w.frames[frame]
    keys = w.chance.sample(sorted(columns), min(len(columns), w.chance.randint(1, 2)))
    how = w.chance.choice(["sum", "max", "count", "avg"])
    value = w.column(frame, "number") if w.chance.random() < 0.5 else f'"{w.name(frame, "number")}"'
    inner = value if w.wrong() else f"F.{how}({value})"
    name = f"{how}_{len(w.lines)}"
    alias = "" if w.wrong() else f'.alias("{name}")'
    result = f"grouped_{len(w.lines)}"
    listed = ", ".join(f'"{key}"' for key in keys)
    w.add(f"{result} = {frame}.groupBy({listed}).agg({inner}{alias})")
    w.frames[result] = {**{key: columns[key] for key in keys}, name: "number"}


def _window(w: Writer) -> None:
    frame = w.frame()
    order = "" if w.wrong() else f".orderBy({w.column(frame)}.desc())"
    window = f'Window.partitionBy("{w.name(frame)}"){order}'
    name = f"place_{len(w.lines)}"
    function = w.chance.choice(["F.row_number()", "F.rank()", f'F.lag("{w.name(frame)}")'])
    over = "" if w.wrong() else f".over({window})"
    w.add(f'{frame} = {frame}.withColumn("{name}", {function}{over})')
    w.frames[frame][name] = "number" if "lag" not in function else "other"


def _sql(w: Writer) -> None:
    frame = w.frame()
    w.views += 1
    view = f"fuzz_{w.views}"
    kept = w.chance.sample(sorted(w.frames[frame]), min(len(w.frames[frame]), 3))
    listed = ", ".join(near(name) if w.wrong() else name for name in kept)
    result = f"queried_{len(w.lines)}"
    w.add(f'{frame}.createOrReplaceTempView("{view}")')
    read = near(view) if w.wrong() else view
    query = f"select {listed} from {read} where {w.sql(frame)}"  # noqa: S608 - names of this module
    w.add(f'{result} = session.sql("{query}")')
    w.frames[result] = {name: w.frames[frame][name] for name in kept}


def _union(w: Writer) -> None:
    frame = w.frame()
    how = w.chance.choice(["union", "unionByName"])
    other = w.frame() if w.wrong() else frame
    w.add(f"{frame} = {frame}.{how}({other}).{'distinct' if w.chance.random() < 0.5 else 'limit'}")
    w.lines[-1] += "()" if w.lines[-1].endswith("distinct") else "(9)"


def _tidy(w: Writer) -> None:
    frame = w.frame()
    name = w.name(frame)
    subset = f'"{name}"' if w.wrong() else f'["{name}"]'
    w.add(
        w.chance.choice(
            [
                f"{frame} = {frame}.dropDuplicates({subset})",
                f"{frame} = {frame}.dropna(subset={subset})",
                f'{frame} = {frame}.orderBy("{name}", ascending=False)',
                f"{frame} = {frame}.fillna({{'{name}': 0}})",
                f"{frame} = {frame}.limit(5).cache()",
            ]
        )
    )


_STEPS = (
    *(_filter, _filter, _with_column, _with_column, _with_column, _select, _drop_or_rename),
    *(_join, _join, _aggregate, _window, _sql, _union, _tidy, _read),
)


def program(seed: int) -> str:
    """The program of a seed."""
    w = Writer(random.Random(f"program {seed}"))  # noqa: S311 - the same each time
    for _ in range(w.chance.randint(1, 3)):
        _read(w)
    for _ in range(w.chance.randint(2, 7)):
        w.chance.choice(_STEPS)(w)
    w.add(f"return {w.frame()}")
    return HEAD + "\n".join(w.lines) + "\n"
