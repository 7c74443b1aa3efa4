"""Batches: each entry succeeds or fails on its own, as in Glue."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from glue_endpoint.errors import GlueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from glue_endpoint.api.operations import Answer

_E = TypeVar("_E")


def failures(
    entries: Iterable[_E],
    work: Callable[[_E], object],
    name: Callable[[_E], Answer],
    member: str = "ErrorDetail",
) -> list[Answer]:
    """Does `work` for each entry; the `Errors` of those that it refused, named by `name`.

    What `work` refuses it must not have begun to write.
    """
    errors = []
    for entry in entries:
        try:
            work(entry)
        except GlueError as error:  # noqa: PERF203 - one entry must not fail the others
            detail = {"ErrorCode": error.code, "ErrorMessage": error.message}
            errors.append({**name(entry), member: detail})
    return errors
