"""A policy's statements about S3 as lines for Spark's file system, which judges by them in the JVM (S3OnDisk.java)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.iam.conditions import glob

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_endpoint.iam.conditions import Condition
    from glue_endpoint.iam.documents import Statement

_OF_LISTS = {"s3:prefix": "prefix", "s3:delimiter": "delimiter"}
"""Keys that only some requests of Spark's have; all others are the same for all of them, and decided here."""


def spark_rules(statements: tuple[Statement, ...], keys: Mapping[str, str]) -> list[str]:
    """The statements, a line each; `keys` are what all requests of the session role have.

    Effect, expressions of actions and of resources, whether each is to match ("!": not), and the conditions on what is
    listed, such as `prefix!?:expression` ("!": not to match, "?": also where the request has none); tabs between them.
    """
    rules = []
    for each in statements:
        fixed = [condition for condition in each.conditions if condition.key not in _OF_LISTS]
        if not all(condition.holds(keys) for condition in fixed):
            continue
        rules.append(
            "\t".join(
                [
                    "Allow" if each.allows else "Deny",
                    ("!" if each.not_actions else "") + _any_of(each.actions),
                    ("!" if each.not_resources else "") + _any_of(each.resources),
                    *(_of_list(c) for c in each.conditions if c.key in _OF_LISTS),
                ]
            )
        )
    return rules


def _any_of(names: tuple[str, ...]) -> str:
    return "|".join(f"(?:{glob(name)})" for name in names)


def _of_list(condition: Condition) -> str:
    flags = f"{'=' if condition.equal else '!'}{'?' if condition.if_exists else ''}:"
    expression = "|".join(f"(?:{pattern})" for pattern in condition.patterns)
    return f"{_OF_LISTS[condition.key]}{flags}{expression}"
