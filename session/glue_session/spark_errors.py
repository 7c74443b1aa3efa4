"""What Spark's own texts tell of an error: its class, the name that it is about, and what could be meant instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEPTH = 20
_NO_AVRO = "Failed to find data source: avro"
_UNKNOWN_COMMIT = "CommitStateUnknownException"
_AFTER_COMMIT = "[DELTA_POST_COMMIT_HOOK_FAILED]"
_CLASS = re.compile(r"^\[([A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*)\]")
_PROPOSAL = re.compile(r"`((?:[^`]|``)+)`")
_DID_YOU_MEAN = re.compile(r"[Dd]id you mean one of the following\?\s*\[(?P<names>[^\]]*)\]")
_COULD_BE = re.compile(r"could be: \[?(?P<names>[^\].]*(?:\.[^\].]*)*)\]?")
_NAMED = re.compile(
    r"(?:name|Column|Reference|Cannot resolve column name) [`'\"](?P<name>[^`'\"]+)"
)


def spark_details(error: BaseException) -> dict[str, Any]:
    """Spark's class of an error, the name that it is about and what it suggests instead; empty for other errors."""
    text = str(getattr(error, "desc", None) or error)
    found = _CLASS.match(text)
    error_class = found[1] if found else None
    ask = getattr(error, "getErrorClass", None)
    if error_class is None and ask is not None:
        error_class = ask()
    proposals = _DID_YOU_MEAN.search(text)
    if proposals is None and error_class and error_class.startswith("AMBIGUOUS"):
        proposals = _COULD_BE.search(text)
    names = []
    if proposals is not None:
        names = [name.replace("``", "`") for name in _proposals(proposals["names"])]
    named = _NAMED.search(text)
    return {
        "class": error_class,
        "name": named["name"] if named else None,
        "suggestions": names,
        "analyser": type(error).__name__ in ("AnalysisException", "ParseException"),
    }


def java_causes(error: BaseException) -> Iterator[Any]:
    """The Java exception that an error of py4j is, then what caused it, the innermost last."""
    return _causes(getattr(error, "java_exception", None))


def _causes(java: Any) -> Iterator[Any]:
    for _ in range(_DEPTH):
        if java is None:
            return
        yield java
        java = java.getCause()


def is_of_a_commit(java: Any) -> bool:
    """Whether a Java exception is of a commit that may be there, or is: what made it is not to be repeated."""
    return class_of(java) == _UNKNOWN_COMMIT or _text_of(java).startswith(_AFTER_COMMIT)


def telling_cause(error: BaseException) -> Any:
    """The Java exception that says what went wrong: the innermost; None of an error that is none of py4j's.

    That of a commit that may be there says more than the broken line below it.
    """
    found = None
    for found in java_causes(error):
        if is_of_a_commit(found):
            break
    return found


def class_of(java: Any) -> str:
    """The class of a Java object, without its package."""
    return str(java.getClass().getSimpleName())


def java_text(java: Any) -> str:
    """What a Java exception says; of a commit that is there, or of which nobody knows, what that means here."""
    text = _text_of(java)
    if not is_of_a_commit(java):
        return text
    if text.startswith(_AFTER_COMMIT):
        *_, cause = _causes(java)
        return (
            f"the change of the table came in, and what its format does after a commit failed: {text}. {cause.toString()}. "
            "Next: mend that before this runs again: a merge or an overwrite can be repeated, rows that are "
            "appended again are there twice"
        )
    return (
        f"it is not known whether the change of the table came in: {text.splitlines()[0]}. "
        "Next: look for it in the table (its snapshots tell) before this runs again: a merge or an overwrite "
        "can be repeated, rows that are appended again are there twice"
    )


def with_next_step(text: str) -> str:
    """A message of Spark's, with what to do in a profile where Spark only says what is missing."""
    if _NO_AVRO not in text:
        return text
    return (
        f"{text} Next: Spark's jar for it, org.apache.spark:spark-avro of the session's Spark and Scala, on S3 and "
        "in the profile's extra_jars; or another file_format"
    )


def _text_of(java: Any) -> str:
    return str(java.getMessage() or "")


def _proposals(text: str) -> Iterator[str]:
    """The names in a list of Spark's: `a`.`b`, `c` gives a.b and c; 3.3 writes them without quotes."""
    for item in text.split(","):
        parts = _PROPOSAL.findall(item)
        name = ".".join(parts) if parts else item.strip()
        if name:
            yield name
