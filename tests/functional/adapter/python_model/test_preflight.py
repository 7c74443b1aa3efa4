"""All selected Python models are checked together, before the command's first session."""

import pytest
from dbt.cli.main import dbtRunner
from dbt.tests.util import run_dbt, run_dbt_and_capture

pytestmark = pytest.mark.spark

TYPO = "def model(dbt, session):\n    frame = dbt.ref('numbers')\n    return fram\n"
TWO = (
    "def model(dbt, session):\n"
    "    rows = dbt.ref('numbers').count(limit)\n"
    "    return dbt.ref('numbers').to_pandas(rows)\n"
)
GOOD = "def model(dbt, session):\n    return dbt.ref('numbers')\n"
SCHEMA = """
models:
  - name: typo
    columns: [{name: id, data_tests: [not_null]}]
"""


WARNED = (
    "def model(dbt, session):\n    dbt.config(materialised='table')\n    return session.range(1)\n"
)


class TestWarningsAsErrors:
    @pytest.fixture(scope="class")
    def models(self):
        return {"a.py": WARNED, "b.py": WARNED, "typo.py": TYPO, "numbers.sql": "select 1 as id"}

    def test_errors_come_first_and_every_model_is_told(self, project):
        outcome = dbtRunner().invoke(["--warn-error", "run"])
        assert "models/typo.py:3:12 GLU501" in str(outcome.exception)
        outcome = dbtRunner().invoke(["--warn-error", "run", "--exclude", "typo"])
        for name in ("a", "b"):
            assert f"models/{name}.py:2:" in str(outcome.exception)


class TestBeforeTheFirstSession:
    @pytest.fixture(scope="class")
    def models(self):
        return {
            "numbers.sql": "select 1 as id",
            "typo.py": TYPO,
            "two.py": TWO,
            "good.py": GOOD,
            "schema.yml": SCHEMA,
        }

    @pytest.mark.parametrize("command", ["run", "build", "compile"])
    def test_every_error_of_every_selected_model_is_told_and_nothing_runs(
        self, project, command, capsys
    ):
        with pytest.raises(Exception, match="GLU501") as refusal:
            run_dbt([command], expect_pass=False)
        text = str(refusal.value)
        for place in ("models/typo.py:3:12 GLU501", "models/two.py:2:37 GLU501"):
            assert place in text
        assert "models/two.py:3:" in text
        assert "models/good.py" not in text
        assert "Starting Glue session" not in capsys.readouterr().out

    def test_a_selected_test_counts_for_its_model(self, project):
        with pytest.raises(Exception, match="GLU501") as refusal:
            run_dbt(["test", "-s", "typo"], expect_pass=False)
        assert "models/typo.py:3:12" in str(refusal.value)
        assert "models/two.py" not in str(refusal.value)

    def test_what_is_not_selected_does_not_stop_a_run(self, project):
        results, _ = run_dbt_and_capture(["run", "-s", "numbers", "good"])
        assert [result.status for result in results] == ["success", "success"]
