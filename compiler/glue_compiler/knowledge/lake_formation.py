"""The configs by which Lake Formation says who reads a table: `grants`, `lf_tags_config` and `lf_grants`, as they are meant.

Sources: Lake Formation's API reference (which permissions a table has, who can be a principal, the limits of names and
values), dbt's documentation of `grants`, dbt-glue's of the other two.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from glue_compiler.text.similar import closest

__all__ = [
    "EVERYBODY_BY_IAM",
    "PRIVILEGES",
    "CellFilter",
    "Filters",
    "InvalidConfig",
    "Tags",
    "filters_of",
    "grants_of",
    "naming_columns",
    "tags_of",
    "without_effect",
]

PRIVILEGES = ("all", "alter", "delete", "describe", "drop", "insert", "select")
"""What may be granted on a table, in dbt's lower case; Lake Formation has them in upper case."""

EVERYBODY_BY_IAM = "IAM_ALLOWED_PRINCIPALS"
"""Lake Formation's group of all whom IAM lets in; where it has ALL on a table, IAM alone decides."""

_TAGS = ("enabled", "drop_existing", "tags_database", "tags_table", "tags_columns")
_CELLS = ("enabled", "drop_existing", "filters")
_FILTER = ("row_filter", "principals", "column_names", "excluded_column_names")
_ARN = r"arn:aws[a-z-]*"
_PRINCIPAL = re.compile(
    rf"""\d{{12}} | {EVERYBODY_BY_IAM} | \d{{12}}:IAMPrincipals
    | {_ARN}:iam::\d{{12}}:(?:user|role|group|federated-user)/\S+
    | {_ARN}:iam::\d{{12}}:saml-provider/[^:\s]+:(?:user|group)/\S.*
    | {_ARN}:quicksight:[a-z0-9-]+:\d{{12}}:(?:user|group)/\S.*
    | {_ARN}:organizations::\d{{12}}:(?:organization|ou)/\S+
    | {_ARN}:identitystore:[^:\s]*:[^:\s]*:(?:user|group)/\S+""",
    re.VERBOSE,
)
_SESSION = re.compile(rf"({_ARN}):sts::(\d{{12}}):assumed-role/([^/\s]+)/\S*")
_ROOT = re.compile(rf"{_ARN}:iam::(\d{{12}}):root")
_ACCOUNT = re.compile(rf"{_ARN}:(?:iam|quicksight|organizations):[^:]*:(\d+):")
_ACCOUNT_DIGITS = 12
_KEY_LENGTH, _VALUE_LENGTH, _NAME_LENGTH, _ROWS_LENGTH = 128, 256, 255, 2048


class InvalidConfig(ValueError):
    """What is wrong with a config, to be said after its name: the value, what there is, and after `Next:` what to do."""


class Tags(NamedTuple):
    """The LF-tags of a table by key, in lower case as they are kept; `columns` by column, in lower case, too.

    `database` are those of the database that it is in. `drop_existing`: tags of the table, of its columns and, where
    `database` has any, of the database that are not named are taken away.
    """

    database: dict[str, str]
    table: dict[str, str]
    columns: dict[str, dict[str, str]]
    drop_existing: bool


class CellFilter(NamedTuple):
    """A data cells filter, and who reads the table through it.

    `rows` is an expression of SQL, None for all rows. `columns` are those that are seen, or, where it is None, all but
    `excluded`; both in lower case.
    """

    rows: str | None
    columns: tuple[str, ...] | None
    excluded: tuple[str, ...]
    principals: tuple[str, ...]


class Filters(NamedTuple):
    """The data cells filters of a table by name; `drop_existing`: those that are not named are deleted."""

    filters: dict[str, CellFilter]
    drop_existing: bool


def grants_of(value: Any) -> dict[str, list[str]] | None:
    """The principals of each privilege, in lower case as PRIVILEGES has them; None where nothing is said of grants.

    A privilege with an empty list is one that nobody is to have. Raises InvalidConfig.
    """
    if not value:
        return None
    found: dict[str, list[str]] = {}
    for name, principals in _mapping(value, "").items():
        privilege = str(name).lower()
        if privilege not in PRIVILEGES:
            near = closest(privilege, PRIVILEGES)
            raise InvalidConfig(
                f"names the unknown privilege {name!r}; a table in Lake Formation has {', '.join(PRIVILEGES)}. "
                f"Next: {f'write `{near}`' if near else 'write one of these'}"
            )
        listed = found.setdefault(privilege, [])
        for principal in _names(principals, f"the grantees of `{name}`", "principals"):
            _check_principal(principal, f"`{name}`")
            if principal not in listed:
                listed.append(principal)
    return found


def tags_of(value: Any) -> Tags | None:
    """The tags that are to be set; None where they are off. Raises InvalidConfig."""
    if not _is_on(value, "", _TAGS):
        return None
    columns: dict[str, dict[str, str]] = {}
    for key, values in _mapping(value.get("tags_columns") or {}, "tags_columns").items():
        where = f"tags_columns.{key}"
        for tag, names in _mapping(values or {}, where).items():
            pair = _tag(key, tag, where)
            for name in _names(names, f"`{where}.{tag}`", "columns"):
                own = columns.setdefault(name.lower(), {})
                if own.setdefault(pair[0], pair[1]) != pair[1]:
                    raise InvalidConfig(
                        f"gives the column {name!r} two values of the tag {key!r}, {own[pair[0]]!r} and {pair[1]!r}; "
                        "it can have one. Next: name the column under one of them"
                    )
    return Tags(
        _tags(value, "tags_database"),
        _tags(value, "tags_table"),
        columns,
        _flag(value, "drop_existing", ""),
    )


def filters_of(value: Any) -> Filters | None:
    """The filters that there are to be; None where they are off. Raises InvalidConfig."""
    if not value:
        return None
    _expect(_mapping(value, ""), ("data_cell_filters",), "")
    cells = value.get("data_cell_filters")
    if not _is_on(cells, "data_cell_filters", _CELLS):
        return None
    given = _mapping(cells.get("filters") or {}, "data_cell_filters.filters")
    filters = {
        _text(name, "the name of a filter", _NAME_LENGTH): _filter(each, f"the filter `{name}`")
        for name, each in given.items()
    }
    return Filters(filters, _flag(cells, "drop_existing", "data_cell_filters"))


def without_effect(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The configs of these that are set and change nothing, each with a sentence that says why."""
    given = config.get("lf_tags_config")
    if isinstance(given, Mapping) and given and "enabled" not in given:
        yield "lf_tags_config", _NEITHER.format("sets no tag")
    lf_grants = config.get("lf_grants")
    cells = lf_grants.get("data_cell_filters") if isinstance(lf_grants, Mapping) else None
    if isinstance(cells, Mapping) and cells and "enabled" not in cells:
        yield "lf_grants", _NEITHER.format("makes no filter")
    try:
        tags, filters, grants = (
            tags_of(given),
            filters_of(lf_grants),
            grants_of(config.get("grants")),
        )
    except InvalidConfig:
        return  # no node is built with it
    if tags is not None and not (tags.drop_existing or any(tags[:3])):
        yield "lf_tags_config", "it is on and names no tag"
    if filters is None:
        return
    if not (filters.drop_existing or filters.filters):
        yield "lf_grants", "it is on and names no filter"
    readers = {who for name in ("all", "select") for who in (grants or {}).get(name, ())}
    for name, each in filters.filters.items():
        seeing = sorted(readers.intersection(each.principals))
        if seeing:
            yield (
                "lf_grants",
                f"the filter `{name}` keeps nothing from {', '.join(seeing)}, to whom `grants` gives the whole table",
            )


def naming_columns(config: Mapping[str, Any]) -> list[str]:
    """The configs of these that are about single columns or their values, which only a table has that shows them."""
    try:
        tags, filters = tags_of(config.get("lf_tags_config")), filters_of(config.get("lf_grants"))
    except InvalidConfig:
        return []  # no node is built with it
    named = {
        "lf_tags_config": tags is not None and bool(tags.columns),
        "lf_grants": filters is not None and bool(filters.filters),
    }
    return [key for key, names in named.items() if names]


_NEITHER = "it {}, as in dbt-glue, because it has no `enabled: true`; write which you mean"


def _filter(value: Any, where: str) -> CellFilter:
    given = _mapping(value, where)
    _expect(given, _FILTER, where)
    names, left_out = given.get("column_names"), given.get("excluded_column_names")
    if names and left_out:
        raise InvalidConfig(
            f"has both column_names and excluded_column_names in {where}; Lake Formation takes one of them. "
            "Next: remove one"
        )
    rows = given.get("row_filter")
    if rows is not None:
        rows = _text(rows, f"the row_filter of {where}", _ROWS_LENGTH).strip()
        rows = None if rows.lower() == "true" else rows
    if "row_filter" not in given and not names and not left_out:
        raise InvalidConfig(
            f"has neither row_filter nor columns in {where}, which would show everything. Next: say which rows "
            "(row_filter) or columns (column_names, excluded_column_names) it shows"
        )
    columns = _names(names, f"the column_names of {where}", "columns") if names else None
    excluded = _names(left_out, f"the excluded_column_names of {where}", "columns")
    principals = _names(given.get("principals"), f"the principals of {where}", "principals")
    for principal in principals:
        _check_principal(principal, where)
    return CellFilter(
        rows,
        None if columns is None else tuple(name.lower() for name in columns),
        tuple(name.lower() for name in excluded),
        tuple(dict.fromkeys(principals)),
    )


def _tags(value: Mapping[str, Any], name: str) -> dict[str, str]:
    given = _mapping(value.get(name) or {}, name)
    return dict(_tag(key, tag, f"{name}.{key}") for key, tag in given.items())


def _tag(key: Any, value: Any, where: str) -> tuple[str, str]:
    if not isinstance(value, (str, int)) or value == "":
        raise InvalidConfig(
            f"has {value!r} as {where}; a resource has one value of a tag, a text. Next: write one of the values "
            f"that the tag has (aws lakeformation get-lf-tag --tag-key {key})"
        )
    name = _text(key, f"the key in {where}", _KEY_LENGTH)
    return name.lower(), _text(str(value), where, _VALUE_LENGTH).lower()


def _is_on(value: Any, where: str, known: Collection[str]) -> bool:
    """Whether a mapping with `enabled` says that it is; one that is off is not looked at further."""
    if not value:
        return False
    if not _flag(_mapping(value, where), "enabled", where):
        return False
    _expect(value, known, where)
    return True


def _flag(value: Mapping[str, Any], name: str, where: str) -> bool:
    found = value.get(name)
    if found is None or isinstance(found, bool):
        return bool(found)
    # A text would be true whatever it says, "false" too.
    at = f"{where}.{name}" if where else name
    raise InvalidConfig(
        f"has {found!r} as {at}, which is neither true nor false. Next: write true or false; "
        f"of an expression, {name}: \"{{{{ (target.name == 'prod') | as_bool }}}}\""
    )


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    if not where:
        raise InvalidConfig(f"must be a mapping, not {value!r}")
    raise InvalidConfig(f"has {value!r} as {where}, which is to be a mapping")


def _expect(value: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for name in value:
        if name not in known:
            near = closest(str(name), known)
            raise InvalidConfig(
                f"has the unknown key {name!r}{f' in {where}' if where else ''}; there are {', '.join(known)}. "
                f"Next: {f'write `{near}`' if near else 'remove it'}"
            )


def _names(value: Any, where: str, what: str) -> list[str]:
    listed = [value] if isinstance(value, str) else value
    if listed is None:
        return []
    if not isinstance(listed, (list, tuple, set, frozenset)):
        raise InvalidConfig(f"has {value!r} as {where}, which are to be a list of {what}")
    return list(_texts(listed, where))


def _texts(values: Collection[Any], where: str) -> Iterator[str]:
    for value in values:
        yield _text(value, where, _NAME_LENGTH)


def _text(value: Any, where: str, limit: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidConfig(f"has {value!r} in {where}, where a text is to be")
    if len(value) > limit:
        raise InvalidConfig(
            f"has a text of {len(value):,} characters in {where}; Lake Formation takes {limit:,}"
        )
    return value


def _check_principal(name: str, where: str) -> None:
    if _PRINCIPAL.fullmatch(name):
        return
    session, root, account = (pattern.match(name) for pattern in (_SESSION, _ROOT, _ACCOUNT))
    if session:
        next_step = f"write the role's ARN, {session[1]}:iam::{session[2]}:role/{session[3]} (with its path, if it has one)"
    elif root:
        next_step = f"write the account's id, {root[1]}"
    elif account and len(account[1]) != _ACCOUNT_DIGITS:
        next_step = f"look at the account in it, which has {len(account[1])} digits and not {_ACCOUNT_DIGITS}"
    else:
        next_step = (
            "write the ARN of an IAM user, role or group (arn:aws:iam::123456789012:role/analyst), of a SAML, QuickSight "
            "or Identity Center user or group, of an organization, an account's id, or "
            + EVERYBODY_BY_IAM
        )
    raise InvalidConfig(
        f"names {name!r} for {where}, which is no principal of Lake Formation. Next: {next_step}"
    )
