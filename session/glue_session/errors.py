"""Errors of a model as its author needs them: their own lines, the message without the machinery, what caused it."""

from __future__ import annotations

import linecache
import os
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any

from glue_session.dbt_object import Dbt, DbtError
from glue_session.spark_errors import (
    class_of,
    java_causes,
    java_text,
    telling_cause,
    with_next_step,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

_WORKER_TRACEBACK = re.compile(
    r"Traceback \(most recent call last\):\n(?P<frames>(?:[ \t]+.*\n|\n)*)(?P<error>[A-Za-z_][\w.]*(?::.*)?)"
)
_WORKER_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<function>.+)')
_MAX_MESSAGE_CHARS = 4_000
_MAX_FRAMES = 30


class ModelError(DbtError):
    """The model ran, but what it is or what it returned cannot become a table."""


def error_report(error: BaseException, filename: str, phase: str) -> dict[str, Any]:
    """The framed form of an error: type, message, the model's line, and a traceback of the author's frames.

    `phase` says what was being done: load, model, result or write.
    """
    frames = _user_frames(error.__traceback__, filename)
    own = [frame for frame in frames if frame[0] == filename]
    line = own[-1][1] if own else None
    if line is None and isinstance(error, SyntaxError) and error.filename == filename:
        line = error.lineno
    message = message_of(error)
    name = _name_of(error)
    worker = worker_traceback(message, filename)
    if worker is not None:
        message, worker_frames = worker
        frames = frames + worker_frames
        line = next((f[1] for f in reversed(worker_frames) if f[0] == filename), line)
        name = message.partition(":")[0]
    return {
        "type": name,
        "message": message,
        "line": line,
        "text": linecache.getline(filename, line).strip() if line else "",
        "phase": phase,
        "traceback": _chain(error, name, filename, frames, message),
    }


def message_of(error: BaseException) -> str:
    """What went wrong in as few lines as say it: without JVM stack traces and query plans."""
    telling = telling_cause(error)
    if telling is not None:
        text = _java_message(next(java_causes(error)), telling)
    elif isinstance(error, SyntaxError):
        text = error.msg or "invalid syntax"
    elif isinstance(error, KeyError) and len(error.args) == 1:
        text = f"{error.args[0]!r}"
    elif isinstance(error, SystemExit):
        text = f"the model ended the Python process with sys.exit({error.code!r}); raise an exception instead"
    else:
        text = str(error)
    text = text.split("\n\nJVM stacktrace:", 1)[0]
    # An analysis error repeats the whole logical plan after its sentence.
    text = re.split(r";\n(?=['+!A-Z])", text, maxsplit=1)[0]
    text = with_next_step(text.strip())
    if len(text) > _MAX_MESSAGE_CHARS:
        text = text[:_MAX_MESSAGE_CHARS] + " ... (shortened)"
    return text


def worker_traceback(message: str, filename: str) -> tuple[str, list[tuple[str, int, str]]] | None:
    """The innermost Python error that a Spark message carries from a worker (a UDF's), with the author's frames."""
    every = list(_WORKER_TRACEBACK.finditer(message))
    if not every:
        return None
    found = every[-1]
    frames = [
        (match["file"], int(match["line"]), match["function"])
        for match in _WORKER_FRAME.finditer(found["frames"])
    ]
    own = [frame for frame in frames if frame[0] == filename or not _library(frame[0])]
    return found["error"].strip(), own


def _name_of(error: BaseException) -> str:
    """The class of an error; of one that is only Java's, Java's class."""
    java = telling_cause(error)
    return type(error).__name__ if java is None else class_of(java)


def _java_message(outermost: Any, telling: Any) -> str:
    text, outer = java_text(telling), str(outermost.getMessage() or "")
    if "Traceback (most recent call last)" in outer and "Traceback" not in text:
        text = outer
    head, newline, stack = text.partition("\n\tat ")
    return head if newline and "Traceback" not in stack else text


def _user_frames(tb: TracebackType | None, filename: str) -> list[tuple[str, int, str]]:
    """(file, line, function) of the frames to show; a run of library frames is one ("", count, library).

    What comes before the model's file is entered is the runtime's own, and left out.
    """
    shown: list[tuple[str, int, str]] = []
    extracted = list(traceback.extract_tb(tb))
    while extracted and extracted[0].filename != filename:
        del extracted[0]
    for frame in extracted:
        if frame.filename in (error_report.__code__.co_filename, Dbt.ref.__code__.co_filename):
            continue
        if frame.filename == filename or not _library(frame.filename):
            shown.append((frame.filename, frame.lineno or 0, frame.name))
        elif shown:
            library = _library(frame.filename)
            if shown[-1][0] == "":
                library = shown[-1][2] or library
                shown[-1] = ("", shown[-1][1] + 1, library)
            else:
                shown.append(("", 1, library))
    return shown[:_MAX_FRAMES]


def _chain(
    error: BaseException, name: str, filename: str, frames: list[tuple[str, int, str]], message: str
) -> str:
    """The traceback of an error, after those of what caused it."""
    sections = [(name, error, frames, message)]
    links: list[str] = []
    current = error
    while len(sections) < 5:
        if current.__cause__ is not None:
            link, earlier = "The error above is what caused this one:", current.__cause__
        elif current.__context__ is not None and not current.__suppress_context__:
            link, earlier = "While that was being handled, this happened:", current.__context__
        else:
            break
        current = earlier
        text = message_of(earlier)
        earlier_frames = _user_frames(earlier.__traceback__, filename)
        repeats = type(earlier) is type(error) and text == message
        if repeats or not (earlier_frames or link.startswith("The error")):
            continue
        sections.append((_name_of(earlier), earlier, earlier_frames, text))
        links.append(link)
    blocks = []
    for index in range(len(sections) - 1, -1, -1):
        blocks.append(_section(*sections[index]))
        if index:
            blocks.append(links[index - 1])
    return "\n\n".join(blocks)


def _section(
    name: str, error: BaseException, frames: Iterable[tuple[str, int, str]], text: str
) -> str:
    lines = []
    if isinstance(error, SyntaxError) and error.lineno:
        lines.append(f"{error.filename}:{error.lineno}")
        if error.text:
            source = error.text.rstrip()
            stripped = source.lstrip()
            lines.append(f"  {stripped}")
            column = (error.offset or 1) - 1 - (len(source) - len(stripped))
            lines.append("  " + " " * max(column, 0) + "^")
    for file, line, function in frames:
        if file == "":
            lines.append(f"  ... {line} frame{'s' if line != 1 else ''} in {function}")
        else:
            lines.append(f"{file}:{line}, in {function}")
            source = linecache.getline(file, line).strip()
            if source:
                lines.append(f"  {source}")
    last = text if text.startswith(name) or isinstance(error, DbtError) else f"{name}: {text}"
    return "\n".join([*lines, last or name])


def _library(path: str) -> str:
    """The library that a file belongs to ("" for the author's own files)."""
    parts = path.replace("\\", "/").split("/")
    for place in ("site-packages", "dist-packages"):
        if place in parts:
            inside = parts[parts.index(place) + 1 :]
            return inside[0].removesuffix(".py") if inside else place
    if "pyspark" in parts or "pyspark.zip" in parts:
        return "pyspark"
    if "py4j" in parts or any(part.startswith("py4j-") for part in parts):
        return "py4j"
    if path.startswith("<"):
        return "python"
    homes = (os.path.dirname(os.__file__), os.path.join(sys.base_prefix, "lib"))  # noqa: PTH118, PTH120
    return "python" if path.startswith(homes) else ""
