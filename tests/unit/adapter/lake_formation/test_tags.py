"""LF-tags: what differs is changed, one call for what is alike, and nothing where nothing differs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from dbt_common.exceptions import CompilationError
from glue_compiler.knowledge.lake_formation import Tags, tags_of

from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.lake_formation.tags import DatabaseTags, apply_table_tags

if TYPE_CHECKING:
    from dbt.adapters.glue.lake_formation.calls import LakeTable
    from tests.unit.adapter.lake_formation.conftest import Lake


def wanted(**given: Any) -> Tags:
    tags = tags_of({"enabled": True, **given})
    assert tags is not None
    return tags


def there(lake: Lake, table: LakeTable) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """The tags of a table and of its columns, as the endpoint has them."""
    answer = lake.api.get_resource_lf_tags(Resource=table.resource, ShowAssignedLFTags=True)
    lake.called()

    def pairs(tags: list[Any]) -> dict[str, str]:
        return {tag["TagKey"]: tag["TagValues"][0] for tag in tags}

    columns = {each["Name"]: pairs(each["LFTags"]) for each in answer.get("LFTagsOnColumns", [])}
    return pairs(answer.get("LFTagsOnTable", [])), columns


def test_tags_are_set_once(lake: Lake, table: LakeTable) -> None:
    tags = wanted(
        tags_table={"Team": "Data"},
        tags_columns={"pii": {"yes": ["A", "c"], "no": ["b"]}, "env": {"prod": ["a", "c"]}},
    )
    told = apply_table_tags(lake, table, tags)
    assert lake.called() == ["GetResourceLFTags", *["AddLFTagsToResource"] * 3]
    assert told == [
        f"set team=data on {table}",
        f"set env=prod, pii=yes on {table}, columns a, c",
        f"set pii=no on {table}, column b",
    ]
    both = {"pii": "yes", "env": "prod"}
    assert there(lake, table) == ({"team": "data"}, {"a": both, "b": {"pii": "no"}, "c": both})
    assert apply_table_tags(lake, table, tags) == []
    assert lake.called() == ["GetResourceLFTags"]


def test_what_is_not_named_stays_unless_it_is_to_be_dropped(lake: Lake, table: LakeTable) -> None:
    first = wanted(tags_table={"team": "data", "env": "prod"}, tags_columns={"pii": {"yes": ["a"]}})
    apply_table_tags(lake, table, first)
    then = {"tags_table": {"team": "web"}, "tags_columns": {"pii": {"no": "b"}}}
    told = apply_table_tags(lake, table, wanted(**then))
    assert told == [f"set team=web on {table}", f"set pii=no on {table}, column b"]
    assert there(lake, table)[1] == {"a": {"pii": "yes"}, "b": {"pii": "no"}}
    told = apply_table_tags(lake, table, wanted(**then, drop_existing=True))
    assert told == [f"removed env=prod from {table}", f"removed pii=yes from {table}, column a"]
    assert there(lake, table) == ({"team": "web"}, {"b": {"pii": "no"}})


def test_tags_that_are_inherited_are_neither_taken_for_set_nor_removed(
    lake: Lake, table: LakeTable
) -> None:
    DatabaseTags().apply(lake, table, wanted(tags_database={"team": "data"}))
    lake.called()
    assert apply_table_tags(lake, table, wanted(drop_existing=True)) == []
    assert lake.called() == ["GetResourceLFTags"]
    apply_table_tags(lake, table, wanted(tags_table={"team": "data"}))
    assert there(lake, table)[0] == {"team": "data"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"tags_table": {"team": "sales"}}, "--tag-key team --tag-values-to-add sales"),
        ({"tags_table": {"owner": "ann"}}, "create-lf-tag --tag-key owner --tag-values ann"),
        ({"tags_columns": {"pii": {"yes": ["none"]}}}, "Column none not found"),
    ],
)
def test_a_tag_or_column_that_is_not_there_is_an_error_with_the_next_step(
    lake: Lake, table: LakeTable, given: dict[str, Any], told: str
) -> None:
    with pytest.raises(GlueApiError, match="EntityNotFoundException") as caught:
        apply_table_tags(lake, table, wanted(**given))
    assert told in str(caught.value)
    assert str(table) in str(caught.value)


def test_who_may_not_set_a_tag_is_told_what_is_needed(lake: Lake, table: LakeTable) -> None:
    lake.faults["AddLFTagsToResource"] = ("AccessDeniedException", "Insufficient permissions")
    with pytest.raises(GlueApiError) as caught:
        apply_table_tags(lake, table, wanted(tags_table={"team": "data"}))
    said = str(caught.value)
    assert "AddLFTagsToResource of team=data on" in said
    assert "allow lakeformation:AddLFTagsToResource" in said
    assert "ASSOCIATE on the tag" in said
    assert apply_table_tags(lake, table, wanted(tags_table={"team": "data"}))


def test_a_database_is_asked_once_in_a_run(lake: Lake, table: LakeTable) -> None:
    tags = wanted(tags_database={"team": "data"})
    databases = DatabaseTags()
    assert databases.apply(lake, table, tags) == [f"set team=data on the database {table.database}"]
    assert databases.apply(lake, table, tags) == []
    assert databases.apply(lake, table, wanted(tags_table={"team": "data"})) == []
    assert lake.called() == ["GetResourceLFTags", "AddLFTagsToResource"]
    assert DatabaseTags().apply(lake, table, tags) == []
    assert lake.called() == ["GetResourceLFTags"]


def node(name: str, schema: str, **given: Any) -> Any:
    return SimpleNamespace(
        unique_id=name,
        schema=schema,
        original_file_path=f"models/{name}.sql",
        config={"lf_tags_config": {"enabled": True, **given}},
    )


def test_a_database_keeps_the_tags_that_any_node_of_the_project_names(
    lake: Lake, table: LakeTable
) -> None:
    lake.api.add_lf_tags_to_resource(
        Resource=table.database_resource,
        LFTags=[{"TagKey": key, "TagValues": [value]} for key, value in
                (("team", "web"), ("env", "prod"), ("pii", "no"))],
    )  # fmt: skip
    databases = DatabaseTags()
    others = node("others", table.database.upper(), tags_database={"env": "prod"})
    broken = node("broken", table.database, tags_database={"env": ["prod"]})
    databases.learn([others, broken], {"others"})
    told = databases.apply(lake, table, wanted(tags_database={"team": "data"}, drop_existing=True))
    assert told == [
        f"set team=data on the database {table.database}",
        f"removed pii=no from the database {table.database}",
    ]


def test_two_values_of_a_databases_tag_are_an_error_before_anything_is_built() -> None:
    nodes = [
        node("a", "shop", tags_database={"team": "data"}),
        node("b", "shop", tags_database={"team": "data"}),
        node("c", "SHOP", tags_database={"TEAM": "Web"}),
        node("d", "other", tags_database={"team": "web"}),
    ]
    with pytest.raises(CompilationError) as caught:
        DatabaseTags().learn(nodes, {"b"})
    assert "database shop" in str(caught.value)
    assert "team=data in models/a.sql; team=web in models/c.sql" in str(caught.value)
    DatabaseTags().learn(nodes, {"d"})
