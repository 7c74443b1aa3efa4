"""Job: bookmarks are a matter of Glue jobs; in a session init and commit do nothing."""

from __future__ import annotations

from typing import Any


class Job:
    """Accepts what scripts do with it."""

    def __init__(self, glue_context: Any) -> None:
        self.glue_context = glue_context

    def init(self, job_name: str, args: dict[str, str] | None = None) -> None:
        """Remember nothing: there are no bookmarks in interactive sessions."""

    def commit(self) -> None:
        """Do nothing."""

    @classmethod
    def isInitialized(cls) -> bool:  # noqa: N802
        """Whether init was called: never needed here."""
        return False
