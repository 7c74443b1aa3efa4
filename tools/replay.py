"""Plays a recording of `dbt-glue record` against the embedded endpoint, and lists where the answers differ in shape.

    python tools/replay.py FILE              what AWS answered, and the endpoint does not (or otherwise)
    python tools/replay.py --make FILE       record the project of tests/replay on the embedded endpoint

What is compared: whether a call fails, with which code and status, and which keys its answer has. Names in the
recording are pseudonyms, which are as good as any; code of statements is not in it, so that they run nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "tests/replay/project"

_PATIENCE = 90.0
"""Seconds until a session or a statement of the endpoint is where the recorded one was."""
_PASSING = frozenset({None, "PROVISIONING", "WAITING", "RUNNING", "STOPPING"})
_TOKEN = re.compile(r"((?:name|key|bucket)\d+)|(<[^<>]*>)")


class Recording:
    """The lines of a file: `head`, and `calls` in the order in which they began."""

    def __init__(self, file: Path) -> None:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        if not lines or lines[0].get("recording") != 1:
            raise ValueError(f"{file} is no recording of `dbt-glue record` that this version knows")
        self.head: dict[str, Any] = lines[0]
        self.calls: list[dict[str, Any]] = sorted(
            (line for line in lines if "operation" in line), key=lambda call: int(call["n"])
        )


class Binding:
    """Which values of a run stand for the pseudonyms of a recording."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def match(self, recorded: Any, live: Any) -> dict[str, str] | None:
        """What the pseudonyms in a recorded value would have to stand for, so that it is a live one; None if it cannot be."""
        found = dict(self.values)
        return found if self._matches(recorded, live, found) else None

    def _matches(self, recorded: Any, live: Any, found: dict[str, str]) -> bool:
        if isinstance(recorded, dict):
            if not isinstance(live, dict):
                return False
            known = {
                key: each for key, each in recorded.items() if not re.fullmatch(r"key\d+", key)
            }
            return known.keys() <= live.keys() and all(
                self._matches(each, live[key], found) for key, each in known.items()
            )
        if isinstance(recorded, list):
            return (
                isinstance(live, list)
                and len(recorded) == len(live)
                and all(self._matches(*pair, found) for pair in zip(recorded, live, strict=True))
            )
        if isinstance(recorded, str) and isinstance(live, str):
            return self._matches_text(recorded, live, found)
        return isinstance(live, type(recorded)) or (
            isinstance(recorded, (int, float)) and isinstance(live, (int, float))
        )

    @staticmethod
    def _matches_text(recorded: str, live: str, found: dict[str, str]) -> bool:
        if recorded.startswith("<") and recorded.endswith(">"):
            return True
        pattern, tokens = "", []
        for index, part in enumerate(_TOKEN.split(recorded)):
            if part is None or not part:
                continue
            if index % 3 == 1:
                known = found.get(part)
                pattern += re.escape(known) if known is not None else "([^/]*?)"
                tokens += [part] if known is None else []
            else:
                pattern += ".*" if index % 3 == 2 else re.escape(part)
        matched = re.fullmatch(pattern, live, re.DOTALL | re.IGNORECASE)
        if matched is None:
            return False
        found.update(zip(tokens, matched.groups(), strict=True))
        return True

    def put_in(self, recorded: Any) -> Any:
        """A recorded value with what its pseudonyms stand for."""
        if isinstance(recorded, dict):
            return {self.put_in(key): self.put_in(each) for key, each in recorded.items()}
        if isinstance(recorded, list):
            return [self.put_in(each) for each in recorded]
        if isinstance(recorded, str):
            return _TOKEN.sub(lambda m: self.values.get(m[0], m[0]), recorded)
        return recorded


def shape(value: Any, path: str = "") -> set[str]:
    """The paths of keys in an answer, whatever the number of items of a list; maps that are the user's count as one."""
    found: set[str] = set()
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "ResponseMetadata":
                continue
            here = f"{path}.{key}".lstrip(".")
            found.add(here)
            if key not in ("Parameters", "DefaultArguments"):
                found |= shape(each, here)
    elif isinstance(value, list):
        for each in value:
            found |= shape(each, f"{path}[]")
    return found


def _empty(value: Any, path: str = "") -> Iterator[str]:
    """The paths of lists without an item, of which nobody knows what others would have."""
    if isinstance(value, dict):
        for key, each in value.items():
            here = f"{path}.{key}".lstrip(".")
            if each == []:
                yield here
            yield from _empty(each, here)
    elif isinstance(value, list):
        for each in value:
            yield from _empty(each, f"{path}[]")


def differences(calls: Sequence[Mapping[str, Any]], client: Any) -> Iterator[str]:
    """Where the answers of a service differ from the recorded ones. `client` gives a boto3 client by its service."""
    binding = Binding()
    for call in calls:
        what = f"{call['n']:>4} {call['service']}.{call['operation']}"
        if "exception" in call or call["service"] == "s3":
            continue
        answer, status, code = _played(call, binding, client(call["service"]))
        wanted = (call["status"], call.get("error", {}).get("code", ""))
        if (status, code) != wanted:
            yield f"{what}: {wanted[0]} {wanted[1] or 'OK'} is recorded, the endpoint answers {status} {code or 'OK'}"
            continue
        if code or _state(call["answer"]) in _PASSING - {None}:
            continue
        matched = binding.match(call["answer"], answer)
        binding.values = binding.values if matched is None else matched
        recorded, here = shape(call["answer"]), shape(answer)
        unknown = tuple(f"{path}[]" for each in (call["answer"], answer) for path in _empty(each))
        for sign, more in (("lacks", recorded - here), ("adds", here - recorded)):
            keys = [key for key in more if key != "NextToken" and not key.startswith(unknown)]
            if keys:
                yield f"{what}: the endpoint {sign} {', '.join(sorted(keys))}"


def _played(call: Mapping[str, Any], binding: Binding, client: Any) -> tuple[Any, int, str]:
    """What a service answers to a recorded call, once it is where the recorded one was."""
    operation, wanted = call["operation"], call.get("answer") or {}
    given = _without_texts(binding.put_in(call["parameters"]))
    if "Code" in call["parameters"]:
        given["Code"] = "print()"
    answer = _ask(client, operation, given)
    # A statement had made them, whose code is not in the recording.
    made = [wanted["Table"]] if "Table" in wanted else wanted.get("TableList", [])
    if operation in ("GetTable", "GetTables") and any(
        _make(client, binding, each) for each in made
    ):
        answer = _ask(client, operation, given)
    asked, name = operation, given
    if operation == "CreateSession":  # made once, and looked at until it is there
        asked, name = "GetSession", {"Id": given["Id"]}
    deadline = time.monotonic() + _PATIENCE
    while _state(answer[0]) != _state(wanted) and not answer[2] and time.monotonic() < deadline:
        if _state(wanted) in _PASSING:
            break
        time.sleep(0.1)
        answer = _ask(client, asked, name)
    return answer


def _make(client: Any, binding: Binding, recorded: Mapping[str, Any]) -> bool:
    """Makes a recorded table where there is none of its name."""
    table = _without_texts(binding.put_in(recorded))
    where = {"DatabaseName": table["DatabaseName"], "Name": table["Name"]}
    if _ask(client, "GetTable", where)[2] != "EntityNotFoundException":
        return False
    members = client.meta.service_model.shape_for("TableInput").members
    known = {key: each for key, each in table.items() if key in members}
    client.create_table(DatabaseName=table["DatabaseName"], TableInput=known)
    return True


def _state(answer: Mapping[str, Any]) -> str | None:
    """Of a session or a statement: how far it is."""
    session, statement = answer.get("Session") or {}, answer.get("Statement") or {}
    return session.get("Status") or statement.get("State")


def _without_texts(value: Any) -> Any:
    """Parameters with texts of the recorded length where no more is known; an argument of such a text is left out."""
    if isinstance(value, dict):
        kept = {key: each for key, each in value.items() if not (key[:2] == "--" and _length(each))}
        return {key: _without_texts(each) for key, each in kept.items()}
    if isinstance(value, list):
        return [_without_texts(each) for each in value]
    return "x" * _length(value) if _length(value) else value


def _length(value: Any) -> int:
    """The length that is recorded of a text; 0 where it is another thing."""
    found = re.fullmatch(r"<(\d+) characters .*>", value) if isinstance(value, str) else None
    return int(found[1]) if found else 0


def _ask(client: Any, operation: str, given: Mapping[str, Any]) -> tuple[Any, int, str]:
    from botocore import xform_name
    from botocore.exceptions import ClientError

    try:
        answer = getattr(client, xform_name(operation))(**given)
    except ClientError as error:
        told = error.response
        return {}, told["ResponseMetadata"]["HTTPStatusCode"], told["Error"]["Code"]
    return answer, answer["ResponseMetadata"]["HTTPStatusCode"], ""


def make(file: Path) -> int:
    """Records the project of tests/replay, run on an embedded endpoint of its own."""
    file.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        shutil.copytree(PROJECT, project)
        bin_folder = Path(sys.executable).parent
        state = str(Path(folder) / "endpoint")
        variables = {**os.environ, "DBT_GLUE_ENDPOINT_DIR": state, "DBT_PROFILES_DIR": str(project)}
        command = [str(bin_folder / "dbt-glue"), "record", "--output", str(file.absolute()), "--"]
        try:
            code = subprocess.call(
                [*command, str(bin_folder / "dbt"), "run"], cwd=project, env=variables
            )
            _shorten(file)
            return code
        finally:
            subprocess.call([str(bin_folder / "dbt-glue"), "endpoint", "stop", "--dir", state])


def _shorten(file: Path) -> None:
    """Leave out what was asked again and answered as before."""
    kept: list[str] = []
    last: dict[str, Any] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        call = json.loads(line)
        told = (call.get("parameters"), call.get("answer"))
        if call.get("operation") in ("GetSession", "GetStatement"):
            if last.get(call["operation"]) == told:
                continue
            last[call["operation"]] = told
        kept.append(line)
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")


def main() -> int:
    """Prints the differences; 1 where there are any."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--make", action="store_true", help="record the project of tests/replay")
    arguments = parser.parse_args()
    if arguments.make:
        return make(arguments.file)
    import boto3
    from glue_endpoint.process.client import ensure_endpoint, stop

    recording = Recording(arguments.file)
    with tempfile.TemporaryDirectory() as folder:
        handle = ensure_endpoint(Path(folder))
        session = boto3.Session(
            handle.access_key_id, handle.secret_access_key, region_name="us-east-1"
        )
        try:
            found = list(
                differences(
                    recording.calls, lambda name: session.client(name, endpoint_url=handle.url)
                )
            )
        finally:
            stop(Path(folder))
    print("\n".join(found) or "every answer has the recorded shape")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
