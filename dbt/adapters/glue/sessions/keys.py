"""The credentials that clients sign with: renewed before they expire, and read again where they have."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from botocore.credentials import Credentials, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError
from dbt.adapters.events.logging import AdapterLogger

from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.faults import NO_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Keys", "role_keys"]

logger = AdapterLogger("Glue")

ROLE_SESSION = "dbt-glue-python"
READ_EVERY = 1.0
"""Seconds between two readings of credentials: many threads meet the same expiry at once."""
ASKED_EVERY = 2.0


class Keys(Credentials):  # type: ignore[misc]
    """Credentials of a source that can be read again, as whoever logs in anew leaves others there.

    `load` reads it: environment, profile, a tool's or AWS's answer; None where there are none. `patience` says for how
    many seconds a source is asked again that gives none any more, as an SSO does whose login has ended.
    """

    def __init__(
        self, load: Callable[[], Any], patience: Callable[[], float] = lambda: 0.0
    ) -> None:
        self.method = "dbt-glue"
        self.version = 0
        self._load = load
        self._patience = patience
        self._given = False
        self._lock = threading.Lock()
        self._source: Any = load()
        self._read = time.monotonic()
        self._expired: float | None = None

    @property
    def there(self) -> bool:
        """Whether there are any."""
        return self._source is not None

    def get_frozen_credentials(self) -> Any:
        """What a call is signed with. A source that has given some is waited for."""
        while True:
            version = self.version
            try:
                frozen = self._source.get_frozen_credentials()
            except NO_KEYS:
                if not self._given:
                    raise
                if not self.renew(version) and not self.wait_for_new(self._patience()):
                    raise
                time.sleep(ASKED_EVERY)
            else:
                self._given = True
                return frozen

    # What botocore reads of credentials one by one.

    @property
    def access_key(self) -> Any:
        return self._source.access_key

    @property
    def secret_key(self) -> Any:
        return self._source.secret_key

    @property
    def token(self) -> Any:
        return self._source.token

    @property
    def account_id(self) -> Any:
        return getattr(self._source, "account_id", None)

    def get_deferred_property(self, property_name: str) -> Any:
        return lambda: getattr(self, property_name, None)

    def renew(self, version: int) -> bool:
        """Whether there are others now than those of `version`, which have expired."""
        with self._lock:
            if version != self.version:
                return True
            now = time.monotonic()
            if now - self._read < READ_EVERY and self._expired is not None:
                return False
            self._read = now
            try:
                source = self._load()
                fresh = source is not None and _differs(source, self._source)
            except (BotoCoreError, ClientError, GlueApiError) as error:
                logger.debug(f"no new AWS credentials: {error}")
                fresh = False
            if fresh:
                self._source = source
                self.version += 1
                self._expired = None
                logger.info("The AWS credentials had expired; new ones are used")
            return fresh

    def wait_for_new(self, patience: float) -> bool:
        """Whether to go on looking for new ones: `patience` seconds from the first call that met the expiry."""
        now = time.monotonic()
        with self._lock:
            first = self._expired is None
            began = self._expired = now if self._expired is None else self._expired
        if first:
            logger.warning(
                "The AWS credentials have expired. Log in again in another terminal: dbt looks for new "
                f"ones for {patience:.0f} s"
            )
        return now - began < patience

    def worked(self, version: int) -> None:
        """AWS has taken those of `version`: should they expire again, that is another expiry."""
        if self._expired is not None:
            with self._lock:
                self._expired = None if version == self.version else self._expired


def role_keys(sts: Any, role: str) -> Keys:
    """Credentials of a role, which the caller assumes, and assumes again before they expire.

    Using them raises GlueApiError where the role cannot be assumed.
    """

    def assume() -> dict[str, Any]:
        try:
            answer = sts.assume_role(RoleArn=role, RoleSessionName=ROLE_SESSION)
        except (ClientError, BotoCoreError) as error:
            raise GlueApiError(
                f"cannot assume {role} for catalog calls "
                f"(use_interactive_session_role_for_api_calls): {error}"
            ) from error
        granted = answer["Credentials"]
        return {
            "access_key": granted["AccessKeyId"],
            "secret_key": granted["SecretAccessKey"],
            "token": granted["SessionToken"],
            "expiry_time": granted["Expiration"].isoformat(),
        }

    return Keys(lambda: DeferredRefreshableCredentials(refresh_using=assume, method="assume-role"))


def _differs(one: Any, other: Any) -> bool:
    if other is None:
        return True
    mine = one.get_frozen_credentials()
    try:
        others = other.get_frozen_credentials()
    except NO_KEYS:
        return True
    return (mine.access_key, mine.token) != (others.access_key, others.token)
