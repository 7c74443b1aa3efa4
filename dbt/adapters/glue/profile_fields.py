"""The fields of a profile: what each takes, which change nothing, and what names that no field has may mean."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS, why_too_old
from glue_compiler.knowledge.tables import TABLE_FORMATS
from glue_compiler.project.profile_values import (
    parse_arguments,
    parse_conf,
    parse_names,
    parse_tags,
)

from dbt.adapters.glue.locations import location_problem
from dbt.adapters.glue.table_buckets import PATTERN as TABLE_BUCKET_PATTERN

__all__ = [
    "CHECKS",
    "NOT_FIELDS",
    "OTHERS_FIELDS",
    "WITHOUT_EFFECT",
    "WITHOUT_EFFECT_LOCALLY",
    "problems_of_profile",
    "unknown_fields",
    "value_problems",
    "without_effect",
]

# https://docs.aws.amazon.com/glue/latest/webapi/API_CreateSession.html
WORKER_TYPES = (
    "Standard", "G.025X", "G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X",
    "R.1X", "R.2X", "R.4X", "R.8X", "Z.2X",
)  # fmt: skip
ROLE_PATTERN = re.compile(r"arn:aws[^:]*:iam::[0-9]*:role/.+")
REGION_PATTERN = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
VERSION_PATTERN = re.compile(r"\d+\.\d+")
SESSION_ID_PATTERN = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
MAX_ARGUMENTS = 75
MAX_ARGUMENT_LENGTH = 4096


def problems_of_profile(data: Any, known: Collection[str]) -> list[str]:
    """One sentence per wrong field of a profile, and then one per unknown field, which alone is no problem.

    But what resembles the name of a field about security is one: it must not pass unread.
    """
    if not isinstance(data, Mapping):
        return [f"a target is a mapping of fields, not {data!r}"]
    unknown = [str(name) for name in data if name not in known]
    problems = list(_problems(data))
    misspelt = [name for name in unknown if _closest(name, SECURITY_FIELDS, 0.8)]
    if problems or misspelt:
        problems += unknown_fields(unknown, known)
    return problems


def unknown_fields(names: Iterable[str], known: Collection[str]) -> list[str]:
    """One sentence for each name that no field has, with the field that was probably meant."""
    return [f"{name}: {_of_unknown(name, known)}" for name in names]


def _of_unknown(name: str, known: Collection[str]) -> str:
    if name in OTHERS_FIELDS:
        return OTHERS_FIELDS[name]
    meant = _closest(name, known, 0.6)
    return (
        f"unknown field, without effect; did you mean `{meant}`?"
        if meant
        else ("unknown field, without effect; no field has this name")
    )


def _closest(name: str, known: Collection[str], likeness: float) -> str | None:
    close = difflib.get_close_matches(name, known, n=1, cutoff=likeness)
    return close[0] if close else None


def _problems(data: Mapping[str, Any]) -> Iterator[str]:
    if not data.get("schema"):
        yield "schema: required; the Glue database in which dbt builds"
    yield from value_problems(data)
    if data.get("lf_tags"):
        yield (
            "lf_tags: sets no tag of Lake Formation, neither here nor in dbt-glue, which never reads it; remove the "
            "field, and write the config `lf_tags_config` of models, seeds or snapshots"
        )
    if data.get("endpoint", "aws") == "aws":
        for name, example in (
            ("role_arn", "arn:aws:iam::123456789012:role/GlueInteractiveSession"),
            ("region", "eu-west-1"),
        ):
            if not data.get(name):
                yield (
                    f"{name}: required for `endpoint: aws` (such as {example}); "
                    "`endpoint: local` needs no account"
                )


def value_problems(data: Mapping[str, Any]) -> Iterator[str]:
    """Yields one sentence per value that its field does not take; fields that are absent are no problem."""
    for name, check in CHECKS.items():
        value = data.get(name)
        problem = None if value is None else check(value)
        if problem:
            yield f"{name}: {problem}, not {value!r}"


WITHOUT_EFFECT = {
    "use_arrow": "has no effect; results are typed and paged either way",
    "enable_spark_seed_casting": "has no effect; column_types of seeds are always honoured",
    "delta_athena_prefix": "has no effect: Athena reads Delta tables by their own log",
    "iceberg_glue_commit_lock_table": "has no effect, as in dbt-glue",
    "query_comment": "has no effect, as in dbt-glue; dbt reads the one in dbt_project.yml",
    "user": "has no effect, as in dbt-glue",
}
"""Fields that are taken, so that profiles of dbt-glue work, and change nothing, by their names here."""

WITHOUT_EFFECT_LOCALLY = {
    "security_configuration": "has no effect on the embedded endpoint, which encrypts nothing",
    "connections": "has no effect on the embedded endpoint, which makes no network connections",
}

OTHERS_FIELDS = {
    "project_name": "has no effect, as in dbt-glue; dbt reads the `name` in dbt_project.yml",
}
"""Names that other people's documentation puts into profiles, and that nobody reads."""

NOT_FIELDS = ("type", "threads")
"""What dbt takes out of a profile before the adapter sees it."""

SECURITY_FIELDS = (
    "lf_tags",
    "role_arn",
    "security_configuration",
    "use_interactive_session_role_for_api_calls",
)
"""Fields of which not even a misspelling may pass unread."""


def without_effect(*, local: bool) -> dict[str, str]:
    """Why each field that changes nothing does so, on the embedded endpoint or elsewhere."""
    return {**WITHOUT_EFFECT, **(WITHOUT_EFFECT_LOCALLY if local else {})}


Check = Callable[[Any], str | None]


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "must be text"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _matching(pattern: re.Pattern[str], what: str) -> Check:
    return lambda value: None if pattern.fullmatch(str(value)) else f"must be {what}"


def _one_of(*allowed: str) -> Check:
    return lambda value: None if value in allowed else f"must be one of {', '.join(allowed)}"


def _at_least(minimum: float, *, whole: bool = True) -> Check:
    def check(value: Any) -> str | None:
        kinds = int if whole else (int, float)
        if isinstance(value, kinds) and not isinstance(value, bool) and value >= minimum:
            return None
        return f"must be a {'whole ' if whole else ''}number of at least {minimum}"

    return check


def _parsed(parser: Callable[[Any], Any], what: str, kinds: tuple[type, ...]) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, kinds):
            return f"must be {what}"
        try:
            parser(value)
        except ValueError as error:
            return f"must be {what} ({error})"
        return None

    return check


_SPARKS_CACHE = "aws.glue.cache.table.enable"


def _conf(value: Any) -> str | None:
    what = "`spark.a=1 --conf spark.b=2`, a list or a mapping"
    problem = _parsed(parse_conf, what, (str, Mapping, list))(value)
    if problem:
        return problem
    cached = [k for k, v in parse_conf(value).items() if k.endswith(_SPARKS_CACHE)]
    if cached and parse_conf(value)[cached[0]].strip().lower() != "false":
        return (
            f"must not switch {cached[0]} on: sessions would read tables where they were before they were replaced, "
            "from data that is removed"
        )
    return None


def _arguments(value: Any) -> str | None:
    what = "`--name=value,--name=value` or a mapping"
    problem = _parsed(parse_arguments, what, (str, Mapping))(value)
    if problem:
        return problem
    parsed = parse_arguments(value)
    problem = _conf(parsed["--conf"]) if parsed.get("--conf") else None
    if problem:
        return f"--conf {problem}"
    if len(parsed) > MAX_ARGUMENTS:
        return f"must have at most {MAX_ARGUMENTS} arguments"
    too_long = [key for key, text in parsed.items() if len(text) > MAX_ARGUMENT_LENGTH]
    return f"must keep {too_long[0]} under {MAX_ARGUMENT_LENGTH} characters" if too_long else None


def _endpoint(value: Any) -> str | None:
    if value in ("aws", "local") or re.fullmatch(r"https?://[^\s/]+(/\S*)?", str(value)):
        return None
    return "must be aws, local or an http(s) URL"


def _glue_version(value: Any) -> str | None:
    text = str(value)
    if text == "auto":
        return None
    if not VERSION_PATTERN.fullmatch(text):
        return 'must be a Glue version, such as "5.0"'
    why = why_too_old(text)
    return why and f"must be one of {', '.join(GLUE_VERSIONS)} ({why}), in quotes"


_NAMES = _parsed(parse_names, "a list of names, or one text with commas", (str, list, tuple))


CHECKS: dict[str, Check] = {
    "schema": _text,
    "database": _text,
    "endpoint": _endpoint,
    "endpoint_dir": _text,
    "role_arn": _matching(ROLE_PATTERN, "the ARN of an IAM role (arn:aws:iam::<account>:role/<name>)"),
    "region": _matching(REGION_PATTERN, "an AWS region, such as eu-west-1"),
    "aws_profile_name": _text,
    "use_interactive_session_role_for_api_calls": _flag,
    "boto_retry_mode": _one_of("legacy", "standard", "adaptive"),
    "boto_retry_max_attempts": _at_least(0),
    "workers": _at_least(1),
    "worker_type": _one_of(*WORKER_TYPES),
    "glue_version": _glue_version,
    "idle_timeout": _at_least(1),
    "query_timeout_in_minutes": _at_least(1),
    "statement_timeout_in_seconds": _at_least(0.1, whole=False),
    "statement_poll_interval": _at_least(0.01, whole=False),
    "session_provisioning_timeout_in_seconds": _at_least(1),
    "security_configuration": _text,
    "connections": _NAMES,
    "tags": _parsed(parse_tags, "`key=value,key=value` or a mapping", (str, Mapping)),
    "conf": _conf,
    "default_arguments": _arguments,
    "extra_jars": _NAMES,
    "extra_py_files": _NAMES,
    "datalake_formats": _NAMES,
    "packages": _NAMES,
    "additional_libs": _NAMES,
    "glue_session_id": _matching(SESSION_ID_PATTERN, "a session id of at most 200 characters"),
    "glue_session_reuse": _flag,
    "enable_session_per_model": _flag,
    "group_session_id": _matching(SESSION_ID_PATTERN, "a session id of at most 200 characters"),
    "location": location_problem,
    "root_location": _flag,
    "temp_schema": _text,
    "old_version_retention_in_minutes": _at_least(0, whole=False),
    "s3_tables_bucket": _matching(
        TABLE_BUCKET_PATTERN, "the name of a table bucket, its ARN, or 123456789012:s3tablescatalog/name"
    ),
    "seed_format": _one_of(*TABLE_FORMATS),
    "seed_mode": _one_of("overwrite", "append"),
    "enable_spark_seed_casting": _flag,
    "use_arrow": _flag,
}  # fmt: skip
