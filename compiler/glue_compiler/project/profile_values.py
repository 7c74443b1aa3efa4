"""The values of a profile that are lists inside strings: arguments, `--conf` chains, tags, names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["parse_arguments", "parse_conf", "parse_names", "parse_tags"]

# An argument starts at the string's start or after a comma, where `--name=` (or `name=`) follows.
# Commas and equals signs inside values are therefore kept: `--additional-python-modules=a==1,b==2`.
_ARGUMENT = re.compile(r"(?:^|,)\s*(?P<key>--[A-Za-z0-9._-]+)\s*=")
_PLAIN_ARGUMENT = re.compile(r"(?:^|,)\s*(?P<key>[A-Za-z0-9._-]+)\s*=(?!=)")
_CONF_SEPARATOR = re.compile(r"\s+--conf\s+")


def parse_arguments(value: str | Mapping[str, object] | None) -> dict[str, str]:
    """Job arguments from `--a=1,--b=x==2,y==3` or a mapping; keys always start with `--`.

    Raises ValueError where text stands before the first `name=`.
    """
    if value is None or value == "":
        return {}
    if isinstance(value, Mapping):
        return {_argument_name(str(key)): _text(item) for key, item in value.items()}
    pattern = _ARGUMENT if value.lstrip().startswith("--") else _PLAIN_ARGUMENT
    starts = list(pattern.finditer(value))
    if not starts or value[: starts[0].start()].strip():
        raise ValueError(f"{value!r} does not start with `--name=value`")
    ends = [match.start() for match in starts[1:]] + [len(value)]
    return {
        _argument_name(match["key"]): value[match.end() : end].strip().rstrip(",")
        for match, end in zip(starts, ends, strict=True)
    }


def parse_conf(value: str | Mapping[str, object] | Sequence[str] | None) -> dict[str, str]:
    """Spark settings from `spark.a=1 --conf spark.b=x=y`, a list of `key=value` or a mapping.

    Raises ValueError for a setting without `=`.
    """
    if value is None or value == "":
        return {}
    if isinstance(value, Mapping):
        return {str(key): _text(item) for key, item in value.items()}
    if isinstance(value, str):
        text = value.strip()
        items = _CONF_SEPARATOR.split(text.removeprefix("--conf ").strip())
    else:
        items = [str(item) for item in value]
    settings: dict[str, str] = {}
    for item in items:
        key, equals, setting = item.strip().partition("=")
        if not equals or not key:
            raise ValueError(f"{item!r} is not `spark.setting=value`")
        settings[key.strip()] = setting.strip()
    return settings


def parse_tags(value: str | Mapping[str, object] | None) -> dict[str, str]:
    """Tags from `team=data,cost=a=b` or a mapping. Raises ValueError for a tag without `=`."""
    if value is None or value == "":
        return {}
    if isinstance(value, Mapping):
        return {str(key): _text(item) for key, item in value.items()}
    tags: dict[str, str] = {}
    for item in value.split(","):
        key, equals, text = item.partition("=")
        if not equals or not key.strip():
            raise ValueError(f"{item!r} is not `key=value`")
        tags[key.strip()] = text.strip()
    return tags


def parse_names(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """Names from a list, or from one string separated by commas."""
    if value is None:
        return ()
    items = value.split(",") if isinstance(value, str) else value
    return tuple(name for name in (str(item).strip() for item in items) if name)


def _argument_name(key: str) -> str:
    return key if key.startswith("--") else f"--{key}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
