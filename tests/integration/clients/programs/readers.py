"""For programs that read the tables of dbt as others do: DuckDB with the endpoint's S3, and rows that can be compared."""

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import duckdb


def duckdb_with(*extensions):
    """A connection with extensions of DuckDB, which are modules here, and a secret for the endpoint."""
    duck = duckdb.connect()
    for module in extensions:
        name = module.__name__.removeprefix("duckdb_extension_")
        file = next(Path(module.__file__).parent.glob(f"extensions/*/{name}.duckdb_extension"))
        duck.load_extension(str(file))
    endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    duck.execute(
        f"""
        create secret (
            type s3, provider config, key_id '{os.environ["AWS_ACCESS_KEY_ID"]}',
            secret '{os.environ["AWS_SECRET_ACCESS_KEY"]}', region '{os.environ["AWS_REGION"]}',
            endpoint '{endpoint.netloc}', url_style 'path', use_ssl false
        )
        """
    )
    duck.execute("set timezone = 'UTC'")
    return duck


def in_order(rows: list[dict]) -> list[list]:
    """The rows by their first column, with the names of columns in lower case, as JSON can have them.

    Hudi's own columns are left out.
    """
    listed = [
        [[key.lower(), value] for key, value in row.items() if not key.startswith("_hoodie_")]
        for row in rows
    ]
    return json.loads(json.dumps(sorted(listed, key=lambda row: row[0][1]), default=str))
