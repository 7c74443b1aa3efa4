"""Where the endpoint is to be as unpleasant as AWS: what `--as-aws` and the variable beside it say.

Without them it answers at once, refuses nothing that a quota would, and its files are those of this machine's disk.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from glue_endpoint.errors import EndpointStartError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "AS_AWS_VARIABLE",
    "PLEASANT",
    "POLICY_VARIABLE",
    "Fidelity",
    "fidelity_asked",
    "fidelity_of",
]

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
    strict: bool = False
    """UpdateTable takes no view for a table and no other partition keys beside partitions; texts are as long as their bytes."""
    pages: bool = False
    """Pages of the catalog have fewer items than asked for, come after empty ones, and are in no order."""
    orphans: float | None = None
    """Seconds for which a table that is made anew has the partitions of the one before."""
    stale: float | None = None
    """Seconds until a caller of the catalog sees what another one changed."""
    throttle: float | None = None
    """Calls a second of each of Glue's operations, beyond which they are refused."""
    sessions: float | None = None
    """Sessions that have not ended, at most."""
    busy: bool = False
    """A session takes no statement while another one runs or waits."""
    output: float | None = None
    """Bytes of a statement's output, at most."""
    stop: float | None = None
    """Seconds that a session is STOPPING; one that is PROVISIONING cannot be stopped."""
    jvm: bool = False
    """The code of a session reaches neither the JVM nor RDDs, as under fine-grained access control."""
    utc: bool = False
    """A session's time zone is UTC, and not this machine's."""
    bare: bool = False
    """A session's first statement finds no `glueContext`: Livy has `spark`, `sc` and `sqlContext` alone."""
    lake_formation: bool = False
    """Calls of the Data Catalog are held to Lake Formation's permissions."""
    s3: float | None = None
    """Spark's file system works as a client of S3: object by object, each request taking so many milliseconds."""

    @property
    def told(self) -> dict[str, Any]:
        """All of it as JSON: two that are equal ask for the same."""
        return {**self._asdict(), "policy": str(self.policy) if self.policy else None}

    @property
    def of_sessions(self) -> list[str]:
        """The words that a session's Python process is told of."""
        return [name for name in ("jvm", "utc", "bare") if getattr(self, name)]


PLEASANT = Fidelity()


def fidelity_of(words: Iterable[str], policy: Path | None = None) -> Fidelity:
    """What words such as `start=30` ask for. Raises EndpointStartError for one that is not known."""
    chosen: dict[str, Any] = {}
    for word in [each for given in words for each in _of_all(given.strip())]:
        name, _, value = word.partition("=")
        if not name:
            continue
        read = _WORDS.get(name)
        if read is None:
            known = ", ".join(sorted([ALL, *_WORDS]))
            raise EndpointStartError(f"--as-aws {word!r} is not known; there are {known}.")
        try:
            chosen[name.replace("-", "_")] = read(value)
        except ValueError as error:
            raise EndpointStartError(f"--as-aws {word!r}: {error}.") from None
    return Fidelity(policy=policy, **chosen)


def fidelity_asked(environment: Mapping[str, str]) -> Fidelity | None:
    """What the two variables ask for; None where neither is there. Raises EndpointStartError."""
    words, policy = environment.get(AS_AWS_VARIABLE), environment.get(POLICY_VARIABLE)
    if not words and not policy:
        return None
    # From where the command runs; links stay.
    file = Path(os.path.abspath(policy)) if policy else None  # noqa: PTH100
    return fidelity_of((words or "").split(","), file)


def _of_all(word: str) -> tuple[str, ...]:
    return _ALL if word == ALL else (word,)


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


def _flag(value: str) -> bool:
    if value:
        raise ValueError("it takes no value")
    return True


def _at_least_one(value: str) -> float:
    if not value.isdecimal() or not 0 < int(value) < 10**9:
        raise ValueError("say how many, such as sessions=2")
    return float(value)


_WORDS: dict[str, Callable[[str], float | bool]] = {
    "start": _seconds,
    "strict": _flag,
    "pages": _flag,
    "orphans": _seconds,
    "stale": _seconds,
    "throttle": _at_least_one,
    "sessions": _at_least_one,
    "busy": _flag,
    "output": _at_least_one,
    "stop": _seconds,
    "jvm": _flag,
    "utc": _flag,
    "bare": _flag,
    "lake-formation": _flag,
    "s3": _milliseconds,
}

ALL = "all"
"""The word for all but `jvm`, `lake-formation` and `stale` at once; one that comes after it, such as `all,start=0`, goes before what it says."""

_ALL = (
    "start=2",
    "strict",
    "pages",
    "orphans=60",
    "throttle=20",
    "sessions=10",
    "busy",
    "output=600000",
    "stop=2",
    "utc",
    "bare",
    "s3",
)
"""What any session on AWS meets, or may: not `jvm` and `lake-formation`, which are asked for there, too, and not `stale`, with which no
table is there for whoever has made it by Spark."""
