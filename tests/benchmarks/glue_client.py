"""A person at the Glue API of an embedded endpoint, through boto3, who never waits longer than needed."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

_ROLE = "arn:aws:iam::000000000000:role/glue"
_ENDED = ("AVAILABLE", "ERROR", "CANCELLED")


class GlueClient:
    """Sessions and statements of one endpoint."""

    def __init__(self, handle: EndpointHandle) -> None:
        self.glue = boto3.client(
            "glue",
            endpoint_url=handle.url,
            region_name="us-east-1",
            aws_access_key_id=handle.access_key_id,
            aws_secret_access_key=handle.secret_access_key,
        )
        self._ids = itertools.count()

    def session(self, **arguments: str) -> str:
        """A new session that is READY; returns its id. `arguments` are its DefaultArguments, `_` for `-`."""
        given = {f"--{name.replace('_', '-')}": value for name, value in arguments.items()}
        name = f"bench-{next(self._ids)}"
        command = {"Name": "glueetl", "PythonVersion": "3"}
        self.glue.create_session(
            Id=name, Role=_ROLE, Command=command, GlueVersion="5.1", DefaultArguments=given
        )
        while (status := self.glue.get_session(Id=name)["Session"]["Status"]) == "PROVISIONING":
            time.sleep(0.005)
        assert status == "READY", self.glue.get_session(Id=name)["Session"]
        return name

    def run(self, session: str, code: str, pause: float = 0.002) -> str:
        """What code that must succeed printed; asks for its state every `pause` seconds."""
        number = self.glue.run_statement(SessionId=session, Code=code)["Id"]
        while True:
            found = self.glue.get_statement(SessionId=session, Id=number)["Statement"]
            if found["State"] in _ENDED:
                break
            time.sleep(pause)
        assert found["Output"]["Status"] == "ok", found["Output"]
        return str(found["Output"]["Data"]["TextPlain"])

    def delete(self, session: str) -> None:
        """End a session and its Python process."""
        self.glue.delete_session(Id=session)
