"""How payloads come into the session, compressed and in pieces if need be, and how answers leave it, in frames.

The other end is `glue_compiler.program.transport`.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

_pieces: dict[str, dict[int, str]] = {}
_used: list[str] = []
_begun: set[str] = set()
_last: dict[str, str] = {}


def has_begun(nonce: str) -> bool:
    """Whether the statement of this answer has begun before: one is sent again where Glue's answer got lost and the
    statement is not in its list, as one may be that comes there late.

    Then its answer is printed once more. Raises RuntimeError where that is not the last one.
    """
    if nonce not in _begun:
        _begun.add(nonce)
        return False
    if nonce not in _last:
        raise RuntimeError(
            "this statement reached the session twice: it has run, once, and its answer is not kept"
        )
    print(_last[nonce])  # noqa: T201
    return True


def keep_piece(key: str, index: int, text: str) -> None:
    """Keeps one piece of a payload that is longer than a statement may be."""
    _pieces.setdefault(key, {})[index] = text


def whole_payload(key: str, count: int, last: str) -> str:
    """The payload of which `count` pieces were kept, with its last one, which comes with the call.

    Raises RuntimeError where one never arrived.
    """
    # Those of the last one stay: its statement may come once more.
    while _used and _used[0] != key:
        _pieces.pop(_used.pop(0), None)
    _used.append(key)
    pieces = _pieces.get(key, {})
    missing = [index for index in range(count) if index not in pieces]
    if missing:
        raise RuntimeError(f"pieces {missing} of this payload never reached the session")
    return "".join(pieces[index] for index in range(count)) + last


def compress(text: str) -> str:
    """A text as it travels; fast rather than small, since sessions are busy."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 6)).decode("ascii")


def decompress(packed: str) -> str:
    """The text that travelled as `packed`."""
    return zlib.decompress(base64.b64decode(packed)).decode("utf-8")


def request_of(packed: str) -> dict[str, Any]:
    """The request of a call, as JSON holds it."""
    request: dict[str, Any] = json.loads(decompress(packed))
    return request


def print_frame(nonce: str, document: Any) -> None:
    """Prints one framed line, on a line of its own whatever was printed before."""
    text = f"\n<<dbt-glue:{nonce}>>" + json.dumps(document, separators=(",", ":"))
    _last.clear()
    _last[nonce] = text
    print(text)  # noqa: T201
