"""The dbt target of the projects that tests make: the embedded endpoint of the run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle


def local_target(endpoint_dir: Path) -> dict[str, Any]:
    """One thread, because every thread has a session, whose start costs more than these models do.

    What threads do beside each other is tested where it matters, with `--threads`. The Glue version is
    that of DBT_GLUE_TEST_GLUE_VERSION, if it is set.
    """
    version = os.environ.get("DBT_GLUE_TEST_GLUE_VERSION")
    chosen = {"glue_version": version} if version else {}
    folder = str(endpoint_dir)
    return {"type": "glue", "endpoint": "local", "endpoint_dir": folder, "threads": 1, **chosen}


def client_parameters(handle: EndpointHandle) -> dict[str, str]:
    """What a boto3 client of the embedded endpoint takes, by which a test looks at what dbt has done.

    By the owner's keys: dbt's own have what a policy file gives them, if the endpoint has one.
    """
    owner = handle.credentials.owner()
    return {
        "endpoint_url": handle.url,
        "region_name": "us-east-1",
        "aws_access_key_id": owner.access_key_id,
        "aws_secret_access_key": owner.secret_access_key,
    }
