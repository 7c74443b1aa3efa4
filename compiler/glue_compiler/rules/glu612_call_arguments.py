"""GLU612: a call of a method that does not take these arguments."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.accepted_words import words_of
from glue_compiler.knowledge.frames import FRAME_KINDS, PANDAS_VERSIONS, SPARK_VERSIONS, api
from glue_compiler.knowledge.renamed_parameters import still_taken
from glue_compiler.knowledge.signatures import Given, misfit, nameless, names_of
from glue_compiler.rules._argument_cases import INVALID, VALID
from glue_compiler.rules._frames import api_of_kind, in_world
from glue_compiler.rules._tested_names import asked_about
from glue_compiler.rules._udf_calls import UDF_CALLS, UDF_INVALID, UDF_VALID, wrong_udf_calls
from glue_compiler.rules._value_as_name import NO_NAME, value_as_name
from glue_compiler.rules.definition import Context, Finding, Rule
from glue_compiler.text.constants import Constant
from glue_compiler.text.similar import closest
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import FrameArgument, MemberUse
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.knowledge.frames import Member

_LIBRARY = {"spark": "Spark", "pandas": "pandas", "pandas_on_spark": "pandas on Spark"}
_NEWEST = {
    "spark": SPARK_VERSIONS[-1],
    "pandas": PANDAS_VERSIONS[-1],
    "pandas_on_spark": SPARK_VERSIONS[-1],
}


def _may_not_fit(use: MemberUse, _frame: Frame | None, options: AnalysisOptions) -> bool:
    member = _member(use, options)
    return member is not None and _problem(use, member, options) is not None


def _member(use: MemberUse, options: AnalysisOptions) -> Member | None:
    """The method that is called, where its signature and all arguments are known."""
    if not use.called or use.tried or any(arg.star for arg in use.args):
        return None
    table = api_of_kind(use.kind, options)
    member = None if table is None else table.member(use.member)
    if table is None or member is None or not member.signature:
        return None
    if not member.callable:
        return None
    library = table.owner.partition(".")[0]
    old = any(still_taken(library, table.version, use.member, arg.name or "") for arg in use.args)
    return None if old else member


_SCREEN = Screen("members", _may_not_fit)


def _check(context: Context) -> Iterator[Finding]:
    yield from wrong_udf_calls(context)
    for use in context.kept_by(_SCREEN):
        member = _member(use, context.settings.options)
        problem = None if member is None else _problem(use, member, context.settings.options)
        if member is None or problem is None:
            continue
        message, argument = problem
        if message == NO_NAME and argument is not None:
            yield value_as_name(context, use, argument)
            continue
        if argument is not None and asked_about(
            context.text(argument.value_span), context.source.text
        ):
            continue
        fixes: tuple[Fix, ...] = ()
        advice = f"Its signature is `{use.member}{_shown(member)}`."
        if argument is not None and "a column" in message and argument.literal is not None:
            advice = f"Write `F.lit({argument.literal})` for a value. {advice}"
        if _hides_builtin(context, use):
            advice = (
                f"`{use.member}` is Spark's function here: Python's own is `builtins.{use.member}`."
            )
        if argument is not None and argument.name is not None:
            other = _library_with(use, argument.name)
            guess = closest(argument.name, names_of(member))
            if guess is not None and guess not in {arg.name for arg in use.args}:
                span = Span(argument.span.start, argument.span.start + len(argument.name))
                fixes = (Fix(f"Write `{guess}`", (Edit(span, guess),), "unsafe"),)
            if other is not None and guess is None:
                message += f": that is {_LIBRARY[other]}"
        if argument is not None and argument.literal is not None and " is one of " in message:
            fixes = _word(use, member, argument)
        yield Finding(
            use.name_span if argument is None else argument.span,
            message + in_world(use.worlds),
            help=advice,
            fixes=fixes,
        )


def _hides_builtin(context: Context, use: MemberUse) -> bool:
    """Whether an import has put one of Spark's functions in the place of Python's: `max`, `sum`, `round`."""
    bare = use.kind == "spark_functions" and context.text(use.receiver) == use.member
    return bare and hasattr(builtins, use.member)


def _word(use: MemberUse, member: Member, argument: FrameArgument) -> tuple[Fix, ...]:
    """The word that is most like a wrong one."""
    word = Constant(argument.literal or "").value
    for parameter in member.parameters:
        words = words_of(member.owner, use.member, parameter.name)
        guess = None if words is None else closest(str(word), words.accepted)
        if guess is not None:
            return (Fix(f"Write {guess!r}", (Edit(argument.value_span, repr(guess)),), "unsafe"),)
    return ()


def _problem(
    use: MemberUse, member: Member, options: AnalysisOptions
) -> tuple[str, FrameArgument | None] | None:
    """What is wrong with the arguments of a call, and the argument that it is about."""
    version = options.versions[member.owner.partition(".")[0]]
    given = [Given(arg.name, arg.kind, arg.literal) for arg in use.args]
    found = misfit(member, given, version)
    if found is None:
        text = nameless(member, given)
        return None if text is None else (NO_NAME, use.args[text])
    message, index = found
    return message, None if index is None else use.args[index]


def _shown(member: Member) -> str:
    """The signature without types, which are long and say little to people."""
    stars = {"args": "*", "kwargs": "**"}
    parts = []
    only_named = False
    for parameter in member.parameters:
        if parameter.kind == "keyword" and not only_named:
            only_named = True
            parts.append("*")
        default = "" if parameter.default is None else f"={parameter.default}"
        parts.append(f"{stars.get(parameter.kind, '')}{parameter.name}{default}")
        only_named = only_named or parameter.kind == "args"
    return f"({', '.join(parts)})"


def _library_with(use: MemberUse, keyword: str) -> str | None:
    """Another library whose method by that name, or with that purpose, has the keyword."""
    own = next(
        kind for kind in sorted(FRAME_KINDS, key=len, reverse=True) if use.kind.startswith(kind)
    )
    for library in ("pandas", "spark"):
        if library == own or own.startswith(library):
            continue
        owner = (
            use.kind.replace(own, library, 1).replace("_", ".", 1) if use.kind != own else library
        )
        member = api(owner, _NEWEST[library]).member(use.member)
        if member is not None and keyword in names_of(member):
            return library
    return None


RULE = Rule(
    code="GLU612",
    name="call-arguments",
    severity=Severity.ERROR,
    summary="A method is called with arguments that it does not take.",
    why="""
Spark and pandas have methods of the same names with other parameters: `drop(columns=...)`, `join(left_on=...)` and
`sort_values` are pandas', `dropDuplicates(["id"])` is Spark's. Python tells in the session only. The parameters are
those of the real methods, in the versions that the Glue version runs.

Functions take a text as the name of a column: `concat(F.col("a"), " ", F.col("b"))` asks for a column that is called
` `. Of a text that is no name to anybody, spaces and punctuation, that is a warning; an error where the columns are known.

A UDF takes columns and their names, as many as its function has parameters: `found(5)` raises where it stands, and one
column too many when Spark calls the function.
""",
    fix="Write the parameters that the message shows. The fix corrects a misspelt name.",
    check=_check,
    statement=_SCREEN,
    more=(UDF_CALLS,),
    valid=(*VALID, *UDF_VALID),
    invalid=(*INVALID, *UDF_INVALID),
)
