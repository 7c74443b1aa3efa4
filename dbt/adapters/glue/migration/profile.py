"""What becomes of a profile that was written for dbt-glue: the fields' own checks, and where a value means more here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dbt_common.dataclass_schema import ValidationError
from glue_compiler.project.profile_values import parse_conf
from glue_compiler.project.profiles import PROFILES

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.migration.findings import CHANGE, ERROR, NOTE, WARNING, Finding, Unseen
from dbt.adapters.glue.profile_fields import WITHOUT_EFFECT_LOCALLY, problems_of_profile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from glue_compiler.project.profiles import ReadProfile

__all__ = ["credentials_of", "profile_findings"]

THEIR_GLUE_VERSION = "5.0"
"""dbt-glue's default from 1.10 on."""

_MANAGED_CONF = (
    "spark.sql.extensions",
    "spark.sql.catalog.glue_catalog",
    "spark.sql.catalog.spark_catalog",
    "spark.sql.catalog.s3tablescatalog",
    "spark.serializer",
)
_NEEDLESS_CONF = ("spark.sql.legacy.allowNonEmptyLocationInCTAS",)
_ANY = {"schema": "x", "role_arn": "arn:aws:iam::123456789012:role/x", "region": "eu-west-1"}
_ARGUMENT_CUT = re.compile(r"(--[\w.-]+)=([^,=]*)=([^,]*)")


def credentials_of(read: ReadProfile) -> tuple[GlueCredentials | None, list[Unseen]]:
    """The credentials of a target as far as it can be read; None where what is needed for calls is wrong or unread."""
    unseen = [
        Unseen(
            f"the field `{name}` of {read.file.name}, target {read.target}",
            "it is Jinja that only dbt renders (env_var alone is understood)",
            "dbt debug",
        )
        for name in read.unread
    ]
    return _made(_good(read)), unseen


def _good(read: ReadProfile) -> dict[str, Any]:
    """The fields that are right: what is wrong is told by itself, and the rest is still good for the Data Catalog."""
    wrong = {name for name, _ in _problems(read)}
    return {name: value for name, value in read.fields.items() if name not in wrong}


def _made(fields: Mapping[str, Any]) -> GlueCredentials | None:
    given = GlueCredentials.translate_aliases(
        {key: value for key, value in fields.items() if key not in ("type", "threads")}
    )
    try:
        GlueCredentials.validate(given)
        made: GlueCredentials = GlueCredentials.from_dict(dict(given))
    except (ValidationError, TypeError, ValueError):
        return None
    return made


def profile_findings(read: ReadProfile) -> Iterator[Finding]:
    """One finding for each field that is an error, changes nothing, means more than it did, or may go."""
    if read.fields.get("type", "glue") != "glue":
        said = f"the target {read.target} is of the type {read.fields['type']}, not glue"
        yield Finding(ERROR, PROFILES, "type", said, "name another target: --target …")
        return
    for name, told in _problems(read):
        yield Finding(ERROR, PROFILES, name, told)
    yield from _without_effect(read)
    yield from _meaning_more(read)


def _problems(read: ReadProfile) -> Iterator[tuple[str, str]]:
    """(field, what is wrong with it); what nobody can read counts as right."""
    known = GlueCredentials.known_names()
    fields = {**{name: _ANY.get(name) for name in read.unread}, **read.fields}
    for sentence in problems_of_profile(fields, known):
        name, _, told = sentence.partition(": ")
        # A name that no field has is a problem where it resembles one about security, and is told of else.
        alone = {"schema": "x", "endpoint": "local", name: fields.get(name)}
        if name in known or problems_of_profile(alone, known):
            yield name, told


def _without_effect(read: ReadProfile) -> Iterator[Finding]:
    good = _good(read)
    made = _made(good)
    ours: Collection[str] = ()
    if made is None:  # without a role or region; what has no effect has none anywhere
        made, ours = _made({**good, "endpoint": "local"}), WITHOUT_EFFECT_LOCALLY
    for sentence in [] if made is None else made.without_effect():
        name, _, told = sentence.partition(": ")
        if name not in ours:
            yield Finding(WARNING, PROFILES, name, told)


def _meaning_more(read: ReadProfile) -> Iterator[Finding]:
    fields = read.fields
    if "glue_version" not in {*fields, *read.unread}:
        default = GlueCredentials.glue_version
        if default != THEIR_GLUE_VERSION:
            said = f"not set: {THEIR_GLUE_VERSION} in dbt-glue, {default} here"
            yield Finding(
                CHANGE, PROFILES, "glue_version", said,
                f'write glue_version: "{THEIR_GLUE_VERSION}" to stay on it',
            )  # fmt: skip
    arguments = fields.get("default_arguments")
    if isinstance(arguments, str):
        for name, kept, rest in _ARGUMENT_CUT.findall(arguments):
            said = (
                f"{name} was cut at its second `=`, to {kept!r}; it is {kept + '=' + rest!r} here"
            )
            yield Finding(CHANGE, PROFILES, "default_arguments", said, "see that it is meant")
    if fields.get("packages"):
        said = f"dbt-glue reads it and installs nothing; here every session has {_texts(fields['packages'])}"
        yield Finding(CHANGE, PROFILES, "packages", said, "see that it is meant")
    if fields.get("use_interactive_session_role_for_api_calls"):
        said = "calls of the Data Catalog are made in the session's role, which the caller assumes, as in dbt-glue"
        yield Finding(NOTE, PROFILES, "use_interactive_session_role_for_api_calls", said)
    yield from _conf(fields)


def _conf(fields: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        conf = parse_conf(fields.get("conf"))
    except (TypeError, ValueError):
        return
    managed = [key for key in conf if key.startswith(_MANAGED_CONF)]
    if managed:
        said = f"{_texts(managed)}: sessions have what a model's format needs by themselves, and the profile's wins"
        yield Finding(NOTE, PROFILES, "conf", said, "may go")
    for key in conf:
        if key in _NEEDLESS_CONF:
            said = (
                f"{key}: each build has a folder of its own here, so that no location is met twice"
            )
            yield Finding(NOTE, PROFILES, "conf", said, "may go")
    if fields.get("datalake_formats"):
        said = "sessions have the formats of the models that are built; what is named here they always have"
        yield Finding(NOTE, PROFILES, "datalake_formats", said, "may go")


def _texts(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
