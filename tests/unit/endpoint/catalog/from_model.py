"""Values of any shape of botocore's service models: what a client may send, up to every limit."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from glue_endpoint.api.wire import find_operation
from hypothesis import strategies as st

_PRINTABLE = st.characters(
    min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"
)
"""What Glue's patterns allow in a line: no control characters below a space, no U+FFFE and U+FFFF."""
_MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=timezone.utc)
)
_FEW = 3
"""Items of a list or map beyond what the model asks for; members of a structure are all tried."""


def requests(operation: str, service: str = "glue") -> st.SearchStrategy[dict[str, Any]]:
    """Requests of an operation that its model allows."""
    model = find_operation(service, operation)
    assert model is not None
    return _values(model.input_shape)


def members(operation: str, name: str, service: str = "glue") -> st.SearchStrategy[Any]:
    """Values of one member of such requests."""
    model = find_operation(service, operation)
    assert model is not None
    assert model.input_shape is not None
    return _values(model.input_shape.members[name])


def _values(shape: Any) -> st.SearchStrategy[Any]:
    kind = shape.type_name
    if kind == "structure":
        required = {n: _values(m) for n, m in shape.members.items() if n in shape.required_members}
        optional = {n: _values(m) for n, m in shape.members.items() if n not in required}
        return st.fixed_dictionaries(required, optional=optional)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    if kind == "list":
        most = min(high or _FEW, max(low, _FEW))
        return st.deferred(lambda: st.lists(_values(shape.member), min_size=low, max_size=most))
    if kind == "map":
        most = min(high or _FEW, max(low, _FEW))
        return st.dictionaries(
            _values(shape.key), _values(shape.value), min_size=low, max_size=most
        )
    return _scalars(shape, low, high)


def _scalars(shape: Any, low: int, high: int | None) -> st.SearchStrategy[Any]:
    kind = shape.type_name
    if kind == "string":
        return _texts(shape, low, high)
    if kind == "boolean":
        return st.booleans()
    if kind in ("integer", "long"):
        bits = 31 if kind == "integer" else 63
        least = shape.metadata.get("min", -(2**bits))
        return st.integers(least, 2**bits - 1 if high is None else high)
    if kind in ("double", "float"):
        return st.floats(min_value=shape.metadata.get("min"), allow_nan=False, allow_infinity=False)
    if kind == "timestamp":
        return _MOMENTS
    assert kind == "blob", kind
    return st.binary(max_size=8)


def _texts(shape: Any, low: int, high: int | None) -> st.SearchStrategy[str]:
    if shape.enum:
        return st.sampled_from(shape.enum)
    pattern = shape.metadata.get("pattern") or ""
    if r"\p{" in pattern:
        pattern = r"[a-zA-Z0-9+_.:=@/-]*"  # Java's classes of letters, digits and spaces
    pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    pattern = pattern.replace(r"\d", "[0-9]")  # Java's; Python's \d has other scripts' digits too
    most = max(low, 12) if high is None else min(high, max(low, 12))
    if not pattern:
        return st.text(st.characters(exclude_categories=["Cs"]), min_size=low, max_size=most)
    if pattern.startswith(r"[\u0020"):  # Glue's texts of one line, or of several
        return st.text(_PRINTABLE, min_size=low, max_size=most)
    return st.from_regex(pattern, fullmatch=True).filter(
        lambda text: len(text) >= low and (high is None or len(text) <= high)
    )
