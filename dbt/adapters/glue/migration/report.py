"""The whole report about a project: its profile, its models one by one, its tables, and the permissions of its roles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from glue_compiler.project.load import read_project_settings
from glue_compiler.project.profiles import PROFILES, ProfileChoice, ReadProfile, read_profile
from glue_compiler.project.yaml_columns import YamlNotEdited
from glue_compiler.project.yaml_configs import words_replaced
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Overrides, Workspace

from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.migration import iam
from dbt.adapters.glue.migration.findings import ERROR, PROJECT, Finding, Fix, Unseen
from dbt.adapters.glue.migration.nodes import (
    PYTHON_MODEL,
    format_of_node,
    known_config,
    node_findings,
    unread_of,
)
from dbt.adapters.glue.migration.profile import credentials_of, profile_findings
from dbt.adapters.glue.migration.python_texts import python_findings, python_model_fix
from dbt.adapters.glue.migration.sql_texts import method_findings, sql_findings
from dbt.adapters.glue.migration.strategy_answer import strategy_answer
from dbt.adapters.glue.migration.tables import Built, TableReport, built_of, look_at_tables
from dbt.adapters.glue.one_request import NoProject

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.project.context import Node, ProjectContext

__all__ = ["project_report", "says_schemas"]

Tell = Callable[[str], None]

_SCHEMA_MACRO = re.compile(r"\bmacro\s+(?:\w+__)?generate_schema_name\b")
_GOVERNED = ("lf_tags_config", "lf_grants", "grants")


def project_report(
    root: Path, choice: ProfileChoice, *, offline: bool, tell: Tell
) -> dict[str, Any]:
    """What `dbt-glue doctor` shows, as JSON takes it: `findings`, `files`, `policies`, `unseen`, `counts`.

    Nothing is written, and nothing runs: with `offline` not even the Data Catalog is asked. Raises NoProject.
    """
    tell("Reading the project")
    workspace = Workspace.open(root, Overrides(profile=choice))
    project = workspace.project
    if workspace.root is None or project is None:
        raise NoProject("\n".join(workspace.around.problems) or f"no dbt_project.yml in {root}")
    report = _Report(workspace, project, workspace.root, choice)
    report.profile()
    report.models(tell)
    report.macros()
    tables = report.tables(offline=offline, tell=tell)
    return {
        "project": project.name,
        "target": report.target,
        "manifest": project.from_manifest,
        "nodes": len(report.nodes),
        "findings": [each.to_dict() for each in report.all_findings(tables)],
        "files": [each.to_dict() for each in tables.files],
        "policies": report.policies().to_dict(),
        "unseen": [each.to_dict() for each in dict.fromkeys((*report.unseen, *tables.unseen))],
    }


def says_schemas(text: str) -> bool:
    """Whether a file has the macro by which a project says its tables' schemas."""
    return _SCHEMA_MACRO.search(text) is not None


class _Report:
    def __init__(
        self, workspace: Workspace, project: ProjectContext, root: Path, choice: ProfileChoice
    ) -> None:
        self._workspace, self._project, self._root = workspace, project, root
        self._read = read_profile(root, choice)
        self.target = self._read.target if isinstance(self._read, ReadProfile) else None
        self.nodes = [node for node in project.nodes if node.enabled is not False]
        self.findings: list[Finding] = []
        self.unseen: list[Unseen] = []
        self._credentials: GlueCredentials | None = None
        self._own_schemas = False
        for path, why in project.unreadable:
            self.unseen.append(Unseen(path, why))
        if not project.packages_complete:
            self.unseen.append(Unseen("models of packages", "not all are installed", "dbt deps"))

    @property
    def _known_credentials(self) -> GlueCredentials:
        """The profile's, or those of a target without an account, to look at configs with."""
        return self._credentials or GlueCredentials(schema="", endpoint="local")

    def profile(self) -> None:
        if not isinstance(self._read, ReadProfile):
            self.unseen.append(Unseen("the profile", self._read, "--profiles-dir, --target"))
            return
        self.findings += profile_findings(self._read)
        self._credentials, unseen = credentials_of(self._read)
        self.unseen += unseen

    def models(self, tell: Tell) -> None:
        fields = self._read.fields if isinstance(self._read, ReadProfile) else {}
        cast = fields.get("enable_spark_seed_casting") is True
        yaml_files: set[str] = {PROJECT}
        seen: set[str] = set()
        for number, node in enumerate(self.nodes, 1):
            tell(f"Reading {node.path} ({number} of {len(self.nodes)})")
            unread = unread_of(node)
            if unread is not None:
                self.unseen.append(unread)
            own = node.package == self._project.name
            if own and node.properties is not None:
                yaml_files.add(node.properties.path)
            for finding in node_findings(node, self._known_credentials, seeds_were_cast=cast):
                self.findings.append(self._with_word_fix(finding, node, own))
            if node.path not in seen and node.language in ("sql", "python"):
                seen.add(node.path)
                self._text(node, own)
        for path in sorted(yaml_files):
            self._words(path)
        text = self._raw(PROJECT)
        answer = strategy_answer(self._project.name, self.nodes, text or "")
        if answer is not None:
            self.findings.append(answer)

    def _text(self, node: Node, own: bool) -> None:
        text = self._raw(node.path)
        if text is None:
            return
        if node.language == "python":
            source = SourceText(text)
            self.findings += python_findings(self._workspace, node.path, source, own=own)
        else:
            self.findings += sql_findings(node.path, text, own=own)

    def _with_word_fix(self, finding: Finding, node: Node, own: bool) -> Finding:
        if finding.about != "materialized" or node.language != "python" or not own:
            return finding
        text = self._raw(node.path)
        fix = None if text is None else python_model_fix(node.path, text)
        return Finding(**{**vars(finding), "fix": fix})

    def _words(self, path: str) -> None:
        """What YAML says: `python_model`, and methods of dbt-glue's in hooks."""
        text = self._raw(path)
        if text is None:
            return
        self.findings += method_findings(path, text)
        if PYTHON_MODEL not in text:
            return
        keys = ("materialized", "+materialized")
        try:
            edits = words_replaced(text, keys, PYTHON_MODEL, "table")
        except YamlNotEdited as error:
            self.unseen.append(Unseen(f"`{PYTHON_MODEL}` in {path}", str(error), "write table"))
            return
        if edits:
            fix = Fix("python_model -> table", path, tuple(edits))
            said = "`python_model` is dbt-glue's word for `table`, and taken for it with a warning"
            self.findings.append(
                Finding("warning", path, "materialized", said, "write table", fix=fix)
            )

    def macros(self) -> None:
        """Macros, tests and analyses: what they call, and whether one says where tables are."""
        settings = read_project_settings(self._root)
        for folder in settings.other_paths:
            for file in sorted((self._root / folder).rglob("*.sql")):
                path = file.relative_to(self._root).as_posix()
                text = self._raw(path)
                if text is not None:
                    self._own_schemas |= says_schemas(text)
                    self.findings += sql_findings(path, text)

    def _built(self) -> list[Built]:
        return list(built_of(self.nodes, self._known_credentials, own_schemas=self._own_schemas))

    def tables(self, *, offline: bool, tell: Tell) -> TableReport:
        nothing = TableReport([], [], [], 0)
        if offline:
            why = Unseen("the Data Catalog and S3", "--offline", "dbt-glue doctor without it")
            return nothing._replace(unseen=[why])
        if self._credentials is None:
            why = Unseen("the Data Catalog and S3", "the profile does not say how to reach them")
            return nothing._replace(unseen=[why])
        clients = AwsClients(self._credentials, str(self._root))
        return look_at_tables(self._built(), clients, self._credentials, tell)

    def all_findings(self, tables: TableReport) -> Iterator[Finding]:
        """All of them in the order of files; of a strategy that will be an error the softer finding goes."""
        sure = {(each.where, each.about) for each in tables.findings if each.level == ERROR}
        found = [
            each
            for each in self.findings
            if not (each.about == "strategy" and (each.where, each.about) in sure)
        ]
        first = {PROFILES: "", PROJECT: " "}
        return iter(
            sorted(
                dict.fromkeys([*found, *tables.findings]),
                key=lambda each: first.get(each.where, each.where),
            )
        )

    def policies(self) -> iam.Policies:
        credentials = self._known_credentials
        built = self._built()
        governed = any(
            known_config(node).get(name) for node in self.nodes for name in _GOVERNED
        ) or bool(credentials.lf_tags)
        locations = [credentials.location or "s3://<bucket>/<path>"]
        for node in self.nodes:
            config = known_config(node)
            names = ("custom_location", "location_root", "location")
            locations += [str(config[name]) for name in names if config.get(name)]
        temporary = [credentials.temp_schema] if credentials.temp_schema else []
        uses = iam.uses_of(
            (format_of_node(node, credentials) for node in self.nodes),
            [*(item.schema for item in built if item.schema), credentials.schema, *temporary],
            (table.schema or table.source for table in self._project.sources),
            locations,
            lake_formation=governed,
        )
        return iam.policies(credentials, uses)

    def _raw(self, path: str) -> str | None:
        """The text of a file as it is, with its line ends; None where it cannot be read."""
        try:
            return (self._root / path).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.unseen.append(Unseen(path, str(error)))
            return None
