"""What stands in brackets after a frame: columns, conditions over rows, `loc` and `iloc`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.rewrites.pandas_demand.literals import is_one_string, strings_of
from glue_compiler.rewrites.pandas_demand.tables import SERIES_TESTS, is_member
from glue_compiler.rewrites.pandas_demand.uses import Unknown, index_of, names_in, scope_of

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model


class Items:
    """A part of `Walk`."""

    model: Model
    names: set[str]
    origins: list[tuple[tuple[ast.AST, str, str], ast.stmt | None]]
    level_rows: bool

    def used(self, node: ast.expr, kind: str = "frame") -> None:
        raise NotImplementedError

    def needs(self, node: ast.expr) -> None:
        """The columns that an expression names. Raises where the file does not tell them."""
        found = strings_of(self.model, node)
        if found is None:
            raise Unknown("computed_name", ast.unparse(node)[:60])
        self.names.update(found)

    def item(self, item: ast.Subscript) -> None:
        """`pdf[...]`, read, written or deleted."""
        index = item.slice
        if isinstance(index, ast.Slice) or self.is_mask(index):
            if not isinstance(item.ctx, ast.Load):
                raise Unknown("computed_name", ast.unparse(item)[:60])
            self.used(item)
            return
        # Where a new column stands matters to nobody who names columns; `+=` also reads it.
        self.needs(index)

    def located(self, item: ast.Subscript, attribute: str) -> None:
        """`pdf.loc[...]`, `pdf.at[...]`, `pdf.iloc[...]`, `pdf.iat[...]`."""
        index = item.slice
        if attribute in ("iloc", "iat"):
            if (
                attribute == "iloc"
                and isinstance(index, ast.Slice)
                and isinstance(item.ctx, ast.Load)
            ):
                self.used(item)
                return
            raise Unknown("positional", f"{attribute}[{ast.unparse(index)[:40]}]")
        if isinstance(index, ast.Tuple) and len(index.elts) == 2:
            rows, columns = index.elts
            if isinstance(columns, ast.Slice):
                if not _is_everything(columns) or not isinstance(item.ctx, ast.Load):
                    raise Unknown("positional", f"loc[..., {ast.unparse(columns)[:40]}]")
                self._rows(item, rows)
                return
            if not isinstance(rows, ast.Slice) and not self.is_mask(rows):
                # Of an index of several levels, the second would be a label of a row.
                self.level_rows = True
            self.needs(columns)
            return
        if not isinstance(item.ctx, ast.Load):
            raise Unknown("row_wise", attribute)
        self._rows(item, index)

    def _rows(self, item: ast.Subscript, index: ast.expr) -> None:
        if not isinstance(index, ast.Slice) and not self.is_mask(index):
            raise Unknown("row_wise", f"loc[{ast.unparse(index)[:40]}]")
        self.used(item)

    def is_mask(self, node: ast.expr, depth: int = 0) -> bool:
        """Whether an index is certainly a condition over rows: comparisons and their combinations."""
        if depth > 8:
            return False
        if isinstance(node, ast.Compare):
            return not any(self._is_frame(side) for side in (node.left, *node.comparators))
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr, ast.BitXor)):
            return self.is_mask(node.left, depth + 1) and self.is_mask(node.right, depth + 1)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
            return self.is_mask(node.operand, depth + 1)
        if isinstance(node, ast.Name):
            return self._is_named_mask(node, depth)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return False
        base = node.func.value
        if node.func.attr in SERIES_TESTS:
            if isinstance(base, ast.Name) and node.func.attr == "duplicated":
                return True
            return self.is_column(base)
        if node.func.attr in ("any", "all"):
            # Over the columns of a part of the frame: one answer for each row.
            axis = [k.value for k in node.keywords if k.arg == "axis"] or node.args[:1]
            by_row = axis and isinstance(axis[0], ast.Constant) and axis[0].value in (1, "columns")
            return bool(by_row)
        return False

    def _is_frame(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and any(key[1] == node.id for key, _ in self.origins)

    def _is_named_mask(self, node: ast.Name, depth: int) -> bool:
        """Whether a name only ever stands for conditions over rows."""
        scope = scope_of(self.model, node, node.id)
        found = [
            self.model.parents[other]
            for other in names_in(self.model, scope, node.id)
            if not isinstance(other.ctx, ast.Load)
        ]
        plain = [b for b in found if isinstance(b, ast.Assign) and len(b.targets) == 1]
        others = [b for b in found if b not in plain]
        bit = (ast.BitAnd, ast.BitOr, ast.BitXor)
        return (
            bool(plain)
            and node.id not in index_of(self.model).parameters
            and all(isinstance(b, ast.AugAssign) and isinstance(b.op, bit) for b in others)
            and all(self.is_mask(b.value, depth + 1) for b in plain)
        )

    def is_column(self, node: ast.expr | None) -> bool:
        """Whether an expression is certainly made of one column of a frame, by methods and accessors."""
        current = node
        while True:
            if isinstance(current, ast.Subscript):
                return is_one_string(self.model, current.slice)
            if isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
                current = current.func.value
            elif isinstance(current, ast.Attribute):
                if isinstance(current.value, ast.Name):
                    return current.attr == "index" or not is_member(current.attr)
                current = current.value
            else:
                return False


def _is_everything(node: ast.Slice) -> bool:
    return node.lower is None and node.upper is None and node.step is None
