"""What a session is made of: two models may share a session when their environments are the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.requirement import (
    parse_requirement,
    requirement_texts,
    split_requirements,
)
from glue_compiler.project.profile_values import parse_conf, parse_names

from dbt.adapters.glue.sessions.format_conf import format_conf, formats_of_glue
from dbt.adapters.glue.sessions.packages import (
    MODULES,
    absolute_libs,
    add_packages,
    check_limits,
    file_hashes,
    is_remote,
    is_there,
    normalised_requirements,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dbt.adapters.glue.credentials import GlueCredentials

__all__ = ["DESCRIPTION", "Environment"]

DESCRIPTION = "dbt"
"""What a session says of itself once it is ready."""

# A table that is switched in the Data Catalog must never be read from a stale file listing.
STATIC_CONF = {"spark.sql.filesourceTableRelationCacheSize": "0"}


@dataclass(frozen=True)
class Environment:
    """Everything of CreateSession that decides what code finds in the session."""

    role: str
    glue_version: str
    worker_type: str
    workers: int
    idle_timeout: int
    timeout: int
    arguments: Mapping[str, str] = field(default_factory=dict)
    connections: tuple[str, ...] = ()
    security_configuration: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    contents: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, credentials: GlueCredentials) -> Environment:
        """The environment that a profile describes."""
        return cls(
            role=credentials.session_role,
            glue_version=credentials.glue_version,
            worker_type=credentials.worker_type,
            workers=credentials.workers,
            idle_timeout=credentials.idle_timeout,
            timeout=credentials.query_timeout_in_minutes,
            arguments=_arguments(credentials),
            connections=parse_names(credentials.connections),
            security_configuration=credentials.security_configuration,
            tags=credentials.session_tags(),
            group=credentials.group_session_id,
            contents=file_hashes(lib for lib in _libs(credentials) if Path(lib).is_file()),
        )

    def with_packages(
        self,
        packages: Iterable[str] = (),
        additional_libs: Iterable[str] = (),
        contents: Mapping[str, str] | None = None,
    ) -> Environment:
        """This environment with more Python packages and libraries; see `packages.add_packages`.

        `contents` are the hashes of local files among them: another content is another environment.
        """
        arguments = dict(self.arguments)
        add_packages(arguments, packages, additional_libs)
        return replace(self, arguments=arguments, contents={**self.contents, **(contents or {})})

    @property
    def fingerprint(self) -> str:
        """A word of 12 letters that is the same for the same environment, in every process.

        The same packages in another order, or another spelling, are the same environment.
        """
        described = {**asdict(self), "arguments": _normalised(self.arguments)}
        text = json.dumps(described, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def create_request(self, session_id: str) -> dict[str, Any]:
        """CreateSession's parameters. Raises DbtRuntimeError for arguments over Glue's limits."""
        check_limits(self.arguments)
        request: dict[str, Any] = {
            "Id": session_id,
            "Role": self.role,
            "Description": DESCRIPTION,
            "Command": {"Name": "glueetl", "PythonVersion": "3"},
            "DefaultArguments": dict(self.arguments),
            "NumberOfWorkers": self.workers,
            "WorkerType": self.worker_type,
            "IdleTimeout": self.idle_timeout,
            "Timeout": self.timeout,
            "GlueVersion": self.glue_version,
            "RequestOrigin": "dbt-glue-python",
        }
        if self.connections:
            request["Connections"] = {"Connections": list(self.connections)}
        if self.security_configuration:
            request["SecurityConfiguration"] = self.security_configuration
        if self.tags:
            request["Tags"] = dict(self.tags)
        return request

    def differences(self, session: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """What GetSession shows to be different: name -> (there, wanted). Fields it leaves out agree."""
        wanted = {
            "GlueVersion": self.glue_version,
            "WorkerType": self.worker_type,
            "NumberOfWorkers": self.workers,
            "SecurityConfiguration": self.security_configuration,
        }
        found = {
            name: (session[name], value)
            for name, value in wanted.items()
            if value is not None and session.get(name) not in (None, "", value)
        }
        there = session.get("DefaultArguments") or {}
        alike = _normalised(there)
        for name, value in _normalised(self.arguments).items():
            if there and alike.get(name) != value:
                found[name] = (there.get(name), self.arguments[name])
        return found


def _normalised(arguments: Mapping[str, str]) -> dict[str, Any]:
    """Session arguments with their packages in one order and spelling, for comparison."""
    changed: dict[str, Any] = dict(arguments)
    if MODULES in changed:
        changed[MODULES] = normalised_requirements(split_requirements(arguments[MODULES]))
    return changed


def _arguments(credentials: GlueCredentials) -> dict[str, str]:
    arguments = {"--enable-glue-datacatalog": "true", **credentials.session_arguments()}
    _extend(arguments, "--extra-jars", parse_names(credentials.extra_jars))
    _extend(arguments, "--extra-py-files", parse_names(credentials.extra_py_files))
    _extend(arguments, "--datalake-formats", formats_of_glue(credentials))
    version, local = credentials.glue_version, credentials.is_local
    packages = [
        text
        for text in requirement_texts(credentials.packages)
        if not is_there(parse_requirement(text), version, local=local)
    ]
    add_packages(arguments, packages, _libs(credentials))
    given = parse_conf(arguments.get("--conf"))
    conf = {**given, **STATIC_CONF, **credentials.session_conf()}
    conf.update(format_conf(credentials, conf))
    # Glue takes one --conf argument; further settings follow inside its value.
    arguments["--conf"] = " --conf ".join(f"{key}={value}" for key, value in conf.items())
    return arguments


def _libs(credentials: GlueCredentials) -> tuple[str, ...]:
    """The profile's libraries. Raises DbtRuntimeError for a local file where AWS would have to read it."""
    # dbt works in the project's folder.
    libs = absolute_libs(parse_names(credentials.additional_libs), Path.cwd())
    unreadable = [lib for lib in libs if not is_remote(lib)]
    if unreadable and not credentials.is_local:
        raise DbtRuntimeError(
            f"additional_libs in the profile: {', '.join(unreadable)}: Glue cannot read files of this "
            "machine. Put them in S3 and name them there: s3://bucket/..."
        )
    return libs


def _extend(arguments: dict[str, str], name: str, values: Iterable[str]) -> None:
    """Adds to a comma list, keeping the order and each value once."""
    present = [item for item in arguments.get(name, "").split(",") if item]
    merged = [*present, *(value for value in values if value not in present)]
    if merged:
        arguments[name] = ",".join(dict.fromkeys(merged))
