"""Makes libcst's nodes from what carries meaning in them: without white space and without checking it.

libcst's own constructors take most of the time of its parser. A field that is left out here has no
value: nobody reads white space, commas or parentheses of the analysis's tree, but for the number of
parentheses around arguments and callees.
"""

from __future__ import annotations

import ast
from typing import Any

import libcst as cst

NOT_GIVEN = cst.MaybeSentinel.DEFAULT
new = object.__new__
"""A node without any field."""


def _maker(cls: type, *names: str, **constants: Any) -> Any:
    """A function that makes a node of some fields; nobody asks for those that are left out."""
    namespace: dict[str, Any] = {"new": new, "cls": cls}
    lines = [f"def make({', '.join(names)}):", " node = new(cls)"]
    for name in names:
        namespace[f"set_{name}"] = getattr(cls, name).__set__
        lines.append(f" set_{name}(node, {name})")
    for name, value in constants.items():
        namespace[f"set_{name}"] = getattr(cls, name).__set__
        namespace[f"value_{name}"] = value
        lines.append(f" set_{name}(node, value_{name})")
    lines.append(" return node")
    exec("\n".join(lines), namespace)  # noqa: S102 - as dataclasses do: a function with no loop
    return namespace["make"]


make_module = _maker(
    cst.Module,
    "body",
    encoding="utf-8",
    default_indent="    ",
    default_newline="\n",
    has_trailing_newline=True,
)
make_name = _maker(cst.Name, "value", lpar=(), rpar=())
make_attribute = _maker(cst.Attribute, "value", "attr", lpar=(), rpar=())
make_call = _maker(cst.Call, "func", "args", lpar=(), rpar=())
make_arg = _maker(cst.Arg, "value", "keyword", "star")
make_string = _maker(cst.SimpleString, "value", lpar=(), rpar=())
make_integer = _maker(cst.Integer, "value", lpar=(), rpar=())
make_float = _maker(cst.Float, "value", lpar=(), rpar=())
make_ellipsis = _maker(cst.Ellipsis, lpar=(), rpar=())
make_binary = _maker(cst.BinaryOperation, "left", "operator", "right", lpar=(), rpar=())
make_boolean = _maker(cst.BooleanOperation, "left", "operator", "right", lpar=(), rpar=())
make_unary = _maker(cst.UnaryOperation, "operator", "expression", lpar=(), rpar=())
make_comparison = _maker(cst.Comparison, "left", "comparisons", lpar=(), rpar=())
make_target = _maker(cst.ComparisonTarget, "operator", "comparator")
make_list = _maker(cst.List, "elements", lpar=(), rpar=())
make_tuple = _maker(cst.Tuple, "elements", lpar=(), rpar=())
make_set = _maker(cst.Set, "elements", lpar=(), rpar=())
make_element = _maker(cst.Element, "value")
make_starred = _maker(cst.StarredElement, "value")
make_dict = _maker(cst.Dict, "elements", lpar=(), rpar=())
make_dict_element = _maker(cst.DictElement, "key", "value")
make_starred_dict_element = _maker(cst.StarredDictElement, "value")
make_subscript = _maker(cst.Subscript, "value", "slice", lpar=(), rpar=())
make_subscript_element = _maker(cst.SubscriptElement, "slice")
make_index = _maker(cst.Index, "value", star=None)
make_slice = _maker(cst.Slice, "lower", "upper", "step", "first_colon", "second_colon")
make_if_expression = _maker(cst.IfExp, "test", "body", "orelse", lpar=(), rpar=())
make_lambda = _maker(cst.Lambda, "params", "body", lpar=(), rpar=())
make_list_comp = _maker(cst.ListComp, "elt", "for_in", lpar=(), rpar=())
make_set_comp = _maker(cst.SetComp, "elt", "for_in", lpar=(), rpar=())
make_generator = _maker(cst.GeneratorExp, "elt", "for_in", lpar=(), rpar=())
make_dict_comp = _maker(cst.DictComp, "key", "value", "for_in", lpar=(), rpar=())
make_comp_for = _maker(cst.CompFor, "target", "iter", "ifs", "inner_for_in", asynchronous=None)
make_comp_if = _maker(cst.CompIf, "test")
make_expr = _maker(cst.Expr, "value")
make_assign = _maker(cst.Assign, "targets", "value")
make_assign_target = _maker(cst.AssignTarget, "target")
make_aug_assign = _maker(cst.AugAssign, "target", "operator", "value")
make_ann_assign = _maker(cst.AnnAssign, "target", "annotation", "value")
make_annotation = _maker(cst.Annotation, "annotation")
make_return = _maker(cst.Return, "value")
make_pass, make_break, make_continue = (_maker(cls) for cls in (cst.Pass, cst.Break, cst.Continue))
make_raise = _maker(cst.Raise, "exc", "cause")
make_from = _maker(cst.From, "item")
make_delete = _maker(cst.Del, "target")
make_named = _maker(cst.NamedExpr, "target", "value", lpar=(), rpar=())
make_assert = _maker(cst.Assert, "test", "msg")
make_import = _maker(cst.Import, "names")
make_import_from = _maker(cst.ImportFrom, "module", "names", "relative", "lpar", "rpar")
make_alias = _maker(cst.ImportAlias, "name", "asname")
make_as_name = _maker(cst.AsName, "name")
make_line = _maker(cst.SimpleStatementLine, "body")
make_suite = _maker(cst.SimpleStatementSuite, "body", leading_whitespace=cst.SimpleWhitespace(" "))
make_block = _maker(cst.IndentedBlock, "body")
make_if = _maker(cst.If, "test", "body", "orelse")
make_else = _maker(cst.Else, "body")
make_for = _maker(cst.For, "target", "iter", "body", "orelse", asynchronous=None)
make_while = _maker(cst.While, "test", "body", "orelse")
make_function = _maker(
    cst.FunctionDef,
    "name",
    "params",
    "body",
    "decorators",
    "returns",
    asynchronous=None,
    type_parameters=None,
)
make_class = _maker(
    cst.ClassDef, "name", "body", "bases", "keywords", "decorators", type_parameters=None
)
make_decorator = _maker(cst.Decorator, "decorator")
make_params = _maker(
    cst.Parameters,
    "params",
    "star_arg",
    "kwonly_params",
    "star_kwarg",
    "posonly_params",
    posonly_ind=NOT_GIVEN,
)
make_param = _maker(cst.Param, "name", "annotation", "default", "star")
make_with = _maker(cst.With, "items", "body", asynchronous=None)
make_with_item = _maker(cst.WithItem, "item", "asname")
make_try = _maker(cst.Try, "body", "handlers", "orelse", "finalbody")
make_handler = _maker(cst.ExceptHandler, "body", "type", "name")
make_finally = _maker(cst.Finally, "body")

BINARY: dict[type, Any] = {
    ast.Add: cst.Add,
    ast.Sub: cst.Subtract,
    ast.Mult: cst.Multiply,
    ast.Div: cst.Divide,
    ast.FloorDiv: cst.FloorDivide,
    ast.Mod: cst.Modulo,
    ast.Pow: cst.Power,
    ast.BitAnd: cst.BitAnd,
    ast.BitOr: cst.BitOr,
    ast.BitXor: cst.BitXor,
    ast.LShift: cst.LeftShift,
    ast.RShift: cst.RightShift,
    ast.MatMult: cst.MatrixMultiply,
}
AUGMENTED: dict[type, Any] = {
    ast.Add: cst.AddAssign,
    ast.Sub: cst.SubtractAssign,
    ast.Mult: cst.MultiplyAssign,
    ast.Div: cst.DivideAssign,
    ast.BitAnd: cst.BitAndAssign,
    ast.BitOr: cst.BitOrAssign,
    ast.BitXor: cst.BitXorAssign,
    ast.LShift: cst.LeftShiftAssign,
    ast.RShift: cst.RightShiftAssign,
    ast.MatMult: cst.MatrixMultiplyAssign,
    ast.FloorDiv: cst.FloorDivideAssign,
    ast.Mod: cst.ModuloAssign,
    ast.Pow: cst.PowerAssign,
}
UNARY: dict[type, Any] = {
    ast.USub: cst.Minus,
    ast.UAdd: cst.Plus,
    ast.Not: cst.Not,
    ast.Invert: cst.BitInvert,
}
COMPARE: dict[type, Any] = {
    ast.Eq: cst.Equal,
    ast.Lt: cst.LessThan,
    ast.LtE: cst.LessThanEqual,
    ast.Gt: cst.GreaterThan,
    ast.GtE: cst.GreaterThanEqual,
    ast.Is: cst.Is,
    ast.IsNot: cst.IsNot,
    ast.In: cst.In,
    ast.NotIn: cst.NotIn,
    ast.NotEq: cst.NotEqual,
}


make_name_item = _maker(cst.NameItem, "name")
make_global = _maker(cst.Global, "names")
make_nonlocal = _maker(cst.Nonlocal, "names")
make_yield = _maker(cst.Yield, "value", lpar=(), rpar=())
make_await = _maker(cst.Await, "expression", lpar=(), rpar=())
