"""Random programs as tokens: every common form of Python, in every nesting and with needless parentheses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

NAMES = ("a", "b", "é", "df", "F", "x1", "_", "match", "日本", "type", "async_", "elsewhere")
STRINGS = (
    *('"a"', "'b'", '"é"', "''", "'日'", "u'x'", 'r"\\d"', '"""x\ny"""'),
    *('f"{a}"', "f'é{b!r:>{w}}'", 'f"{a[1]}{b.c}"', "f'{x=}'", "rf'{a}\\{b}'"),
    *('f"""{a\n}é"""', 'f"{(lambda: 1)}"'),
)
NUMBERS = ("0", "1", "1_0", "1.", ".5", "1e3", "0x1F", "1.5", "0o7")
BINARY = ("+", "-", "*", "/", "%", "@", "&", "|", "^", "**", "//", "<<", ">>")
COMPARISONS = ("<", "==", "!=", ">=", "in", "not in", "is", "is not")

Tokens = list[str]


@dataclass(slots=True)
class Clause:
    """A simple statement (no body), or a head and its body: statements below it, or tokens behind it."""

    head: Tokens
    body: list[list[Clause]] | Tokens | None = None


class RandomTokens:
    """Makes statements, which are clauses; `depth` bounds their nesting."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def statement(self, depth: int, inside: bool = False) -> list[Clause]:
        """A statement; `inside` a function it may be `return` or `yield`."""
        if depth <= 0 or self.chance.random() < 0.5:
            return [Clause(self._line(inside))]
        makers = (self._if, self._loop, self._with, self._try, self._function, self._class)
        return self.chance.choice(makers)(depth, inside)

    # -- parts of every form

    def _maybe(self, share: float, tokens: Tokens) -> Tokens:
        return tokens if self.chance.random() < share else []

    def _listed(
        self, make: Callable[[], Tokens], low: int, high: int, comma: float = 0.3
    ) -> Tokens:
        count = self.chance.randint(low, high)
        found: Tokens = []
        for index in range(count):
            found += [",", *make()] if index else make()
        return found + (self._maybe(comma, [","]) if count else [])

    def _enclosed(self, tokens: Tokens) -> Tokens:
        count = self.chance.choice((0, 0, 0, 0, 1, 1, 2))
        return ["("] * count + tokens + [")"] * count

    def _name(self) -> str:
        return self.chance.choice(NAMES)

    # -- expressions

    def _atom(self) -> Tokens:
        strings = [self.chance.choice(STRINGS), self.chance.choice(STRINGS)]
        name = [self._name()]
        forms = (name, name, name, name, strings[:1], strings, ["(", *strings, ")"])
        others = ([self.chance.choice(NUMBERS)], ["..."], ["None"], ["True"], ["(", ")"])
        return self.chance.choice(forms + others)

    def _primary(self, depth: int) -> Tokens:
        if depth <= 0:
            return self._atom()
        if self.chance.random() < 0.7:
            base = self._enclosed(self._primary(depth - 1))
        else:
            base = ["(", *self._expression(depth - 1), ")"]
        kind = self.chance.randrange(4)
        if kind == 0:
            return [*base, ".", self._name()]
        if kind == 1:
            return [*base, "[", *self._slices(depth - 1), "]"]
        return [*base, "(", *self._arguments(depth - 1), ")"]

    def _arguments(self, depth: int) -> Tokens:
        if self.chance.random() < 0.12:
            return [*self._expression(depth), *self._for(depth)]
        positional = [
            self._maybe(0.2, ["*"]) + self._expression(depth)
            for _ in range(self.chance.randrange(3))
        ]
        keyword = [
            [name, "=", *self._expression(depth)]
            for name in self.chance.sample(NAMES, self.chance.choice((0, 0, 1, 2)))
        ]
        double = [["**", *self._expression(depth)]] if self.chance.random() < 0.15 else []
        starred = [["*", *self._expression(depth)]] if keyword and not double else []
        given = positional + keyword + self.chance.choice((starred, double, double))
        found = [token for argument in given for token in (*argument, ",")]
        return found[: len(found) - self.chance.choice((0, 1, 1, 1))] if given else []

    def _slices(self, depth: int) -> Tokens:
        if self.chance.random() < 0.6:
            return self._slice(depth)
        return self._listed(lambda: self._slice(depth), 1, 3)

    def _slice(self, depth: int) -> Tokens:
        if self.chance.random() < 0.5:
            return self._expression(depth)
        first = [*self._maybe(0.5, self._expression(depth)), ":"]
        first += self._maybe(0.5, self._expression(depth))
        return first + self._maybe(0.4, [":", *self._maybe(0.5, self._expression(depth))])

    def _for(self, depth: int) -> Tokens:
        found: Tokens = []
        for _ in range(self.chance.choice((1, 1, 1, 2))):
            found += ["for", *self._targets(), "in", *self._operation(depth)]
            for _ in range(self.chance.choice((0, 0, 1, 1, 2))):
                found += ["if", *self._operation(depth)]
        return found

    def _operation(self, depth: int) -> Tokens:
        if depth <= 0:
            return self._enclosed(self._atom())
        kind = self.chance.randrange(5)
        if kind == 0:
            return self._enclosed(self._joined(depth, (self.chance.choice(("and", "or")),), 3))
        if kind == 1:
            return self._enclosed(self._joined(depth, COMPARISONS, 2))
        if kind == 2:
            return self._enclosed(self._joined(depth, BINARY, 1))
        if kind == 3:
            operator = self.chance.choice(("not", "-", "~", "+"))
            return self._enclosed([operator, *self._operand(depth - 1)])
        return self._enclosed(self._primary(depth))

    def _joined(self, depth: int, operators: tuple[str, ...], most: int) -> Tokens:
        found = self._operand(depth - 1)
        for _ in range(self.chance.randint(1, most)):
            found += [*self.chance.choice(operators).split(), *self._operand(depth - 1)]
        return found

    def _operand(self, depth: int) -> Tokens:
        if self.chance.random() < 0.25:
            return ["(", *self._expression(depth), ")"]
        return self._operation(depth)

    def _expression(self, depth: int) -> Tokens:
        if depth <= 0:
            return self._enclosed(self._atom())
        inner = depth - 1
        kind = self.chance.randrange(16)
        if kind < 5:
            return self._operation(depth)
        if kind < 7:
            return self._primary(depth)
        if kind == 7:
            condition = ["if", *self._operation(inner), "else", *self._expression(inner)]
            return self._enclosed(self._operation(inner) + condition)
        if kind == 8:
            head = ["lambda", *self._parameters(inner, annotated=False), ":"]
            return self._enclosed(head + self._expression(inner))
        if kind == 9:
            return self._enclosed(["(", self._name(), ":=", *self._expression(inner), ")"])
        if kind == 10:
            return self._enclosed(["(", *self._tuple(inner), ")"])
        if kind == 11:
            return self._enclosed(["{", *self._listed(lambda: self._pair(inner), 0, 3), "}"])
        if kind == 12:
            pair = [*self._expression(inner), ":", *self._expression(inner)]
            return self._enclosed(["{", *pair, *self._for(inner), "}"])
        opening, closing = self.chance.choice(("[]", "{}", "()" if kind == 13 else "[]"))
        if kind == 13:
            elements = [*self._expression(inner), *self._for(inner)]
        else:
            elements = self._listed(lambda: self._element(inner), 1, 3)
        return self._enclosed([opening, *elements, closing])

    def _pair(self, depth: int) -> Tokens:
        if self.chance.random() < 0.2:
            return ["**", *self._operation(0)]
        return [*self._expression(depth), ":", *self._expression(depth)]

    def _element(self, depth: int) -> Tokens:
        if self.chance.random() < 0.15:
            return ["*", *self._primary(depth)]
        return self._expression(depth)

    def _tuple(self, depth: int) -> Tokens:
        if self.chance.random() < 0.3:
            return [*self._element(depth), ","]
        return self._listed(lambda: self._element(depth), 2, 3)

    def _value(self, depth: int) -> Tokens:
        return self._tuple(depth) if self.chance.random() < 0.2 else self._expression(depth)

    # -- targets and parameters

    def _target(self, depth: int = 1) -> Tokens:
        place = self._primary(0)
        forms = [
            [self._name()],
            [self._name()],
            [*place, ".", "x"],
            ["a", "[", *self._slices(0), "]"],
        ]
        if depth > 0:
            several = self._listed(lambda: self._target(depth - 1), 2, 3)
            forms += [["(", *several, ")"], ["[", *several, "]"]]
        return self._enclosed(self.chance.choice(forms))

    def _targets(self) -> Tokens:
        return self._listed(self._target, 1, 3) if self.chance.random() < 0.3 else self._target()

    def _parameters(self, depth: int, annotated: bool) -> Tokens:
        names = iter("pqrstuvw")

        def parameter(star: str = "", default: float = 0.0) -> Tokens:
            found = [star, next(names)] if star else [next(names)]
            if annotated:
                found += self._maybe(0.3, [":", *self._expression(depth)])
            return found + self._maybe(default, ["=", *self._expression(depth)])

        given = [parameter() for _ in range(self.chance.randrange(2))]
        given += [parameter(default=1.0) for _ in range(self.chance.randrange(2))]
        kind = self.chance.randrange(6)
        if kind == 0:
            given += [parameter("*")]
        elif kind == 1:
            given += [["*"], parameter(default=0.5), parameter(default=0.5)]
        if self.chance.random() < 0.15:
            given += [parameter("**")]
        found = [token for item in given for token in (*item, ",")]
        return found[: len(found) - self.chance.choice((0, 1, 1, 1))] if given else []

    # -- statements

    def _line(self, inside: bool) -> Tokens:
        found = self._small(inside)
        while self.chance.random() < 0.15:
            found += [";", *self._small(inside)]
        return found + self._maybe(0.05, [";"])

    def _small(self, inside: bool) -> Tokens:
        depth = self.chance.choice((1, 2, 2, 3))
        value = self._value(depth)
        kind = self.chance.randrange(14 if inside else 11)
        if kind < 2:
            return value
        if kind < 5:
            targets = [[*self._targets(), "="] for _ in range(self.chance.choice((1, 1, 1, 2)))]
            return [token for target in targets for token in target] + value
        if kind == 5:
            return [self._name(), self.chance.choice(("+=", "-=", "@=", "//=", ">>=")), *value]
        if kind == 6:
            place = self.chance.choice((["a"], ["a", ".", "b"], ["a", "[", "0", "]"]))
            return [*place, ":", *self._expression(depth), *self._maybe(0.5, ["=", *value])]
        if kind == 7:
            message = self._maybe(0.5, [",", *self._expression(depth)])
            return ["assert", *self._expression(depth), *message]
        if kind == 8:
            cause = self._maybe(0.5, ["from", *self._expression(depth)])
            return ["raise", *self._maybe(0.9, self._expression(depth) + cause)]
        if kind == 9:
            return self._import()
        if kind == 10:
            return self.chance.choice((["pass"], ["del", *self._enclosed(["a", ".", "b"])]))
        if kind == 11:
            return ["return", *self._maybe(0.9, value)]
        if kind == 12:
            return ["yield", *self.chance.choice(([], value, ["from", *self._expression(depth)]))]
        return self.chance.choice((["global", "g", ",", "h"], ["a", "=", "yield", *value]))

    def _import(self) -> Tokens:
        name = self.chance.choice((["a"], ["a", ".", "b"], ["é", ".", "b", ".", "c"]))
        alias = self._maybe(0.4, ["as", "q"])
        if self.chance.random() < 0.4:
            return ["import", *name, *alias, *self._maybe(0.3, [",", "c"])]
        dots = ["."] * self.chance.choice((0, 0, 1, 2, 3, 4))
        module = name if not dots or self.chance.random() < 0.5 else []
        names = self._listed(lambda: ["m", *self._maybe(0.4, ["as", "n"])], 1, 3, comma=0.0)
        what = self.chance.choice((names, ["(", *names, *self._maybe(0.3, [","]), ")"]))
        return ["from", *dots, *module, "import", *what]

    def _body(self, head: Tokens, depth: int, inside: bool) -> Clause:
        if self.chance.random() < 0.2:
            return Clause([*head, ":"], self._line(inside))
        count = self.chance.choice((1, 1, 2, 3))
        return Clause([*head, ":"], [self.statement(depth - 1, inside) for _ in range(count)])

    def _tail(self, word: str, share: float, depth: int, inside: bool) -> list[Clause]:
        return [self._body([word], depth, inside)] if self.chance.random() < share else []

    def _if(self, depth: int, inside: bool) -> list[Clause]:
        found = [self._body(["if", *self._expression(1)], depth, inside)]
        while self.chance.random() < 0.3:
            found.append(self._body(["elif", *self._expression(1)], depth, inside))
        return found + self._tail("else", 0.5, depth, inside)

    def _loop(self, depth: int, inside: bool) -> list[Clause]:
        head = ["for", *self._targets(), "in", *self._value(1)]
        head = self.chance.choice((head, ["while", *self._expression(1)]))
        return [self._body(head, depth, inside), *self._tail("else", 0.3, depth, inside)]

    def _with(self, depth: int, inside: bool) -> list[Clause]:
        def item() -> Tokens:
            return [*self._primary(1), *self._maybe(0.5, ["as", *self._target()])]

        return [self._body(["with", *self._listed(item, 1, 2, comma=0.0)], depth, inside)]

    def _try(self, depth: int, inside: bool) -> list[Clause]:
        found = [self._body(["try"], depth, inside)]
        for _ in range(self.chance.randrange(3)):
            head = ["except", *self._expression(1), *self._maybe(0.5, ["as", "e"])]
            found.append(self._body(head, depth, inside))
        if len(found) == 1:
            return [*found, *self._tail("finally", 1.0, depth, inside)]
        found += self._tail("else", 0.4, depth, inside)
        return found + self._tail("finally", 0.4, depth, inside)

    def _function(self, depth: int, _inside: bool) -> list[Clause]:
        head = ["def", self._name(), "(", *self._parameters(1, annotated=True), ")"]
        head += self._maybe(0.4, ["->", *self._expression(1)])
        return [*self._decorators(), self._body(head, depth, inside=True)]

    def _class(self, depth: int, _inside: bool) -> list[Clause]:
        bases = ["(", *self._listed(lambda: self._expression(1), 0, 2), ")"]
        head = ["class", self._name(), *self._maybe(0.6, bases)]
        return [*self._decorators(), self._body(head, depth, inside=False)]

    def _decorators(self) -> list[Clause]:
        count = self.chance.choice((0, 0, 1, 2))
        return [Clause(["@", *self._expression(1)]) for _ in range(count)]
