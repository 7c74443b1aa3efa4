"""Every name that dbt-glue's users write, and what becomes of it here: works, is told to change nothing, is an error.

python tools/dbt_glue_names.py CHECKOUT   reads the names out of a checkout of dbt-glue, and then as below
python tools/dbt_glue_names.py            writes docs/dbt-glue-names.md anew, from the names and this adapter's code

The names are kept in tests/data/dbt_glue_names.json, with the commit that they are of. What becomes of each is asked
of the code that decides it, and not written down a second time.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import dbt.include.spark
from dbt.adapters.sql.impl import SQLAdapter
from dbt.artifacts.resources.v1.config import NodeConfig
from dbt.artifacts.resources.v1.seed import SeedConfig
from dbt.artifacts.resources.v1.snapshot import SnapshotConfig
from dbt.context.providers import BaseDatabaseWrapper
from dbt_common.dataclass_schema import ValidationError

from dbt.adapters.glue import session_meta, unread_configs
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.impl import GlueAdapter
from dbt.adapters.glue.incumbent_methods import ALIASES, NOT_HERE
from dbt.include import global_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
NAMES = ROOT / "tests" / "data" / "dbt_glue_names.json"
PAGE = ROOT / "docs" / "dbt-glue-names.md"
BEGIN, END = "<!-- names: begin -->", "<!-- names: end -->"

WORKS, TOLD, REFUSED = "works", "a warning", "an error"

AWS: dict[str, Any] = {
    "schema": "shop",
    "role_arn": "arn:aws:iam::123456789012:role/GlueRole",
    "region": "eu-west-1",
}
VALUES: dict[str, Any] = {
    **AWS, "boto_retry_max_attempts": 3, "boto_retry_mode": "standard", "conf": "spark.a=1", "connections": "a,b",
    "custom_iceberg_catalog_namespace": "lake", "database": "shop", "datalake_formats": "delta",
    "default_arguments": "--enable-metrics=true", "delta_athena_prefix": "delta", "enable_session_per_model": True,
    "enable_spark_seed_casting": False, "extra_jars": "s3://b/a.jar", "extra_py_files": "s3://b/a.py",
    "glue_session_id": "mine", "glue_session_reuse": True, "glue_version": "5.0", "group_session_id": "night",
    "iceberg_glue_commit_lock_table": "locks", "idle_timeout": 5, "lf_tags": "team=data", "location": "s3://b/w",
    "packages": ["a==1"], "project_name": "shop", "query-comment": "shop", "query_timeout_in_minutes": 30,
    "root_location": True, "security_configuration": "kms", "seed_format": "orc", "seed_mode": "append",
    "session_provisioning_timeout_in_seconds": 60, "statement_poll_interval": 2.0, "tags": "team=data",
    "temp_schema": "tmp", "use_arrow": True, "use_interactive_session_role_for_api_calls": True,
    "worker_type": "G.2X", "workers": 5,
}  # fmt: skip
"""A value of each field of a profile, other than its default."""

CONFIG_VALUES: dict[str, Any] = {
    "grants": {"select": ["arn:aws:iam::123456789012:role/analyst"]},
    "lf_grants": {
        "data_cell_filters": {"enabled": True, "filters": {"few": {"row_filter": "a > 1"}}}
    },
    "lf_tags_config": {"enabled": True, "tags_table": {"team": "data"}},
    "meta": {},
}
"""Values of configs that are looked into; of others any will do."""

NOTES = {
    "grants": "permissions of Lake Formation: see *Lake Formation*",
    "lf_grants": "changes what differs: see *Lake Formation*",
    "lf_tags_config": "changes what differs: see *Lake Formation*",
    "database": "leave it out: it is the schema once more",
    "query_timeout_in_minutes": "the life of a session, as in dbt-glue",
    "incremental_strategy": "when not given: see *Coming from dbt-glue*",
    "iceberg_expire_snapshots": "off unless it is asked for",
    "materialized": "`python_model` is `table`, with a warning",
    "contract": "`not_null` and `check` hold rows while they are written; other constraints are told by dbt's own warning",
}


class Verdict(NamedTuple):
    """What becomes of a name, and what is said of it."""

    ends: str
    said: str = ""


# The names, from a checkout of dbt-glue


def collect(checkout: Path) -> dict[str, Any]:
    """The names by kind, each list in order, and the commit and version that they are of."""
    readme = (checkout / "README.md").read_text(encoding="utf-8")
    package = checkout / "dbt" / "adapters" / "glue"
    macros = [path.read_text() for path in sorted((checkout / "dbt" / "include").rglob("*.sql"))]
    sources = [path.read_text() for path in sorted(package.glob("*.py"))]
    credentials = (package / "credentials.py").read_text()
    git = shutil.which("git") or "git"
    commit = subprocess.check_output([git, "rev-parse", "HEAD"], cwd=checkout, text=True).strip()
    return {
        "commit": commit,
        "profile": sorted(_profile_names(readme, credentials) - {"type"}),
        "meta": sorted(_meta_names(credentials)),
        "configs": sorted(_config_names(readme, macros, sources)),
        "methods": sorted(_method_names(readme, macros, (package / "impl.py").read_text())),
    }


def _profile_names(readme: str, credentials: str) -> set[str]:
    table = readme.split("### Example config")[1].split("\n## Configs")[0]
    names = set(re.findall(r"^\| *([\w-]+)[ \t]*\|", table, flags=re.MULTILINE)) - {"Option"}
    names = {name for name in names if not set(name) <= {"-"}}
    for block in re.findall(r"```ya?ml\n(.*?)```", readme, flags=re.DOTALL):
        found = re.search(r"^( *)type: glue$(.*)", block, flags=re.MULTILINE | re.DOTALL)
        if found:
            names |= set(re.findall(rf"^{found[1]}([\w-]+):(?:\s|$)", found[2], flags=re.MULTILINE))
    return names | set(re.findall(r"^    (\w+): ", credentials, flags=re.MULTILINE))


def _meta_names(credentials: str) -> set[str]:
    return set(re.findall(r"'(\w+)'", credentials.split("def _connection_keys")[1]))


def _config_names(readme: str, macros: list[str], sources: list[str]) -> set[str]:
    tables = readme.split("### Configuring tables")[1].split("## Amazon S3 Tables")[0]
    tables += readme.split("### Configuration Options")[1].split("### Limitations")[0]
    names = set(re.findall(r"^\| *`?(\w+)`? *\|", tables, flags=re.MULTILINE)) - {"Option"}
    names = {name for name in names if not set(name) <= {"-"}}
    for call in re.findall(r"\bconfig\((.*?)\n? *\)(?: *\}\}|\n)", readme, flags=re.DOTALL):
        names |= set(re.findall(r"(?:^|[(,\n])\s*(\w+) ?= ?", call))
    names |= set(re.findall(r"^ *\+(\w+):", readme, flags=re.MULTILINE))
    names |= set(re.findall(r"the `(\w+)` config\b", readme))
    names |= set(re.findall(r"the `(\w+)` option is configured", readme))
    for text in macros:
        names |= set(re.findall(r"""config\.(?:get|require)\(["'](\w+)""", text))
    for text in sources:
        names |= set(re.findall(r"""\[?["']config["'](?:, \{\}\))?\]?\.get\(["'](\w+)["']""", text))
        names |= set(re.findall(r"""\bconfig\.get\('(\w+)'""", text))
    return names


def _method_names(readme: str, macros: list[str], implementation: str) -> set[str]:
    names = set(re.findall(r"@available\n    def (\w+)", implementation))
    for text in [readme, *macros]:
        names |= set(re.findall(r"\badapter\.(\w+)\(", text))
    dbts = (SQLAdapter, BaseDatabaseWrapper)  # the latter is what a macro has as `adapter`
    return {name for name in names if not any(hasattr(each, name) for each in dbts)}


# What becomes of each


def of_profile(name: str) -> Verdict:
    given = GlueCredentials.translate_aliases({**AWS, name: VALUES[name]})
    try:
        GlueCredentials.validate(given)
    except ValidationError as error:
        return Verdict(REFUSED, _after(name, str(error.message)))
    told = [each for each in _credentials(given).without_effect() if each.startswith(f"{name}:")]
    if told:
        return Verdict(TOLD, _after(name, told[0]))
    local = _credentials({**given, "endpoint": "local"}).without_effect()
    said = [_after(name, each) for each in local if each.startswith(f"{name}:")]
    return Verdict(WORKS, said[0] if said else NOTES.get(name, ""))


def _credentials(given: Mapping[str, Any]) -> GlueCredentials:
    made: GlueCredentials = GlueCredentials.from_dict(dict(given))
    return made


def of_meta(name: str) -> Verdict:
    word = session_meta.META_FIELDS[name]
    if word.how == session_meta.TOLD:
        return Verdict(TOLD, word.why)
    if word.how == session_meta.REFUSED:
        return Verdict(REFUSED, "where it is not the profile's: one run of dbt has one")
    meant = word.how == session_meta.SOMETIMES
    return Verdict(WORKS, "where it is a value that the field takes" if meant else "")


def of_config(name: str) -> Verdict:
    local = GlueCredentials(schema="shop", endpoint="local")
    config = {name: CONFIG_VALUES.get(name, "x")}
    for each in unread_configs.refused(config, "sql", local):
        return Verdict(REFUSED, each.told.partition("Next: ")[2])
    for each in unread_configs.ignored(config, "sql"):
        return Verdict(TOLD, each.told)
    for each in unread_configs.ignored(config, "python"):
        return Verdict(WORKS, f"in SQL; in Python a warning: {each.told}")
    return Verdict(WORKS, NOTES.get(name, ""))


def of_method(name: str) -> Verdict:
    if name in NOT_HERE:
        return Verdict(REFUSED, NOT_HERE[name])
    source = inspect.getsource(getattr(GlueAdapter, name))
    if f'_tell_alias("{name}")' in source:
        return Verdict(TOLD, f"works as `{ALIASES[name]}`, which is the name to write")
    return Verdict(WORKS)


KINDS = {
    "profile": ("Fields of the profile", of_profile),
    "meta": ("Words in `meta`", of_meta),
    "configs": ("Configs", of_config),
    "methods": ("Methods of `adapter`", of_method),
}


def names() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(NAMES.read_text(encoding="utf-8"))
    return found


def tables(kept: Mapping[str, Any]) -> str:
    """The tables of the page, in Markdown."""
    return "\n".join(_tables(kept))


def _tables(kept: Mapping[str, Any]) -> Iterator[str]:
    yield f"dbt-glue at commit `{kept['commit'][:12]}`.\n"
    for kind, (title, verdict) in KINDS.items():
        found = {name: verdict(name) for name in kept[kind]}
        counts = [sum(each.ends == ends for each in found.values()) for ends in (WORKS, TOLD, REFUSED)]  # fmt: skip
        yield f"## {title}\n"
        yield f"{len(found)} names, of which {counts[0]} work, {counts[1]} are told in a warning, and errors are {counts[2]}.\n"
        yield "| name | here | |\n|---|---|---|"
        for name, each in found.items():
            yield f"| `{name}` | {each.ends} | {each.said.replace('|', chr(92) + '|')} |"
        yield ""


def page(kept: Mapping[str, Any]) -> str:
    """The page with its tables as they are to be."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    return f"{before}{BEGIN}\n{tables(kept)}{END}{rest.split(END)[1]}"


def config_is_read(name: str) -> bool:
    """Whether this adapter, dbt-spark's or dbt's macros, or dbt itself read a config of this name."""
    dbts_own = {
        field.name
        for config in (NodeConfig, SeedConfig, SnapshotConfig)
        for field in dataclasses.fields(config)
    }
    quoted = re.compile(rf"""["']{name}["']|\bconfig\.{name}\b""")
    return name in dbts_own or name in _words() or any(map(quoted.search, _macros()))


def field_is_read(name: str) -> bool:
    """Whether this adapter's code reads a field of the profile, other than to check it."""
    return name.replace("-", "_") in _words()


@cache
def _words() -> frozenset[str]:
    """The attributes that the adapter's code reads of anything, and its texts; without where names are only listed."""
    found: set[str] = set()
    for path in (ROOT / "dbt" / "adapters" / "glue").rglob("*.py"):
        if path.name in ("profile_fields.py", "unread_configs.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                found.add(node.attr)
            elif path.name != "credentials.py" and isinstance(node, ast.Constant):
                found.add(str(node.value))
    return frozenset(found)


@cache
def _macros() -> tuple[str, ...]:
    dbts = [Path(inspect.getfile(each)).parent for each in (dbt.include.spark, global_project)]
    return tuple(
        path.read_text(encoding="utf-8")
        for folder in (ROOT / "dbt" / "include", *dbts)
        for path in folder.rglob("*.sql")
    )


def _after(name: str, text: str) -> str:
    return text.removeprefix(f"{name}:").strip()


def main() -> int:
    if len(sys.argv) > 1:
        kept = collect(Path(sys.argv[1]))
        NAMES.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(names()), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
