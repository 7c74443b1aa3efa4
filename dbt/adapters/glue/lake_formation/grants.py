"""Permissions as a node's `grants` has them: compared with those that Lake Formation lists on its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from glue_compiler.knowledge.lake_formation import EVERYBODY_BY_IAM

from dbt.adapters.glue.lake_formation.calls import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dbt.adapters.glue.lake_formation.calls import LakeFormation, LakeTable

__all__ = ["GrantChange", "apply_grants", "granted"]

ALL = "ALL"
_IMPLIED_BY_ALL = frozenset({"ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"})


class GrantChange(NamedTuple):
    """What was revoked and granted, a sentence each, and whether IAM alone decides who reads the table."""

    told: list[str]
    by_iam: bool


class _Listed(NamedTuple):
    """The permissions of one principal on a whole table, and those of them that it may grant on."""

    permissions: set[str]
    grantable: set[str]


def granted(
    lake: LakeFormation, table: LakeTable, is_own: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """(principal, permission) of what was granted on a table, in the words of `grants`, and in order.

    Left out is what `grants` does not decide: see `apply_grants`.
    """
    for principal, listed in sorted(_listed(lake, table).items()):
        for permission in sorted(listed.permissions - listed.grantable):
            if principal != EVERYBODY_BY_IAM and not is_own(principal):
                yield principal, permission.lower()


def apply_grants(
    lake: LakeFormation,
    table: LakeTable,
    grants: Mapping[str, list[str]],
    is_own: Callable[[str], bool],
    *,
    revokes: bool = True,
) -> GrantChange:
    """Grants what is missing on a table and, with `revokes`, revokes what `grants` (principals by privilege) does not name.

    Never revoked are: what somebody has with the grant option, as whoever made the table has all; what those have for
    whom `is_own` is true, who run dbt and its sessions; what IAM's group has, which is to say that Lake Formation is not
    asked; and what is on some columns, by filters or by tags.
    """
    there = _listed(lake, table)
    wanted = _by_principal(grants)
    revoking, granting = [], []
    for principal in sorted(there.keys() | wanted.keys()):
        named = wanted.get(principal, set())
        has, grantable = there.get(principal, _Listed(set(), set()))
        surplus: set[str] = set()
        if revokes and principal != EVERYBODY_BY_IAM:
            covered = named | (_IMPLIED_BY_ALL if ALL in named else frozenset())
            surplus = has - covered - grantable
            if surplus and is_own(principal):
                surplus = set()
        # ALL takes the others along when it goes.
        left = set() if ALL in surplus else has - surplus
        missing = named - left if ALL not in left or ALL in named else set[str]()
        if surplus:
            revoking.append(Entry(principal, table.resource, tuple(sorted(surplus))))
        if missing:
            granting.append(Entry(principal, table.resource, tuple(sorted(missing))))
    lake.revoke(revoking)
    lake.grant(granting)
    by_iam = ALL in there.get(EVERYBODY_BY_IAM, _Listed(set(), set())).permissions
    told = [f"revoke {_sentence(entry, table)} from {entry.principal}" for entry in revoking]
    told += [f"grant {_sentence(entry, table)} to {entry.principal}" for entry in granting]
    return GrantChange(told, by_iam and EVERYBODY_BY_IAM not in wanted)


def _listed(lake: LakeFormation, table: LakeTable) -> dict[str, _Listed]:
    """What principals have on the whole table: SELECT is listed as one on all of its columns."""
    found: dict[str, _Listed] = {}
    for each in lake.permissions(table.resource):
        ((kind, given),) = (each.get("Resource") or {"": {}}).items()
        if kind not in ("Table", "TableWithColumns") or "TableWildcard" in given:
            continue
        if str(given.get("Name", "")).lower() != table.name:
            continue
        if kind == "TableWithColumns" and (
            given.get("ColumnNames")
            or (given.get("ColumnWildcard") or {}).get("ExcludedColumnNames")
        ):
            continue
        principal = str(each["Principal"]["DataLakePrincipalIdentifier"])
        listed = found.setdefault(principal, _Listed(set(), set()))
        listed.permissions.update(each.get("Permissions") or ())
        listed.grantable.update(each.get("PermissionsWithGrantOption") or ())
    return found


def _by_principal(grants: Mapping[str, list[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for privilege, principals in grants.items():
        for principal in principals:
            found.setdefault(principal, set()).add(privilege.upper())
    return found


def _sentence(entry: Entry, table: LakeTable) -> str:
    return f"{', '.join(each.lower() for each in entry.permissions)} on {table}"
