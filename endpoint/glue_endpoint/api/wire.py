"""The Glue wire format: requests and responses checked against botocore's own service model.

The model (`service-2.json`, which ships with botocore) says for every member whether it is required,
its limits, its pattern and its allowed values. Messages are worded as AWS's own framework words them.
Values stay as JSON has them: a time is a number of seconds since the epoch and a blob its base64, so
that what a client gave is kept, and given back, as it came.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from functools import cache
from typing import TYPE_CHECKING, Any

from glue_endpoint.errors import ValidationException

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape

_INTEGER_LIMITS = {"integer": 2**31, "long": 2**63}
_TYPES = {"string": str, "blob": str, "boolean": bool, "integer": int, "long": int}
_UNPUBLISHED = {"glue": {"StatementOutputData": ("MimeType", "Result", "StdErr", "StdOut")}}
"""Members that AWS's notebook kernel (aws-glue-sessions) has in its own model, of text; botocore drops them."""
_EPOCH = datetime.fromtimestamp(0, timezone.utc)
_FIRST, _LAST = (
    (moment.replace(tzinfo=timezone.utc) - _EPOCH).total_seconds()
    for moment in (datetime.min, datetime.max.replace(microsecond=0))
)
"""The seconds of the times that there are: clients can read no others."""


class SerializationError(ValidationException):
    """The body is not JSON of the types that the model asks for."""

    @property
    def code(self) -> str:
        """AWS's name for it, which no service model lists."""
        return "SerializationException"


class ResponseError(Exception):
    """The endpoint built a response that the service model does not allow: a bug here."""


@cache
def service_model(name: str) -> ServiceModel:
    """botocore's model of a service, e.g. `glue`."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    model = Loader().load_service_model(name, "service-2")
    for shape, members in _UNPUBLISHED.get(name, {}).items():
        known = model["shapes"][shape]["members"]
        known.update(dict.fromkeys(members, known["TextPlain"]))
    return ServiceModel(model, name)


@cache
def find_operation(service: str, name: str) -> OperationModel | None:
    """The model of an operation, or None where the service has none of that name."""
    model = service_model(service)
    return model.operation_model(name) if name in model.operation_names else None


def read_json(body: bytes) -> object:
    """The JSON of a request's body; an empty one is `{}`. Raises ValidationException."""
    try:
        return json.loads(body or b"{}")
    except RecursionError:
        raise ValidationException("The request body is nested too deeply.") from None
    except ValueError:
        raise ValidationException("The request body is not JSON.") from None


def parse_request(
    shape: Shape | None, value: object, length: Callable[[str], int] = len
) -> dict[str, Any]:
    """A JSON request, checked; members that the model does not have and nulls are dropped, as on AWS.

    `length` is what counts as the length of a text: its characters, by default.

    Raises `SerializationError` for wrong types and `ValidationException` that lists every violation.
    """
    if not isinstance(value, Mapping):
        raise SerializationError("The request body must be a JSON object.")
    if shape is None:
        return {}
    try:
        parsed = _parse(shape, value, "")
        violations = list(_violations(shape, parsed, "", length))
    except RecursionError:
        raise ValidationException("The request body is nested too deeply.") from None
    if violations:
        count = len(violations)
        raise ValidationException(
            f"{count} validation error{'s' if count > 1 else ''} detected: {'; '.join(violations)}"
        )
    assert isinstance(parsed, dict)  # noqa: S101 - a structure parses to a dict
    return parsed


def serialize_response(shape: Shape | None, value: Mapping[str, Any]) -> dict[str, Any]:
    """A response as JSON values, without None members; times may also be datetimes.

    Raises `ResponseError` where a member or a type is not in the model.
    """
    if shape is None:
        if value:
            raise ResponseError(f"the operation has no output, but got {sorted(value)}")
        return {}
    result = _serialize(shape, value, shape.name)
    assert isinstance(result, dict)  # noqa: S101 - a structure serializes to a dict
    return result


def _parse(shape: Any, value: object, path: str) -> object:
    kind = shape.type_name
    if kind == "structure":
        members = _expect(value, Mapping, path, "a JSON object")
        return {
            name: _parse(member, members[name], _join(path, name))
            for name, member in shape.members.items()
            if members.get(name) is not None
        }
    if kind == "list":
        items = _expect(value, list, path, "a JSON array")
        return [
            _parse(shape.member, item, f"{path}.{number}.member")
            for number, item in enumerate(items, 1)
        ]
    if kind == "map":
        entries = _expect(value, Mapping, path, "a JSON object")
        return {key: _parse(shape.value, item, f"{path}.{key}") for key, item in entries.items()}
    return _parse_scalar(kind, value, path)


def _parse_scalar(kind: str, value: object, path: str) -> object:
    if kind == "string":
        return _expect(value, str, path, "a string")
    if kind == "boolean":
        return _expect(value, bool, path, "a boolean")
    if kind in _INTEGER_LIMITS:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not whole:
            raise SerializationError(f"{path or 'the body'} must be an integer.")
        if not -_INTEGER_LIMITS[kind] <= value < _INTEGER_LIMITS[kind]:
            raise SerializationError(f"{path} is out of the range of a {kind}.")
        return int(value)
    if kind in ("double", "float"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SerializationError(f"{path} must be a number.")
        try:
            return float(value)
        except OverflowError:
            raise SerializationError(f"{path} is out of the range of a {kind}.") from None
    if kind == "timestamp":
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SerializationError(f"{path} must be a time in epoch seconds.")
        if not _FIRST <= value <= _LAST:
            raise SerializationError(f"{path} is not a time of the years 1 to 9999.")
        return value
    if kind == "blob":
        _blob_size(_expect(value, str, path, "base64"), path)
        return value
    raise SerializationError(f"{path} has the type {kind}, which is not supported here.")


def _expect(value: object, kind: Any, path: str, description: str) -> Any:
    if not isinstance(value, kind):
        raise SerializationError(f"{path or 'the body'} must be {description}.")
    return value


def _blob_size(text: str, path: str) -> int:
    try:
        return len(base64.b64decode(text, validate=True))
    except ValueError:
        raise SerializationError(f"{path} must be base64.") from None


def _violations(shape: Any, value: Any, path: str, length: Callable[[str], int]) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        for name in shape.required_members:
            if name not in value:
                yield (
                    f"Value null at '{_join(path, name)}' failed to satisfy constraint: "
                    "Member must not be null"
                )
        for name, item in value.items():
            yield from _violations(shape.members[name], item, _join(path, name), length)
        return
    yield from _size_violations(shape, value, path, length)
    if kind == "list":
        for number, item in enumerate(value, 1):
            yield from _violations(shape.member, item, f"{path}.{number}.member", length)
    elif kind == "map":
        for key, item in value.items():
            yield from _violations(shape.key, key, f"{path} key", length)
            yield from _violations(shape.value, item, f"{path}.{key}", length)
    elif kind == "string":
        if shape.enum and value not in shape.enum:
            yield _violation(path, value, f"satisfy enum value set: [{', '.join(shape.enum)}]")
        pattern = shape.metadata.get("pattern")
        compiled = _compile(pattern) if pattern else None
        if compiled and not compiled.fullmatch(value):
            yield _violation(path, value, f"satisfy regular expression pattern: {pattern}")


def _size_violations(
    shape: Any, value: Any, path: str, length: Callable[[str], int]
) -> Iterator[str]:
    sized = shape.type_name in ("string", "list", "map", "blob")
    if not sized and shape.type_name not in ("integer", "long", "double", "float"):
        return
    size = value
    if sized:
        size = len(value)
        if shape.type_name == "blob":
            size = _blob_size(value, path)
        elif shape.type_name == "string":
            size = length(value)
    noun = "have length" if sized else "have value"
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield _violation(path, value, f"{noun} greater than or equal to {low}")
    if high is not None and size > high:
        yield _violation(path, value, f"{noun} less than or equal to {high}")


def _violation(path: str, value: object, rule: str) -> str:
    text = str(value)
    shown = text if len(text) <= 100 else f"{text[:100]}..."
    return f"Value '{shown}' at '{path}' failed to satisfy constraint: Member must {rule}"


def _join(path: str, name: str) -> str:
    member = name[:1].lower() + name[1:]
    return f"{path}.{member}" if path else member


@cache
def _compile(pattern: str) -> re.Pattern[str] | None:
    r"""A pattern of the model (Java's dialect) for Python.

    A surrogate pair range is one range of code points here. `\p{..}` classes, which `re` does not
    have, occur only for TransactionId; those are not checked.
    """
    if r"\p{" in pattern:
        return None
    pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    return re.compile(pattern, re.ASCII)


def _serialize(shape: Any, value: Any, path: str) -> object:
    kind = shape.type_name
    if kind == "structure":
        unknown = value.keys() - shape.members.keys()
        if unknown:
            raise ResponseError(f"{path} has no members {sorted(unknown)}")
        return {
            name: _serialize(shape.members[name], item, f"{path}.{name}")
            for name, item in value.items()
            if item is not None
        }
    if kind == "list":
        return [_serialize(shape.member, item, path) for item in value]
    if kind == "map":
        return {key: _serialize(shape.value, item, f"{path}.{key}") for key, item in value.items()}
    if kind == "timestamp" and isinstance(value, datetime):
        value = (value - _EPOCH).total_seconds()
    if kind == "timestamp" and shape.serialization.get("timestampFormat") == "iso8601":
        return datetime.fromtimestamp(value, timezone.utc).isoformat().replace("+00:00", "Z")
    expected = _TYPES.get(kind, (int, float))
    if not isinstance(value, expected):
        raise ResponseError(f"{path} must be {kind}, not {type(value).__name__}")
    return value
