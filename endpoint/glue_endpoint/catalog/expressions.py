"""Partition filters of GetPartitions, e.g. `year = 2024 and (month in ('01', '02') or day > 5)`.

Glue's page "GetPartitions" lists the operators: =, <>, >, <, >=, <=, LIKE, IN, BETWEEN, AND, OR, NOT
and IS NULL. Values are compared by the type of the partition key: numbers as numbers, all else as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from glue_endpoint.errors import InvalidInputException

Row = Mapping[str, str]
Predicate = Callable[[Row], bool]
_NUMERIC = ("tinyint", "smallint", "int", "integer", "bigint", "long", "decimal", "float", "double")
_HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"
_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*|`[^`]+`)|(?P<symbol><>|!=|>=|<=|[=<>(),]))"
)
_COMPARISONS: dict[str, Callable[[object, object], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,  # type: ignore[operator]
    "<": lambda a, b: a < b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
}
_MAX_DEPTH = 100


def compile_expression(expression: str, key_types: Mapping[str, str]) -> Predicate:
    """A predicate over partition values by key name (lower case).

    `key_types` gives the Hive type of every partition key. Raises InvalidInputException, with the
    position, for what is not such an expression or names another column.
    """
    parser = _Parser(expression, key_types)
    predicate = parser.disjunction()
    parser.end()
    return predicate


class _Parser:
    def __init__(self, text: str, key_types: Mapping[str, str]) -> None:
        self._text = text
        self._types = {name.lower(): kind.lower() for name, kind in key_types.items()}
        self._tokens = list(self._tokenize())
        self._next = 0
        self._depth = 0

    def _tokenize(self) -> list[tuple[str, str, int]]:
        tokens, position = [], 0
        text = self._text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise self._error("unexpected character", position)
            tokens.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            position = match.end()
        return tokens

    def disjunction(self) -> Predicate:
        terms = [self._conjunction()]
        while self._word("or"):
            terms.append(self._conjunction())
        return lambda row: any(term(row) for term in terms)

    def end(self) -> None:
        if self._next < len(self._tokens):
            raise self._error("unexpected text", self._tokens[self._next][2])

    def _conjunction(self) -> Predicate:
        terms = [self._negation()]
        while self._word("and"):
            terms.append(self._negation())
        return lambda row: all(term(row) for term in terms)

    def _negation(self) -> Predicate:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._error("too deeply nested", 0)
        try:
            if self._word("not"):
                inner = self._negation()
                return lambda row: not inner(row)
            if self._symbol("("):
                inner = self.disjunction()
                self._require(")")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Predicate:
        column = self._column()
        if self._word("is"):
            negated = self._word("not")
            if not self._word("null"):
                raise self._error("expected NULL", self._position())
            return lambda row: (row[column] == _HIVE_NULL) != negated
        negated = self._word("not")
        if self._word("in"):
            return _negate_if(negated, self._in(column))
        if self._word("between"):
            low = self._value(column)
            if not self._word("and"):
                raise self._error("expected AND", self._position())
            high = self._value(column)
            at_least = self._compare(column, ">=", low)
            at_most = self._compare(column, "<=", high)
            return _negate_if(negated, lambda row: at_least(row) and at_most(row))
        if self._word("like"):
            pattern = re.compile(_like(str(self._literal())), re.DOTALL)
            return _negate_if(negated, lambda row: pattern.fullmatch(row[column]) is not None)
        kind, symbol, position = self._take()
        if kind != "symbol" or negated or symbol not in _COMPARISONS:
            raise self._error("expected an operator", position)
        return self._compare(column, symbol, self._value(column))

    def _compare(self, column: str, symbol: str, value: object) -> Predicate:
        compare = _COMPARISONS[symbol]

        def holds(row: Row) -> bool:
            # A NULL partition of a number's column has no number: like NULL in SQL, it never matches.
            cell = self._convert(column, row[column])
            return cell is not None and compare(cell, value)

        return holds

    def _in(self, column: str) -> Predicate:
        self._require("(")
        values = [self._value(column)]
        while self._symbol(","):
            values.append(self._value(column))
        self._require(")")
        return lambda row: self._convert(column, row[column]) in values

    def _column(self) -> str:
        kind, text, position = self._take()
        name = text.strip("`").lower()
        if kind != "name" or name not in self._types:
            raise self._error(
                f"{text!r} is not a partition key ({', '.join(self._types) or 'there are none'})",
                position,
            )
        return name

    def _literal(self) -> str:
        kind, text, position = self._take()
        if kind == "string":
            return text[1:-1].replace("''", "'") if text[0] == "'" else text[1:-1]
        if kind == "number":
            return text
        if kind == "name" and text.lower() in ("date", "timestamp"):
            return self._literal()  # date '2024-01-01'
        raise self._error("expected a value", position)

    def _value(self, column: str) -> object:
        position = self._position()
        value = self._convert(column, self._literal())
        if value is None:
            raise self._error(f"not a value of the type {self._types[column]}", position)
        return value

    def _convert(self, column: str, text: str) -> object:
        if not self._types[column].startswith(_NUMERIC):
            return text
        try:
            return Decimal(text)
        except InvalidOperation:
            return None

    def _take(self) -> tuple[str, str, int]:
        if self._next >= len(self._tokens):
            raise self._error("unexpected end", len(self._text))
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _position(self) -> int:
        return self._tokens[self._next][2] if self._next < len(self._tokens) else len(self._text)

    def _word(self, word: str) -> bool:
        return self._accept("name", word)

    def _symbol(self, symbol: str) -> bool:
        return self._accept("symbol", symbol)

    def _accept(self, kind: str, text: str) -> bool:
        if self._next < len(self._tokens):
            found, value, _ = self._tokens[self._next]
            if found == kind and value.lower() == text:
                self._next += 1
                return True
        return False

    def _require(self, symbol: str) -> None:
        if not self._symbol(symbol):
            raise self._error(f"expected {symbol!r}", self._position())

    def _error(self, problem: str, position: int) -> InvalidInputException:
        return InvalidInputException(
            f"Unsupported expression {self._text!r}: {problem} at position {position + 1}."
        )


def _negate_if(negated: bool, predicate: Predicate) -> Predicate:
    return (lambda row: not predicate(row)) if negated else predicate


def _like(pattern: str) -> str:
    return "".join({"%": ".*", "_": "."}.get(char, re.escape(char)) for char in pattern)
