"""Edits of configs in YAML: what is written is read again, and everything else stays as it was."""

from __future__ import annotations

import pytest
import yaml
from glue_compiler.project.yaml_columns import YamlNotEdited
from glue_compiler.project.yaml_configs import applied, project_config, words_replaced

LINE = "+incremental_strategy: insert_overwrite"


def edited(text: str) -> str:
    edit = project_config(text, "models", "shop", "incremental_strategy", "insert_overwrite")
    return applied(text, [edit])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: shop\n", f"name: shop\n\nmodels:\n  shop:\n    {LINE}\n"),
        ("name: shop", f"name: shop\n\nmodels:\n  shop:\n    {LINE}\n"),
        (
            "name: shop\nmodels:\n  shop:\n    +file_format: iceberg # why\n",
            f"name: shop\nmodels:\n  shop:\n    {LINE}\n    +file_format: iceberg # why\n",
        ),
        (
            "models: # all\n    # of ours\n    other:\n        +enabled: true\n",
            f"models: # all\n    # of ours\n    shop:\n      {LINE}\n    other:\n        +enabled: true\n",
        ),
        (
            "models:\n  shop: # ours\nseeds: {}\n",
            f"models:\n  shop: # ours\n    {LINE}\nseeds: {{}}\n",
        ),
        ("models:\nname: shop\n", f"models:\n  shop:\n    {LINE}\nname: shop\n"),
        (
            'models:\r\n  shop:\r\n    lake: {+enabled: "{{ var(1) }}"}\r\n',
            f'models:\r\n  shop:\r\n    {LINE}\r\n    lake: {{+enabled: "{{{{ var(1) }}}}"}}\r\n',
        ),
    ],
)
def test_a_config_of_the_project_is_put_in(before: str, after: str) -> None:
    assert edited(before) == after
    said = yaml.safe_load(after)["models"]["shop"]
    assert said["+incremental_strategy"] == "insert_overwrite"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("models: {shop: {}}\n", "block style"),
        ("models:\n  shop: {+enabled: true}\n", "block style"),
        ("models:\n  shop:\n    +incremental_strategy: merge\n", "already"),
        ("models:\n  shop:\n    incremental_strategy: merge\n", "already"),
        ("{name: shop}\n", "block style"),
        ("a: [\n", "not YAML"),
        ("a: &x {b: 1}\nmodels:\n  shop: *x\n", "block style"),
        ("models:\n  ? shop\n  : +enabled: true\n", "not followed"),
    ],
)
def test_what_is_not_followed_is_refused(text: str, why: str) -> None:
    with pytest.raises(YamlNotEdited, match=why):
        edited(text)


def test_a_word_is_replaced_where_it_is_the_value_of_a_key() -> None:
    text = (
        "models: # python_model\n"
        "  - name: python_model\n"
        "    config:\n"
        "      materialized: 'python_model' # python_model\n"
        "  - name: b\n"
        "    config: {materialized: python_model}\n"
    )
    edits = words_replaced(text, ("materialized", "+materialized"), "python_model", "table")
    assert applied(text, edits) == text.replace("'python_model'", "'table'").replace(
        "materialized: python_model", "materialized: table"
    )
    assert words_replaced("a: 1\n", ("materialized",), "python_model", "table") == []
