"""The one account of the endpoint, as answers of its APIs name it."""

from __future__ import annotations

ACCOUNT = "000000000000"
REGION = "us-east-1"
USER_ARN = f"arn:aws:iam::{ACCOUNT}:user/dbt-glue-local"
"""Whoever calls: the endpoint's keys belong to one user."""

SESSION_ROLE_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/dbt-glue-local/GlueJobRunnerSession"
"""Whoever has keys of a session, or of an assumed role."""

SESSION_ARN = f"arn:aws:glue:{REGION}:{ACCOUNT}:session/"
"""How the names of all sessions begin."""


def session_arn(session_id: str) -> str:
    """The name of a session among AWS's resources, by which it is tagged."""
    return f"{SESSION_ARN}{session_id}"


def resource_arn(catalog: str, kind: str, *names: str) -> str:
    """The name of a database, table or connection among AWS's resources.

    A catalog within an account's, `account:name/name`, is in the path: `table/name/name/database/table`.
    """
    account, _, inner = catalog.partition(":")
    path = (kind, inner, *names) if inner else (kind, *names)
    return f"arn:aws:glue:{REGION}:{account}:{'/'.join(path)}"


def table_bucket_arn(name: str) -> str:
    """The name of a table bucket among AWS's resources."""
    return f"arn:aws:s3tables:{REGION}:{ACCOUNT}:bucket/{name}"
