"""Move a dbt-glue project to this adapter, over one warehouse: dbt-glue builds it, then this adapter does, unchanged.

python tools/migration.py            with dbt-glue 1.10.19; keeps the warehouse and the rows, and writes the page
python tools/migration.py 1.12.4     with another version of dbt-glue; nothing is kept
python tools/migration.py --page     the page again, from the warehouse that was kept

The project is tests/data/migration/project. dbt-glue builds it of a first batch of rows and of a second one. Then there
are two copies of the warehouse: in one dbt-glue builds the third batch, in the other one this adapter. The rows have to
be the same. What dbt-glue left after the second batch, and the rows that it made of the third, are kept beside the
project, so that `make test` needs this adapter alone (tests/functional/adapter/test_migration.py).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it is found in tools/ alone

from tools import incumbent  # noqa: E402 - after its place is known
from tools.migration_page import page  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KEPT = ROOT / "tests" / "data" / "migration"
PROJECT = KEPT / "project"
WAREHOUSE = KEPT / "warehouse.tar.gz"
EXPECTED = KEPT / "expected.json"
PAGE = ROOT / "docs" / "migration-run.md"

VERSION = "1.10.19"
DATABASE, BUCKET = "dbt_demo", "dbt-demo-bucket"
TAGS = {"team": ["sales"], "kind": ["person"]}
OF_TIME = {"dbt_valid_from", "dbt_valid_to", "dbt_updated_at", "dbt_scd_id"}
"""Columns of snapshots that tell when, and so differ from run to run."""

MENDED = "counted"
"""The model that `doctor --fix` mends."""

STOPPING = (
    ("without tags", "governed", "`lf_tags_config` of models/files/governed.sql"),
    ("without names", MENDED, "models/lake/counted.py:4:38 GLU501 the name `count` is not defined"),
)
"""Models with which a run stops before it builds, in the order in which it says so: the name of the next run, and what is said."""

TYPED = ("raw_orders",)
"""Seeds whose `column_types` dbt-glue leaves out."""

Rows = dict[str, list[dict[str, Any]]]
"""The rows of each table, in order; of a snapshot's validity only whether it has ended."""


class Command(NamedTuple):
    """A command that was run in the project, how it ended, and what it said."""

    arguments: tuple[str, ...]
    status: int
    said: str


class Moved(NamedTuple):
    """What this adapter did with the warehouse, and the rows and tags that were there before and after.

    `left_out` are the models that were not built by it, because it said by name what had to be done first.
    """

    commands: dict[str, Command]
    before: Rows
    rows: Rows
    tags: dict[str, Any]
    left_out: tuple[str, ...]

    def verdict(self, name: str, expected: Rows) -> str:
        """How the rows of a table are to those that dbt-glue makes: in words that begin with `the same` or `differ`."""
        rows, theirs = self.rows.get(name), expected[name]
        if name in self.left_out:
            return "the same as before: it was not built" if rows == self.before[name] else "differ"
        if rows == theirs:
            return "the same"
        if name in TYPED and rows is not None and _texts(rows) == _texts(theirs):
            return "the same, with the types of column_types"
        return "differ"


# What both adapters do


def copy_of_project(folder: Path) -> Path:
    """A copy of the project that can be edited."""
    return Path(shutil.copytree(PROJECT, folder / "project"))


def run(
    python: Path, arguments: Sequence[str], project: Path, variables: Mapping[str, str]
) -> Command:
    """A command beside a Python, in the project, with the endpoint's variables and none of the machine's for AWS."""
    program = python.with_name(arguments[0])
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR", "LANG") if key in os.environ}
    quiet = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "NO_COLOR": "1", "DBT_USE_COLORS": "false"}
    done = subprocess.run(
        [str(program), *arguments[1:]],
        cwd=project,
        env={**kept, **variables, **quiet},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Command(tuple(arguments), done.returncode, done.stdout)


def clients_of(variables: Mapping[str, str], service: str) -> Any:
    """A client of the endpoint that these variables name."""
    return boto3.client(
        service,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        region_name=variables.get("AWS_DEFAULT_REGION") or variables.get("AWS_REGION"),
    )


_PAUSE = 0.1
_READ = """
import json
for name in {names!r}:
    print("<<row>>" + name)
    for row in spark.table(name).toJSON().collect():
        print("<<row>>" + row)
"""
_CATALOG = "spark.sql.catalog.glue_catalog"
_CONF = (
    "spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    f"{_CATALOG}=org.apache.iceberg.spark.SparkCatalog",
    f"{_CATALOG}.warehouse=s3://{BUCKET}/read",
    f"{_CATALOG}.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog",
    f"{_CATALOG}.io-impl=org.apache.iceberg.aws.s3.S3FileIO",
)


def rows_of(variables: Mapping[str, str]) -> Rows:
    """The rows of every table and view of the database, read by Spark in a session that no dbt has made."""
    glue = clients_of(variables, "glue")
    names = []
    for tables in glue.get_paginator("get_tables").paginate(DatabaseName=DATABASE):
        for table in tables["TableList"]:
            kind = (table.get("Parameters") or {}).get("table_type", "")
            catalog = "glue_catalog." if str(kind).lower() == "iceberg" else ""
            names.append(f"{catalog}{DATABASE}.{table['Name']}")
    found = _read(glue, sorted(names))
    return {name: sorted(map(_row, rows), key=json.dumps) for name, rows in found.items()}


def _read(glue: Any, names: list[str]) -> dict[str, list[dict[str, Any]]]:
    session = "read-tables"
    glue.create_session(
        Id=session,
        Role="arn:aws:iam::000000000000:role/reader",
        Command={"Name": "glueetl", "PythonVersion": "3"},
        GlueVersion="5.1",
        DefaultArguments={"--datalake-formats": "iceberg", "--conf": " --conf ".join(_CONF)},
    )
    try:
        while glue.get_session(Id=session)["Session"]["Status"] == "PROVISIONING":
            time.sleep(_PAUSE)
        number = glue.run_statement(SessionId=session, Code=_READ.format(names=names))["Id"]
        while True:
            statement = glue.get_statement(SessionId=session, Id=number)["Statement"]
            if statement["State"] not in ("WAITING", "RUNNING"):
                break
            time.sleep(_PAUSE)
    finally:
        glue.stop_session(Id=session)
        glue.delete_session(Id=session)
    output = statement["Output"]
    if output.get("Status") != "ok":
        raise RuntimeError(f"the tables cannot be read: {output}")
    found: dict[str, list[dict[str, Any]]] = {}
    for line in output["Data"]["TextPlain"].splitlines():
        mark, _, text = line.partition("<<row>>")
        if not mark and text in names:
            rows = found.setdefault(text.rpartition(".")[2], [])
        elif not mark and text:
            rows.append(json.loads(text))
    return found


def _row(row: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if key not in OF_TIME}
    return {**kept, "ended": "dbt_valid_to" in row} if OF_TIME & row.keys() else kept


def tags_of(variables: Mapping[str, str]) -> dict[str, Any]:
    """The tags of Lake Formation on the table that has some: of the table, and of its columns."""
    answer = clients_of(variables, "lakeformation").get_resource_lf_tags(
        Resource={"Table": {"DatabaseName": DATABASE, "Name": "governed"}}
    )
    return {
        "table": _pairs(answer.get("LFTagsOnTable", ())),
        "columns": {
            column["Name"]: _pairs(column["LFTags"]) for column in answer.get("LFTagsOnColumns", ())
        },
    }


def _pairs(tags: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {tag["TagKey"]: tag["TagValues"] for tag in tags}


# dbt-glue


def built_by_dbt_glue(
    version: str, folder: Path
) -> tuple[Path, Rows, dict[str, Any], list[Command]]:
    """A warehouse with two batches, and in a copy of it the rows and tags after the third."""
    python = incumbent.interpreter_of(version)
    project = copy_of_project(folder)
    warehouse, copy = folder / "warehouse", folder / "copy"
    commands = []
    with incumbent.endpoint(warehouse) as variables:
        clients_of(variables, "s3").create_bucket(Bucket=BUCKET)
        governance = clients_of(variables, "lakeformation")
        for key, values in TAGS.items():
            governance.create_lf_tag(TagKey=key, TagValues=values)
        commands += [_theirs(python, project, variables, batch) for batch in ("1", "2")]
    shutil.copytree(warehouse, copy)
    with incumbent.endpoint(copy) as variables:
        commands.append(_theirs(python, project, variables, "3"))
        rows, tags = rows_of(variables), tags_of(variables)
    return warehouse, rows, tags, commands


def _theirs(python: Path, project: Path, variables: Mapping[str, str], batch: str) -> Command:
    done = run(python, ("dbt", "build", "--profiles-dir", ".", "--vars", f"batch: {batch}"), project, variables)  # fmt: skip
    print(f"dbt-glue, batch {batch}: {done.said.strip().splitlines()[-1]}", flush=True)
    if done.status:
        raise RuntimeError(done.said)
    return done


_OF_STATE = ("catalog.sqlite", "objects.sqlite", "s3")


def keep(warehouse: Path, rows: Rows, tags: Mapping[str, Any]) -> None:
    """Stores what dbt-glue left, without logs and sockets, and what it made of the third batch."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        return entry

    with tarfile.open(WAREHOUSE, "w:gz") as archive:
        for name in _OF_STATE:
            archive.add(warehouse / name, name, filter=plain)
    text = json.dumps({"rows": rows, "tags": tags}, indent=1)
    EXPECTED.write_text(text + "\n", encoding="utf-8")


def kept_warehouse(folder: Path) -> Path:
    """The warehouse with two batches as dbt-glue left it, in a folder of its own."""
    place = folder / "warehouse"
    place.mkdir()
    with tarfile.open(WAREHOUSE) as archive:
        archive.extractall(place, filter="data")
    return place


# This adapter


def moved(warehouse: Path, folder: Path) -> Moved:
    """What this adapter does with the third batch in a warehouse of dbt-glue's: with the project as it is, then mended."""
    python = Path(sys.executable)
    project = folder / "ours"
    shutil.copytree(PROJECT, project)
    options = ("--profiles-dir", ".")
    third = (*options, "--vars", "batch: 3")
    commands: dict[str, Command] = {}
    with incumbent.endpoint(warehouse) as variables:

        def do(name: str, *arguments: str) -> Command:
            commands[name] = run(python, arguments, project, variables)
            return commands[name]

        before = rows_of(variables)
        do("doctor", "dbt-glue", "doctor", *options, "--notes")
        done = do("unchanged", "dbt", "build", *third)
        excluded: list[str] = []
        # What stops a run before anything is built is told by name, of all models that are about to be built.
        for name, model, told in STOPPING:
            if done.status and told in done.said:
                excluded.append(model)
                done = do(name, "dbt", "build", *third, "--exclude", *excluded)
        do("fix", "dbt-glue", "doctor", *options, "--fix")
        do("mended", "dbt", "build", *third, "-s", MENDED)
        do("after", "dbt-glue", "doctor", *options, "--output-format", "json")
        left_out = tuple(name for name in excluded if name != MENDED)
        return Moved(commands, before, rows_of(variables), tags_of(variables), left_out)


def _texts(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps({key: str(row[key]) for key in sorted(row)}) for row in rows)


def main() -> int:
    """0 where the rows are the same."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("version", nargs="?", default=VERSION, help="of dbt-glue")
    parser.add_argument("--page", action="store_true", help="run this adapter alone")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dbt-glue-migration-") as scratch:
        folder = Path(scratch)
        if asked.page:
            warehouse = kept_warehouse(folder)
            expected = json.loads(EXPECTED.read_text(encoding="utf-8"))["rows"]
        else:
            warehouse, expected, tags, _ = built_by_dbt_glue(asked.version, folder)
            if asked.version == VERSION:
                keep(warehouse, expected, tags)
        done = moved(warehouse, folder)
    differing = [name for name in expected if done.verdict(name, expected) == "differ"]
    print(f"{len(expected)} tables, of which {len(differing)} differ: {', '.join(differing)}")
    for name in differing:
        print(f"  {name}\n    {expected[name]}\n    {done.rows.get(name)}")
    if asked.version == VERSION:
        text = page(PAGE.read_text(encoding="utf-8"), done, expected)
        PAGE.write_text(text, encoding="utf-8")
    for name, command in done.commands.items():
        print(f"\n=== {name} (status {command.status})\n{command.said}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
