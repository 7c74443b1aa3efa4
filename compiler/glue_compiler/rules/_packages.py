"""The requirements and imports of a model, and the edits that change its `packages`."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix
from glue_compiler.knowledge.packages import Requirement, parse_requirement
from glue_compiler.rules._dbt_calls import line_break
from glue_compiler.text.python_ast import parse_ast, parse_expression
from glue_compiler.text.source import SourceText, Span

if TYPE_CHECKING:
    from glue_compiler.facts.model import Import
    from glue_compiler.rules.definition import Context


@dataclass(frozen=True, slots=True)
class Declared:
    """One entry of `packages` in the file: the requirement, its string's span, its place in the list."""

    requirement: Requirement
    span: Span
    index: int
    entries: tuple[Span, ...]


def declared_here(context: Context) -> tuple[Declared, ...]:
    """The entries of `packages` in the file's `dbt.config` calls."""
    found: list[Declared] = []
    for use in context.config_calls:
        for argument in use.args:
            if argument.name != "packages" or argument.literal is None:
                continue
            entries = strings_in(context.text(argument.value_span), argument.value_span.start)
            spans = tuple(span for _, span in entries)
            found += [
                Declared(parse_requirement(text), span, index, spans)
                for index, (text, span) in enumerate(entries)
            ]
    return tuple(found)


def strings_in(text: str, start: int) -> list[tuple[str, Span]]:
    """The strings of a literal list (or the one string), with their spans in the file."""
    source = SourceText(f"({text})")
    try:
        node = parse_expression(source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    nodes = node.elts if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else [node]
    found = []
    for item in nodes:
        if not (isinstance(item, ast.Constant) and isinstance(item.value, str)):
            continue
        if item.end_lineno is None or item.end_col_offset is None:
            continue
        begin = source.offset_of_utf8(item.lineno, item.col_offset)
        end = source.offset_of_utf8(item.end_lineno, item.end_col_offset)
        found.append((item.value, Span(start + begin - 1, start + end - 1)))
    return found


def requirements(context: Context) -> tuple[Requirement, ...]:
    """All requirements of the model's session: the file's, the project's and the settings'."""
    texts = [*context.settings.packages]
    if context.node is not None:
        project = context.node.config.get("packages")
        texts += (
            [item for item in project if isinstance(item, str)] if isinstance(project, list) else []
        )
    here = [item.requirement for item in declared_here(context)]
    return (*here, *(parse_requirement(text) for text in texts))


def ships_unknown_code(context: Context) -> bool:
    """Whether the session gets code whose import names cannot be told from here."""
    if any(context.config_value(key) for key in ("additional_libs",)):
        return True
    packages = context.config.get("packages")
    if packages is not None and packages.literal is None:
        return True
    return any(
        item.kind in ("s3", "url", "vcs", "file", "option", "invalid") and item.name is None
        for item in requirements(context)
    )


_PIP = re.compile(r"\bpip3?\b.*?\binstall\b(.*)", re.DOTALL)


def installed_by_code(context: Context) -> frozenset[str] | None:
    """The canonical names of what the file's own calls of pip install; None where one installs what is not written."""
    text = context.source.text
    if "pip" not in text or "install" not in text:
        return frozenset()
    try:
        tree = parse_ast(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        words = [
            part.value
            for argument in node.args
            for part in ast.walk(argument)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        match = _PIP.search(" ".join(words))
        if match is None and not (_calls_pip(node) and "install" in words):
            continue
        rest = words[words.index("install") + 1 :] if match is None else match[1].split()
        names = [parse_requirement(word).name for word in rest if not word.startswith("-")]
        if not names:
            return None
        found.update(name for name in names if name)
    return frozenset(found)


def _calls_pip(node: ast.Call) -> bool:
    """`pip.main([...])`, `pip._internal.main([...])`."""
    return ast.unparse(node.func).startswith("pip.")


def shipped_modules(context: Context) -> frozenset[str]:
    """Import names that are shipped with the model: settings' `modules`, config `python_modules`."""
    names = set(context.settings.modules)
    value = context.config_value("python_modules")
    for item in [value] if isinstance(value, str) else value or []:
        if isinstance(item, str):
            tail = item.rstrip("/").rpartition("/")[2]
            names.add(tail.removesuffix(".py"))
    return frozenset(names)


def module_span(context: Context, item: Import) -> Span:
    """Where the name of the module stands in an import, with the dots of a relative one."""
    statement = context.text(item.statement)
    if item.name is None:
        return Span(item.span.start, item.span.start + len(item.module))
    match = re.match(r"from\s*(\.[.\s]*)?([\w.]*)", statement)
    if match is None or item.dynamic:
        return item.span
    start = item.statement.start
    return Span(start + match.start(1 if match[1] else 2), start + match.end())


def dotted_name(item: Import) -> str:
    """The dotted name of an import, with the imported name, which may be a module."""
    return f"{item.module}.{item.name}" if item.name and item.name != "*" else item.module


def add_package(context: Context, name: str) -> tuple[Fix, ...]:
    """The fix that declares a package: in the list, in the config call, or in a new one."""
    entries = declared_here(context)
    title = f"Add '{name}' to packages"
    if entries:
        end = entries[-1].entries[-1].end
        return (Fix(title, (Edit(Span(end, end), f", {name!r}"),), "unsafe"),)
    if "packages" in context.config:
        return ()
    calls = [use for use in context.config_calls if use.visible]
    if calls:
        use = calls[0]
        if not use.args or use.args[-1].star:
            return ()
        end = use.args[-1].span.end
        return (Fix(title, (Edit(Span(end, end), f", packages=[{name!r}]"),), "unsafe"),)
    function = context.facts.model_function
    if function is None or function.body_one_line:
        return ()
    start = Span(function.body_start, function.body_start)
    line = f"{function.body_indent}dbt.config(packages=[{name!r}]){line_break(context)}"
    return (Fix(title, (Edit(start, line),), "unsafe"),)


def remove_entry(context: Context, item: Declared) -> tuple[Fix, ...]:
    """The fix that takes one entry out of the list."""
    if len(item.entries) == 1:
        if context.text(item.span) == context.text(context.config["packages"].value_span):
            return ()
        return (Fix("Remove it", (Edit(item.span, ""),)),)
    if item.index + 1 < len(item.entries):
        span = Span(item.span.start, item.entries[item.index + 1].start)
    else:
        span = Span(item.entries[item.index - 1].end, item.span.end)
    if "#" in context.text(span):
        return ()
    return (Fix("Remove it", (Edit(span, ""),)),)
