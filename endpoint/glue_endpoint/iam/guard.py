"""Judges each request of an endpoint by a policy file, and notes which permissions were used.

Whoever has the endpoint's own keys is the caller; whoever has keys of a session, or assumed a role, is the session role.
The account's owner, whose keys follow from the endpoint's own, is not held to it.
Not judged: trust policies, whose roles may be assumed and passed; policies of resources, boundaries and organisations.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from glue_endpoint.account import SESSION_ROLE_ARN, USER_ARN
from glue_endpoint.api.auth import OWNER_KEY
from glue_endpoint.errors import AccessDeniedException
from glue_endpoint.iam.decisions import ALLOWED, DENIED, decide
from glue_endpoint.iam.documents import CALLER, ROLE, policies_of, read_policies
from glue_endpoint.iam.glue import resources_of
from glue_endpoint.iam.principals import caller_of, keys_of, session_role_of
from glue_endpoint.iam.s3 import context_of, permissions
from glue_endpoint.iam.spark_rules import spark_rules

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from glue_endpoint.iam.documents import Policies

USES_FILE = "permissions.jsonl"
"""In the state folder: each permission that was asked for, once: principal, action, resource, decision."""
RULES_FILE = "s3-permissions.txt"
"""What Spark's file system is told of the session role's policy."""
_MOST_USES = 20_000
_WITHOUT = frozenset({"GetCallerIdentity"})
"""Needs no permission, and cannot be denied."""


class Guard:
    """The judge of an endpoint whose state is in `folder`; without policies nothing is refused. Any thread may ask."""

    def __init__(self, policy: Path | None, folder: Path) -> None:
        """Raises EndpointStartError for a file that cannot be used."""
        self._policies: Policies | None = read_policies(policy) if policy is not None else None
        self._folder = folder
        self._noted: set[tuple[str, str, str, str]] = set()
        self._lock = threading.Lock()
        self._assumed: dict[str, tuple[str, str]] = {}
        self._role = ""
        self.rules_file: Path | None = None
        if self._policies is not None:
            (folder / USES_FILE).unlink(missing_ok=True)
            self.rules_file = folder / RULES_FILE
            self._take_role(session_role_of(self._policies))

    @property
    def uses_file(self) -> Path:
        """Where what was asked for is noted."""
        return self._folder / USES_FILE

    def check(self, service: str, access_key_id: str, operation: str, request: Any) -> None:
        """Raises AccessDeniedException, as AWS words it, where a call of a JSON or Query API is not permitted."""
        if self._policies is None or operation in _WITHOUT:
            return
        home = f"arn:aws:glue:{self._policies.region}:{self._policies.account}"
        for action, resource, context in _wanted(service, operation, request, home):
            refused = self._refusal(access_key_id, action, resource, context)
            if refused is not None:
                raise AccessDeniedException(refused)
        if service == "glue" and operation == "CreateSession":
            self._take_role(request["Role"])

    def assumed(self, access_key_id: str, role: str, session: str) -> None:
        """Keys were given out to who assumed a role: its ARN, and that of the role's session."""
        with self._lock:
            self._assumed[access_key_id] = (role, session)

    def check_session(self, operation: str, request: dict[str, Any]) -> None:
        """The same for a call of Glue's that Spark makes in a session."""
        self.check("glue", SESSION_KEYS, operation, request)

    def s3_refusal(
        self,
        access_key_id: str,
        operation: str,
        bucket: str,
        key: str,
        query: Mapping[str, str],
        source: tuple[str, str] | None = None,
        headers: Collection[str] = (),
        *,
        noted: bool = True,
    ) -> str | None:
        """Why a call of S3's is not permitted; None where it is. What nobody has asked for need not be noted."""
        if self._policies is None:
            return None
        for action, resource in permissions(operation, bucket, key, source, headers):
            refused = self._refusal(access_key_id, action, resource, context_of(query), noted=noted)
            if refused is not None:
                return refused
        return None

    def _refusal(
        self,
        access_key_id: str,
        action: str,
        resource: str | None,
        context: Mapping[str, str],
        *,
        noted: bool = True,
    ) -> str | None:
        assert self._policies is not None  # noqa: S101 - asked before
        if access_key_id == OWNER_KEY:
            return None
        of_role = access_key_id.startswith(SESSION_KEYS)
        if of_role:
            principal, shown = self._assumed.get(access_key_id, (self._role, SESSION_ROLE_ARN))
        else:
            principal, shown = caller_of(self._policies), USER_ARN
        statements = self._policies.session_role if of_role else self._policies.caller
        keys = {**keys_of(self._policies, principal), **context}
        decision = decide(statements, action, resource, keys)
        if noted:
            self._note(ROLE if of_role else CALLER, action, resource or "", decision)
        return None if decision == ALLOWED else refusal(shown, action, resource, decision)

    def _take_role(self, role: str) -> None:
        """Sessions run as this role from now on: Spark's rules are made anew for it."""
        if self._policies is None or self.rules_file is None:
            return
        with self._lock:
            if role == self._role:
                return
            self._role = role
            rules = spark_rules(self._policies.session_role, keys_of(self._policies, role))
            # In one step: a Spark that runs reads the file again when it is another one.
            new = self.rules_file.with_suffix(".new")
            new.write_text("".join(f"{rule}\n" for rule in rules), encoding="utf-8")
            new.replace(self.rules_file)

    def _note(self, *use: str) -> None:
        with self._lock:
            if use in self._noted or len(self._noted) >= _MOST_USES:
                return
            self._noted.add(use)  # type: ignore[arg-type]
            with self.uses_file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(use) + "\n")


SESSION_KEYS = "ASIA"
"""How the key ids of sessions and of assumed roles begin."""


def refusal(arn: str, action: str, resource: str | None, decision: str) -> str:
    """What AWS says."""
    why = (
        "with an explicit deny in an identity-based policy"
        if decision == DENIED
        else f"because no identity-based policy allows the {action} action"
    )
    about = f" on resource: {resource}" if resource and resource != "*" else ""
    return f"User: {arn} is not authorized to perform: {action}{about} {why}"


def needed(document: dict[str, Any], uses: list[list[str]]) -> set[tuple[str, str]]:
    """Of the permissions that were used, (principal, action), those that a policy file refuses."""
    policies = policies_of(document)
    missing = set()
    for principal, action, resource, _ in uses:
        of_role = principal == ROLE
        statements = policies.session_role if of_role else policies.caller
        who = session_role_of(policies) if of_role else caller_of(policies)
        context = {**keys_of(policies, who), "iam:PassedToService": "glue.amazonaws.com"}
        if decide(statements, action, resource or None, context) != ALLOWED:
            missing.add((principal, action))
    return missing


def _wanted(
    service: str, operation: str, request: Any, home: str
) -> list[tuple[str, str | None, dict[str, str]]]:
    """Actions, resources and condition keys of one call."""
    if service == "glue":
        found: list[tuple[str, str | None, dict[str, str]]] = [
            (f"glue:{operation}", resource, {})
            for resource in resources_of(operation, request, home)
        ]
        if operation == "CreateSession":
            passed = {"iam:PassedToService": "glue.amazonaws.com"}
            found.append(("iam:PassRole", request["Role"], passed))
            if request.get("Tags"):
                found.append(("glue:TagResource", found[0][1], {}))
        return found
    if service == "sts":
        return [(f"sts:{operation}", request.get("RoleArn", "*"), {})]
    if service == "s3tables":
        bucket = request.get("tableBucketARN")
        named = operation in _OF_TABLE and bucket and request.get("name")
        return [
            (f"s3tables:{operation}", f"{bucket}/table/{named}" if named else bucket or "*", {})
        ]
    return [(f"{service}:{operation}", "*", {})]


_OF_TABLE = frozenset({
    "DeleteTable", "GetTable", "GetTableMetadataLocation", "RenameTable", "UpdateTableMetadataLocation",
})  # fmt: skip
"""Operations of S3 Tables on a table; AWS's ARN ends with its id, here with its name."""
