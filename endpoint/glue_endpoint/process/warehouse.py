"""What a state folder holds: the catalog, the buckets, and the metastore service over both for Spark."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from glue_endpoint.api.operations import run_plainly
from glue_endpoint.api.quotas import Quotas
from glue_endpoint.buckets import Buckets
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.catalog.table_buckets import STORAGE_SUFFIX
from glue_endpoint.fidelity import PLEASANT, Fidelity
from glue_endpoint.iam.guard import SESSION_KEYS
from glue_endpoint.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from glue_endpoint.api.operations import Answer, Around, Request


_LONG_AGO = 24 * 3600.0
"""Seconds after which nobody is about to make a table of what is in S3's own buckets."""


class Warehouse:
    """The parts of one folder that need no Spark, and what a Spark needs of them.

    Raises EndpointStartError if the catalog cannot be opened.
    """

    def __init__(
        self,
        folder: Path,
        fidelity: Fidelity = PLEASANT,
        authorize: Callable[[str, Request], None] = lambda _name, _request: None,
    ) -> None:
        """`authorize` is asked before each call that Spark makes; it raises GlueError for one that it may not make."""
        self._authorize = authorize
        self.around: Around = run_plainly
        self.quotas = None if fidelity.throttle is None else Quotas(fidelity.throttle)
        self.store = Store(folder)
        self.buckets = Buckets(folder / "s3")
        self.catalog = Catalog(self.store, self.buckets.remove, fidelity)
        # What a killed process had no time for, and what statements wrote that failed some time ago.
        self.catalog.purge(self.buckets.untouched(STORAGE_SUFFIX, _LONG_AGO))
        self._cleanup = contextlib.ExitStack()
        self._cleanup.callback(self.store.close)
        self._cleanup.callback(self.catalog.close)
        self._metastore: str | None = None
        self._lock = threading.Lock()

    def metastore(self) -> str:
        """The address of the metastore service, which begins when it is first asked for."""
        with self._lock:
            if self._metastore is None:
                # A catalog without Spark does without Thrift, which takes a sixth of a second to load.
                from glue_endpoint.metastore.service import MetastoreService

                service = MetastoreService(self._call, self.buckets)
                self._cleanup.callback(service.close)
                self._metastore = service.uri
            return self._metastore

    def _call(self, name: str, request: Request) -> Answer:
        if self.quotas is not None:
            self.quotas.take_patiently(name)
        self._authorize(name, request)
        return self.around(
            SESSION_KEYS, name, request, lambda given: self.catalog.call(name, given)
        )

    def close(self) -> None:
        """End the service and close the catalog."""
        self._cleanup.close()
