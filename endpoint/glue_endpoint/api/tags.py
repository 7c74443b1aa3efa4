"""Tags of Glue's resources by their ARN, kept in memory."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from glue_endpoint.errors import InvalidInputException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_endpoint.api.operations import Answer, Operation, Request

_LIMIT = 50
"""Tags of one resource (AWS Glue's page "AWS tags")."""


class Tags:
    """The tags of all resources; gone when the endpoint stops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tags: dict[str, dict[str, str]] = {}

    def operations(self) -> Mapping[str, Operation]:
        """The functions by the name of their operation."""
        return {
            "GetTags": lambda request: {"Tags": self.of(request["ResourceArn"])},
            "TagResource": self.tag,
            "UntagResource": self._untag,
        }

    def of(self, arn: str) -> dict[str, str]:
        """The tags of a resource; none if it was never tagged."""
        with self._lock:
            return dict(self._tags.get(arn, {}))

    def tag(self, request: Request) -> Answer:
        """TagResource. Raises InvalidInputException for more than 50 tags."""
        with self._lock:
            tags = {**self._tags.get(request["ResourceArn"], {}), **request["TagsToAdd"]}
            if len(tags) > _LIMIT:
                raise InvalidInputException(f"A resource has at most {_LIMIT} tags.")
            self._tags[request["ResourceArn"]] = tags
        return {}

    def forget(self, arn: str) -> None:
        """Drops the tags of a resource that is gone."""
        with self._lock:
            self._tags.pop(arn, None)

    def _untag(self, request: Request) -> Answer:
        with self._lock:
            tags = self._tags.get(request["ResourceArn"], {})
            for key in request["TagsToRemove"]:
                tags.pop(key, None)
        return {}
