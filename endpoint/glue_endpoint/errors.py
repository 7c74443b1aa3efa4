"""The exceptions of the Glue API, as the endpoint raises them and the wire layer sends them.

Names and meanings: botocore's Glue service model (`service-2.json`). Each class stands for the
exception shape of the same name, so `type(error).__name__ == error.code`.
"""

from __future__ import annotations

from typing import ClassVar


class GlueError(Exception):
    """An error that the caller of the Glue API sees: `code`, `message` and an HTTP `status`."""

    status: ClassVar[int] = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def code(self) -> str:
        """The exception's shape name on the wire, e.g. `EntityNotFoundException`."""
        return type(self).__name__


class EndpointStartError(Exception):
    """The endpoint cannot run here; the message says what is missing and what to do about it."""


class AccessDeniedException(GlueError):
    """The caller may not do this."""


class AlreadyExistsException(GlueError):
    """A resource of this name exists."""


class ConcurrentModificationException(GlueError):
    """Two callers changed the same resource at the same time."""


class EntityNotFoundException(GlueError):
    """The named session, statement, database, table or partition does not exist."""


class IdempotentParameterMismatchException(GlueError):
    """The same idempotency token came with other parameters."""


class IllegalSessionStateException(GlueError):
    """The session is not in a state that allows the operation."""


class InternalServiceException(GlueError):
    """The endpoint failed; the caller may try again."""

    status = 500


class InvalidInputException(GlueError):
    """A value is well-formed, but not acceptable."""


class OperationNotSupportedException(GlueError):
    """The operation exists in Glue, but not here."""


class OperationTimeoutException(GlueError):
    """The operation took too long."""


class ResourceNotReadyException(GlueError):
    """The resource exists, but cannot be used yet."""


class ResourceNumberLimitExceededException(GlueError):
    """There are too many resources of this kind."""


class SessionBusyException(GlueError):
    """The session cannot take another statement now."""


class ThrottlingException(GlueError):
    """There are more calls than the account's quota has room for; the caller tries again later."""


class ValidationException(GlueError):
    """A request does not fit the shape that the API asks for."""


class VersionMismatchException(GlueError):
    """The resource changed since the version that the caller named."""
