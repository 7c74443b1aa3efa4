"""tools/incidence.py on models that are made up: what it finds by form, how it judges an outcome, what it writes."""

from __future__ import annotations

import hashlib
import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from glue_compiler.findings.diagnostics import Edit
from glue_compiler.plan.planner import Plan
from glue_compiler.rewrites.decision import Decision
from glue_compiler.text.source import SourceText, Span

from tools import incidence, incidence_page
from tools.incidence_sites import COUNTED, REWRITES, VERDICTS, Judged, judged_sites, sites_of

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """\
from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders")
    if orders.count() == 0:
        return session.createDataFrame([], "id int")
    for name in ("a", "b"):
        orders = orders.withColumn(name, F.lit(1))
    items = dbt.ref("items").toPandas()
    print(items[["x"]])
    n = orders.count()
    print(n, "a,b".count(","))
    for column in ("a", "b"):
        other = orders.select(column)
        other = other.withColumn("n", F.lit(column))
    return orders
"""


def address_of(text: str) -> incidence.Address:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return incidence.Address("owner/name", "models/m.py", "0" * 40, digest)


def judged(line: int, what: str, verdict: str) -> Judged:
    return Judged("owner/name", "models/m.py", line, what, verdict, "")


def test_places_are_found_by_their_form() -> None:
    found = {(site.what, site.line) for site in sites_of(SourceText(MODEL))}
    assert found == {
        ("count", 6),
        ("loop", 8),
        ("conversion", 10),
        ("count", 12),
        ("loop", 14),
    }


def test_a_text_that_is_not_python_has_no_places() -> None:
    assert list(sites_of(SourceText("def model(dbt, session:\n    return x.count()\n"))) == []


def test_a_loop_inside_of_a_loop_is_a_place_of_its_own() -> None:
    text = "for a in b:\n    df = dbt.ref(a)\n    for c in d:\n        df = df.withColumn(c, e)\n"
    assert [(site.what, site.line) for site in sites_of(SourceText(text))] == [("loop", 3)]


def test_counts_of_a_model() -> None:
    made = incidence.planned(address_of(MODEL), MODEL)
    verdicts = [
        judged(6, "count", "test"),
        judged(8, "loop", "columns"),
        judged(10, "conversion", "unused"),
        judged(12, "count", "value"),
    ]
    counted = incidence.count([made], verdicts)
    assert (counted.models, counted.unreadable, dict(counted.kinds)) == (1, 0, {"spark": 1})
    assert {place.split()[0] for place in counted.sites} == {"count", "loop", "conversion"}
    assert sum(map(sum, (found.values() for found in counted.rewrites.values()))) == len(
        made.places
    )
    assert json.loads(json.dumps(counted.to_dict()))["kinds"] == {"spark": 1}


def test_what_the_session_decides_is_told_apart() -> None:
    span = Span(0, 1)
    proved = Decision("emptiness", span, "applied", (Edit(span, "isEmpty"),))
    asked = Decision("projection", span, "applied", (Edit(span, "__dbt_glue_project__("),))
    assert incidence.verdict_of(proved) == incidence.APPLIED
    assert incidence.verdict_of(asked) == incidence.ASKED
    assert incidence.verdict_of(Decision("projection", span, "lazy")) == "lazy"


def test_a_model_that_is_not_python_is_in_no_count_but_its_own() -> None:
    text = "def model(dbt, session):\n    return dbt.ref('a'\n"
    counted = incidence.count([incidence.planned(address_of(text), text)], [])
    assert (counted.models, counted.unreadable, dict(counted.kinds)) == (1, 1, {})


def planned_as(*runs: tuple[Decision, ...]) -> incidence.Planned:
    """The made-up model with plans that are made up, too."""
    plans = tuple(Plan(MODEL, MODEL, decisions, "spark") for decisions in runs)
    return incidence.Planned(address_of(MODEL), SourceText(MODEL), plans, readable=True)


def count_at(reason: str) -> Decision:
    """A decision on the first count."""
    start = MODEL.index("orders.count()")
    return Decision("emptiness", Span(start, start + len("orders.count()")), reason)


def test_a_model_that_asks_for_the_kind_of_run_is_planned_for_both() -> None:
    text = "def model(dbt, session):\n    return dbt.ref('a') if dbt.is_incremental else dbt.ref('b')\n"
    assert len(incidence.planned(address_of(text), text).plans) == 2
    assert len(incidence.planned(address_of(MODEL), MODEL).plans) == 1


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        (((count_at("applied"),), (count_at("applied"),)), "applied"),
        (((count_at("applied"),), ()), "applied"),
        (((count_at("applied"),), (count_at("cached"),)), "cached"),
        (((count_at("in_loop"),), (count_at("applied"),)), "in_loop"),
        (((), ()), incidence.NOT_LOOKED_AT),
    ],
)
def test_a_place_that_one_of_two_runs_refuses_is_refused(
    runs: tuple[tuple[Decision, ...], ...], found: str
) -> None:
    counted = incidence.count([planned_as(*runs)], [judged(6, "count", "test")])
    assert list(counted.sites.values()) == [found]


def test_a_rewrite_of_another_aim_is_no_answer() -> None:
    other = Decision("filters", count_at("applied").span, "applied")
    counted = incidence.count([planned_as((other,))], [judged(6, "count", "test")])
    assert list(counted.sites.values()) == [incidence.NOT_LOOKED_AT]


def test_a_kind_that_one_run_does_not_know_is_unknown() -> None:
    plans = (Plan(MODEL, MODEL, (), "spark"), Plan(MODEL, MODEL, ()))
    made = incidence.Planned(address_of(MODEL), SourceText(MODEL), plans, readable=True)
    assert made.kind == "unknown"
    assert "== (result) kind_unknown (1)" in list(incidence.refusals([made]))


def test_refusals_have_addresses_and_the_line() -> None:
    told = list(incidence.refusals([planned_as((count_at("cached"),))]))
    assert told == [
        "== emptiness cached (1)",
        "  owner/name models/m.py:6  if orders.count() == 0:",
    ]


def test_unjudged_places_are_told() -> None:
    made = incidence.planned(address_of(MODEL), MODEL)
    known = [judged(6, "count", "test"), judged(12, "count", "value")]
    left = {(site.what, site.line) for _, site in incidence.unjudged([made], known)}
    assert left == {("loop", 8), ("conversion", 10), ("loop", 14)}


def test_another_text_than_was_pinned_is_refused(tmp_path: Path) -> None:
    address = address_of(MODEL)
    address.file(tmp_path).parent.mkdir(parents=True)
    address.file(tmp_path).write_text(MODEL)
    assert address.text(tmp_path) == MODEL
    address.file(tmp_path).write_text(MODEL + "\n")
    with pytest.raises(ValueError, match="another text"):
        address.text(tmp_path)


def test_texts_are_taken_from_git_at_their_commits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "owner+name"
    (there / "models").mkdir(parents=True)

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(there), "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    (there / "models" / "m.py").write_text(MODEL)
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    commit = git("rev-parse", "HEAD")
    (there / "models" / "m.py").write_text("# another\n")
    git("commit", "--quiet", "-a", "-m", "two")
    pinned = address_of(MODEL)
    rows = tmp_path / "models.tsv"
    rows.write_text(
        f"repository\tpath\tcommit\tsha256\nowner/name\tmodels/m.py\t{commit}\t{pinned.sha256}\n"
    )
    found = incidence.addresses(rows)
    monkeypatch.setattr(incidence, "addresses", lambda: found)
    incidence.fetch(tmp_path / "texts", str(tmp_path / "{owner}+{name}"))
    assert found[0].text(tmp_path / "texts") == MODEL


def test_what_is_kept_fits_together() -> None:
    models = {(one.repository, one.path) for one in incidence.addresses()}
    verdicts = judged_sites(incidence.JUDGED)
    assert len(models) == len(incidence.addresses()) >= 150
    assert {(one.repository, one.path) for one in verdicts} <= models
    assert set(COUNTED) == set(VERDICTS) == set(REWRITES)
    assert all(set(COUNTED[what]) <= set(VERDICTS[what]) for what in COUNTED)
    kept = json.loads(incidence.COUNTS.read_text())
    for run in ("before", "after"):
        assert kept[run]["models"] == len(models)
        assert sum(kept[run]["kinds"].values()) + kept[run]["unreadable"] == len(models)
    assert kept["before"]["sites"].keys() == kept["after"]["sites"].keys()


def test_an_unknown_verdict_is_refused(tmp_path: Path) -> None:
    rows = tmp_path / "sites.tsv"
    rows.write_text(
        "repository\tpath\tline\twhat\tverdict\twhy\nowner/name\tm.py\t1\tcount\tmaybe\t\n"
    )
    with pytest.raises(ValueError, match="no verdict maybe"):
        judged_sites(rows)


def test_the_page_is_as_its_counts_say() -> None:
    text = incidence.PAGE.read_text()
    repositories = {}
    for one in incidence.addresses():
        repositories[one.repository] = repositories.get(one.repository, 0) + 1
    kept = json.loads(incidence.COUNTS.read_text())
    made = incidence_page.page(text, kept, judged_sites(incidence.JUDGED), repositories)
    assert made == text
