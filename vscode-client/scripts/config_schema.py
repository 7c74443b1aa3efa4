"""Write schemas/python-models.json from what the compiler knows of configs; with --check only compare."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from glue_compiler.knowledge.config import config_keys

TARGET = Path(__file__).parent.parent / "schemas" / "python-models.json"


def as_yaml(schema: Any) -> Any:
    """The schema of a value in YAML, where there are no tuples."""
    if isinstance(schema, list):
        return [as_yaml(item) for item in schema if item != "tuple"]
    if isinstance(schema, dict):
        return {key: as_yaml(value) for key, value in schema.items()}
    return schema


def property_of(schema: dict[str, Any], doc: str, default: object) -> dict[str, Any]:
    """A config key; dbt renders Jinja in YAML, so that any value may be an expression instead."""
    found: dict[str, Any] = {"description": doc}
    if default is not None:
        found["default"] = default
    if schema:
        found["anyOf"] = [as_yaml(schema), {"type": "string", "pattern": r"\{\{.*\}\}"}]
    return found


def models_schema() -> dict[str, Any]:
    """The schema of a properties file: only `config:` of models is described, all else is free."""
    config = {
        key.name: property_of(key.schema, key.doc, key.default)
        for key in config_keys().values()
        if key.effective
    }
    # A SQL model in the same file may be stored in further ways.
    config["materialized"]["anyOf"].append({"type": "string"})
    model = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "The model: the name of its file."},
            "config": {"type": "object", "properties": config},
        },
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Configs of dbt Python models on AWS Glue",
        "type": "object",
        "properties": {"models": {"type": ["array", "null"], "items": model}},
    }


def main() -> int:
    """0 when the file is as it should be."""
    text = json.dumps(models_schema(), indent=2, ensure_ascii=False) + "\n"
    if "--check" in sys.argv:
        if TARGET.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write(f"{TARGET} is out of date. Next: run {__file__} without --check\n")
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
