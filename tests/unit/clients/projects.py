"""Projects that differ in what their profile, settings, variables and packages say, each with one model to judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ORDERS = "select 1 as id, 2 as amount, 'x' as day"
SCHEMA = (
    "models:\n"
    "  - name: orders\n"
    "    config: {contract: {enforced: true}}\n"
    "    columns:\n"
    "      - {name: id, data_type: int}\n"
    "      - {name: amount, data_type: int}\n"
    "      - {name: day, data_type: string}\n"
)
COUNTED = """from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders").where(F.col("amount") > 1)
    if orders.count() == 0:
        return orders
    return orders.withColumn("more", F.col("amount") + 1)
"""
BOOSTED = """import xgboost


def model(dbt, session):
    orders = dbt.ref("orders").offset(2)
    print(xgboost.__version__)
    return orders
"""
STORED = """from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(
        file_format="orc",
        partition_by=["day"],
        options={"compression": "zlib"},
        table_properties={"team": "sales"},
    )
    return dbt.ref("orders").groupBy("day").agg(F.sum("amount").alias("amount"))
"""
MISREAD = """def model(dbt, session):
    orders = dbt.ref("totals")
    return orders.select("day", "totl")
"""
TOTALS = """from pyspark.sql import functions as F


def model(dbt, session):
    return dbt.ref("orders").groupBy("day").agg(F.sum("amount").alias("total"))
"""


@dataclass(frozen=True)
class Case:
    """One project: the text of `models/report.py`, what else is in the files, and what is expected of it at least.

    `codes` are among the findings, `changed` tells whether the plan changes the source. dbt, which takes
    longest, is not asked where another case already shows how it reads such files.
    """

    name: str
    model: str
    codes: frozenset[str] = frozenset()
    profile: dict[str, object] = field(default_factory=dict)
    toml: str = ""
    variables: str = ""
    files: dict[str, str] = field(default_factory=dict)
    changed: bool | None = None
    asks_dbt: bool = True

    def write(self, folder: Path) -> Path:
        """The project in a folder of its own below `folder`."""
        import yaml

        root = folder / self.name
        output = {"type": "glue", "endpoint": "local", "schema": "sales", **self.profile}
        profile = {"shop": {"target": "dev", "outputs": {"dev": output}}}
        texts = {
            "dbt_project.yml": f"name: shop\nversion: '1.0'\nprofile: shop\n{self.variables}",
            "profiles.yml": yaml.safe_dump(profile),
            "models/orders.sql": ORDERS,
            "models/schema.yml": SCHEMA,
            "models/report.py": self.model,
            **({"dbt-glue.toml": self.toml} if self.toml else {}),
            **self.files,
        }
        for name, text in texts.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root


CASES = (
    Case("plain", COUNTED, changed=True),
    Case(
        "profile-version-and-packages",
        BOOSTED,
        codes=frozenset({"GLU602"}),
        profile={"glue_version": "4.0", "packages": ["xgboost"]},
    ),
    Case("no-packages", BOOSTED, codes=frozenset({"GLU402"}), asks_dbt=False),
    Case(
        "settings-before-the-profile",
        BOOSTED,
        profile={"glue_version": "4.0", "packages": "xgboost>=1,<3"},
        toml='glue-version = "5.0"\n',
    ),
    Case(
        "packages-in-three-places",
        BOOSTED.replace("import xgboost\n", "import xgboost\nimport catboost\nimport rates\n"),
        profile={
            "default_arguments": "--additional-python-modules=catboost",
            "extra_py_files": "s3://libs/rates.py",
        },
        toml='packages = ["xgboost"]\n',
    ),
    Case(
        "format-of-the-profile",
        "from delta.tables import DeltaTable\n\n\ndef model(dbt, session):\n"
        '    return DeltaTable.forName(session, "sales.x").toDF()\n',
        profile={"datalake_formats": "iceberg,delta"},
        asks_dbt=False,
    ),
    Case(
        "optimize-off",
        COUNTED,
        variables="vars: {optimize: false}\n",
        changed=False,
        asks_dbt=False,
    ),
    Case(
        "optimize-less",
        COUNTED,
        variables="vars:\n  optimize: true\n  shop: {optimize: {disable: [emptiness, shared_work]}}\n",
        changed=False,
    ),
    Case("ansi", COUNTED, profile={"conf": "spark.sql.ansi.enabled=true"}),
    Case("spark-4", COUNTED, profile={"glue_version": "6.0"}, asks_dbt=False),
    Case("checked-for-another-version", COUNTED, toml='glue-version = "6.0"\n', asks_dbt=False),
    Case("stored-as-configured", STORED),
    Case(
        "severities",
        BOOSTED,
        codes=frozenset({"GLU402"}),
        toml='ignore = ["GLU602"]\n\n[severity]\nGLU402 = "warning"\n\n[per-file-ignores]\n'
        '"models/other/*" = ["ALL"]\n',
    ),
    Case(
        "columns-of-another-model",
        MISREAD,
        codes=frozenset({"GLU601"}),
        files={"models/totals.py": TOTALS},
    ),
    Case(
        "suppressed",
        BOOSTED.replace("import xgboost", "import xgboost  # noqa: GLU402"),
        asks_dbt=False,
    ),
)
