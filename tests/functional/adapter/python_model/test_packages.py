"""Packages of Python models through `dbt run`: installed for the session that needs them, once, or explained."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture
from glue_endpoint.folders import cache_folder
from glue_endpoint.sessions.packages import COMPLETE

pytestmark = pytest.mark.spark

PURE = """
import humanize
from pyspark.sql.functions import udf


@udf("string")
def readable(value):
    return humanize.intcomma(value) + " " + humanize.__version__


def model(dbt, session):
    dbt.config(packages=["humanize==VERSION"])
    frame = session.range(1).selectExpr("1234567 as id")
    return frame.select(readable("id").alias("in_udf")).selectExpr(
        "in_udf", f"'{humanize.__version__}' as on_driver"
    )
"""

COMPILED = r"""
import regex
from pyspark.sql.functions import udf


@udf("string")
def letters(value):
    return "".join(regex.findall(r"\p{L}", value))


def model(dbt, session):
    frame = session.createDataFrame([("1é2ß",)], "word string")
    return frame.select(letters("word").alias("letters"))
"""

SCHEMA = """
models:
  - name: compiled
    config:
      packages: [regex]
"""

LOCAL = """
from shared import rates
from single import label
from pyspark.sql.functions import udf


@udf("double")
def converted(value):
    return value * rates.EURO


def model(dbt, session):
    dbt.config(python_modules=["shared/", "lib/single.py"])
    frame = session.range(1).selectExpr("10.0D as amount")
    return frame.select(converted("amount").alias("euro")).selectExpr("euro", f"'{label()}' as label")
"""

PLAIN = """
def model(dbt, session):
    dbt.config(packages=["packaging"])
    return session.range(1)
"""

UNKNOWN = """
import no_such_package_anywhere


def model(dbt, session):
    dbt.config(packages=["no-such-package-anywhere==1.2"])
    return session.range(1)
"""


def write(project: Any, name: str, text: str) -> None:
    file = Path(project.project_root) / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def environments() -> dict[Path, int]:
    """Every environment of this machine, and when its packages were installed."""
    return {
        marker.parent: (marker.parent / "install.log").stat().st_mtime_ns
        for marker in (cache_folder() / "venvs").glob(f"*/{COMPLETE}")
    }


class TestPackages:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "pure.py": PURE.replace("VERSION", "4.9.0"),
            "other_pin.py": PURE.replace("VERSION", "4.10.0"),
            "compiled.py": COMPILED,
            "local_module.py": LOCAL,
            "plain.py": PLAIN,
            "schema.yml": SCHEMA,
        }

    def rows(self, project: Any, name: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in project.run_sql(f"select * from {name}", fetch="all")]

    def test_packages_are_installed_once_and_importable_everywhere(self, project: Any) -> None:
        write(project, "shared/rates.py", "EURO = 0.5\n")
        write(project, "lib/single.py", "def label():\n    return 'one'\n")
        run_dbt(["run"])
        assert self.rows(project, "pure") == [("1,234,567 4.9.0", "4.9.0")]
        assert self.rows(project, "other_pin") == [("1,234,567 4.10.0", "4.10.0")]
        assert self.rows(project, "compiled") == [("éß",)]
        assert self.rows(project, "local_module") == [(5.0, "one")]

        # Again: nothing is installed, and a changed module is what runs.
        before = environments()
        write(project, "shared/rates.py", "EURO = 0.25\n")
        _, log = run_dbt_and_capture(["--debug", "run"])
        assert environments() == before
        assert "installing" not in log
        assert self.rows(project, "local_module") == [(2.5, "one")]


class TestModulesInOneSession:
    """One thread: the two models take turns in one session, with different modules of one name."""

    @pytest.fixture(scope="class")
    def dbt_profile_target(self, dbt_profile_target: dict[str, Any]) -> dict[str, Any]:
        return {**dbt_profile_target, "threads": 1}

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        text = LOCAL.replace('"lib/single.py"', '"FOLDER/single.py"')
        return {
            "a_first.py": text.replace("FOLDER", "lib"),
            "b_second.py": text.replace("FOLDER", "other"),
            "c_third.py": text.replace("FOLDER", "lib"),
        }

    def test_each_model_has_its_own_modules(self, project: Any) -> None:
        write(project, "shared/rates.py", "EURO = 0.5\n")
        for folder in ("lib", "other"):
            write(project, f"{folder}/single.py", f"def label():\n    return '{folder}'\n")
        run_dbt(["run"])
        labels = [
            project.run_sql(f"select label from {name}", fetch="one")[0]
            for name in ("a_first", "b_second", "c_third")
        ]
        assert labels == ["lib", "other", "lib"]


OF_A_LIBRARY = """
import tariff
from pyspark.sql.functions import udf


@udf("double")
def taxed(value):
    return value * tariff.RATE


def model(dbt, session):
    dbt.config(additional_libs=["libs/tariff.zip"])
    return session.range(1).selectExpr("100.0D as net").select(taxed("net").alias("gross"))
"""

OF_THE_PROFILE = """
import humanize
import surcharge


def model(dbt, session):
    return session.createDataFrame([(humanize.__version__, surcharge.NAME)], ["version", "name"])
"""


def write_zip(project: Any, name: str, **modules: str) -> Path:
    file = Path(project.project_root) / name
    file.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(file, "w") as archive:
        for module, text in modules.items():
            archive.writestr(f"{module}.py", text)
    return file


class TestLibrariesAndPackagesOfTheProfile:
    @pytest.fixture(scope="class")
    def libs(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return tmp_path_factory.mktemp("libs")

    @pytest.fixture(scope="class")
    def dbt_profile_target(self, dbt_profile_target: dict[str, Any], libs: Path) -> dict[str, Any]:
        with zipfile.ZipFile(libs / "surcharge.zip", "w") as archive:
            archive.writestr("surcharge.py", "NAME = 'of the profile'\n")
        return {
            **dbt_profile_target,
            "packages": ["humanize==4.9.0", "pandas"],
            "additional_libs": [str(libs / "surcharge.zip")],
        }

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"of_a_library.py": OF_A_LIBRARY, "of_the_profile.py": OF_THE_PROFILE}

    def test_they_are_there_on_the_driver_and_in_functions(self, project: Any) -> None:
        write_zip(project, "libs/tariff.zip", tariff="RATE = 1.5\n")
        run_dbt(["run"])
        assert project.run_sql("select gross from of_a_library", fetch="one")[0] == 150.0
        found = project.run_sql("select * from of_the_profile", fetch="one")
        assert tuple(found) == ("4.9.0", "of the profile")

        # Another content of the same file is another session, not what a running one has.
        write_zip(project, "libs/tariff.zip", tariff="RATE = 2.5\n")
        run_dbt(["run", "-s", "of_a_library"])
        assert project.run_sql("select gross from of_a_library", fetch="one")[0] == 250.0


class TestUnknownVersion:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"no_such_version.py": PURE.replace("VERSION", "0.0.99"), "plain.py": PLAIN}

    def test_it_is_named_with_what_there_is(self, project: Any) -> None:
        before = environments()
        by_name = {r.node.name: r for r in run_dbt(["run"], expect_pass=False)}
        assert by_name["plain"].status == "success"
        message = by_name["no_such_version"].message
        assert "humanize==0.0.99 could not be installed" in message
        assert "No matching distribution found for humanize==0.0.99" in message
        assert environments() == before


class TestUnknownPackage:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"unknown.py": UNKNOWN, "plain.py": PLAIN}

    def test_it_is_named_and_nothing_stays(self, project: Any) -> None:
        before = environments()
        results = run_dbt(["run"], expect_pass=False)
        by_name = {result.node.name: result for result in results}
        assert by_name["plain"].status == "success"
        message = by_name["unknown"].message
        assert "no-such-package-anywhere==1.2 could not be installed" in message
        assert "No matching distribution found for no-such-package-anywhere==1.2" in message
        assert environments() == before


class TestRowsThatWait:
    """What takes a model's rows after it, a MERGE or the query of `dbt show`, is in the session that has its packages."""

    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        config = (
            "additional_libs=['libs/tariff.zip'], materialized='incremental', file_format='iceberg', "
            "incremental_strategy='merge', unique_key='gross'"
        )
        return {"merged.py": OF_A_LIBRARY.replace('additional_libs=["libs/tariff.zip"]', config)}

    def test_they_are_merged_and_shown(self, project: Any) -> None:
        write_zip(project, "libs/tariff.zip", tariff="RATE = 1.5\n")
        for _run in range(2):
            run_dbt(["run"])
        shown = run_dbt(["show", "-s", "merged"])
        assert [tuple(row) for row in shown[0].agate_table.rows] == [(150.0,)]
