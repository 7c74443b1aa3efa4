"""Tags of Glue's resources by their ARN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.account import SESSION_ARN
from glue_endpoint.errors import InvalidInputException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_endpoint.api.operations import Answer, Operation, Request
    from glue_endpoint.store.store import Store, Transaction

_LIMIT = 50
"""Tags of one resource (AWS Glue's page "AWS tags")."""


class Tags:
    """The tags of all resources. Those of sessions go with the process, as the sessions do."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.write(
            lambda transaction: transaction.run(
                "DELETE FROM resource_tags WHERE substr(arn, 1, ?) = ?",
                *(len(SESSION_ARN), SESSION_ARN),
            )
        )

    def operations(self) -> Mapping[str, Operation]:
        """The functions by the name of their operation."""
        return {
            "GetTags": lambda request: {"Tags": self.of(request["ResourceArn"])},
            "TagResource": self.tag,
            "UntagResource": self._untag,
        }

    def of(self, arn: str) -> dict[str, str]:
        """The tags of a resource; none if it was never tagged."""
        return self._store.read(lambda transaction: _tags(transaction, arn))

    def tag(self, request: Request) -> Answer:
        """TagResource. Raises InvalidInputException for more than 50 tags."""
        arn, added = request["ResourceArn"], request["TagsToAdd"]

        def work(transaction: Transaction) -> None:
            if len({**_tags(transaction, arn), **added}) > _LIMIT:
                raise InvalidInputException(f"A resource has at most {_LIMIT} tags.")
            put_tags(transaction, arn, added)

        self._store.write(work)
        return {}

    def forget(self, arn: str) -> None:
        """Drops the tags of a resource that is gone."""
        self._store.write(lambda transaction: drop_tags(transaction, arn))

    def _untag(self, request: Request) -> Answer:
        arn = request["ResourceArn"]
        self._store.write(
            lambda transaction: transaction.run_each(
                "DELETE FROM resource_tags WHERE arn = ? AND key = ?",
                [(arn, key) for key in request["TagsToRemove"]],
            )
        )
        return {}


def put_tags(transaction: Transaction, arn: str, tags: Mapping[str, str]) -> None:
    """Adds tags to a resource, or gives those that it has other values."""
    transaction.run_each(
        "INSERT OR REPLACE INTO resource_tags (arn, key, value) VALUES (?, ?, ?)",
        [(arn, key, value) for key, value in tags.items()],
    )


def drop_tags(transaction: Transaction, arn: str) -> None:
    """Drops the tags of a resource that is gone."""
    transaction.run("DELETE FROM resource_tags WHERE arn = ?", arn)


def _tags(transaction: Transaction, arn: str) -> dict[str, str]:
    rows = transaction.all("SELECT key, value FROM resource_tags WHERE arn = ? ORDER BY key", arn)
    return dict(rows)
