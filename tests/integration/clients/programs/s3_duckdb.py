"""DuckDB reads and writes s3:// with its own httpfs extension, by a secret from the variables."""

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import duckdb_extension_httpfs

PATH = "s3://clients/duckdb"
endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
connection = duckdb.connect()
extension = Path(duckdb_extension_httpfs.__file__).parent.glob(
    "extensions/*/httpfs.duckdb_extension"
)
connection.load_extension(str(next(extension)))
connection.execute(
    f"""
    create secret (
        type s3,
        provider config,
        key_id '{os.environ["AWS_ACCESS_KEY_ID"]}',
        secret '{os.environ["AWS_SECRET_ACCESS_KEY"]}',
        region '{os.environ["AWS_REGION"]}',
        endpoint '{endpoint.netloc}',
        url_style 'path',
        use_ssl false
    )
    """
)
connection.execute(
    f"copy (select range id, range % 3 as part from range(10)) to '{PATH}/one.parquet'"
)
connection.execute(
    f"copy (select range id, range % 3 as part from range(10)) to '{PATH}/parts' "
    "(format parquet, partition_by (part), overwrite_or_ignore)"
)
found = {
    "file": connection.execute(f"select sum(id) from '{PATH}/one.parquet'").fetchone(),
    "glob": connection.execute(
        f"select part, count(*) from read_parquet('{PATH}/parts/*/*.parquet', hive_partitioning = true) "
        "group by part order by part"
    ).fetchall(),
}
print(json.dumps(found))
