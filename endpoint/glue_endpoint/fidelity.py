"""Where the endpoint is to be as unpleasant as AWS: what `--as-aws` and the variable beside it say.

Without them it answers at once, refuses nothing that a quota would, and its files are those of this machine's disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from glue_endpoint.errors import EndpointStartError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

__all__ = ["AS_AWS_VARIABLE", "PLEASANT", "POLICY_VARIABLE", "Fidelity", "fidelity_of"]

AS_AWS_VARIABLE = "DBT_GLUE_ENDPOINT_AS_AWS"
"""What `--as-aws` says, for an endpoint that dbt starts by itself: words with commas between them."""
POLICY_VARIABLE = "DBT_GLUE_ENDPOINT_POLICY"
"""What `--policy` says: a file."""


class Fidelity(NamedTuple):
    """One field for each word of `--as-aws`, and the policy file; None and False: as pleasant as ever."""

    start: float | None = None
    """Seconds from CreateSession until a session is READY, at least."""
    policy: Path | None = None
    """The IAM policies that each request is checked against."""
    lake_formation: bool = False
    """Calls of the Data Catalog are held to Lake Formation's permissions."""
    s3: float | None = None
    """Spark's file system works as a client of S3: object by object, each request taking so many milliseconds."""


PLEASANT = Fidelity()


def fidelity_of(words: Iterable[str], policy: Path | None = None) -> Fidelity:
    """What words such as `start=30` ask for. Raises EndpointStartError for one that is not known."""
    chosen: dict[str, Any] = {}
    for word in words:
        name, _, value = word.strip().partition("=")
        if not name:
            continue
        read = _WORDS.get(name)
        if read is None:
            known = ", ".join(sorted(_WORDS))
            raise EndpointStartError(f"--as-aws {word!r} is not known; there are {known}.")
        try:
            chosen[name.replace("-", "_")] = read(value)
        except ValueError as error:
            raise EndpointStartError(f"--as-aws {word!r}: {error}.") from None
    return Fidelity(policy=policy, **chosen)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 86400:
        raise ValueError("say how many seconds, such as start=30")
    return seconds


def _milliseconds(value: str) -> float:
    try:
        milliseconds = float(value or 0)
    except ValueError:
        milliseconds = -1.0
    if not 0 <= milliseconds <= 10_000:
        raise ValueError("say how many milliseconds a request takes, such as s3=20, or nothing")
    return milliseconds


def _alone(value: str) -> bool:
    if value:
        raise ValueError("it takes no value")
    return True


_WORDS: dict[str, Callable[[str], float | bool]] = {
    "lake-formation": _alone,
    "s3": _milliseconds,
    "start": _seconds,
}
