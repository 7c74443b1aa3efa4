"""The same random calls to the endpoint and to moto's server: where their answers differ.

A history has databases of its own, and ends where a change has two results: from there on the two
have different things. Neither the texts of errors nor times are compared, and no list is as good as an
empty one. Names are in lower case, but in the first history. The ids of versions are compared, but a
call names a version by its place. What both answer with is compared by the shape that it is in.
"""

import json
import random
import sys
from datetime import datetime

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.glue.responses import GlueResponse
from moto.server import ThreadedMotoServer

NOT_THERE = "moto has it not"
READING = ("get_", "batch_get_", "search_")
SEQUENCES, CALLS = int(sys.argv[1]), int(sys.argv[2])
EXPRESSIONS = (
    "day = '2026-01-01'",
    "day > '2026-01-01' and hour < 3",
    "hour in (1, 2) or day = '2026-01-03'",
    "day between '2026-01-01' and '2026-01-02'",
    "day like '2026-01-%' and not hour = 2",
    "day is not null",
    "nobody = 1",
    "day = ",
)
KEYS = ({"Name": "day", "Type": "string"}, {"Name": "hour", "Type": "int"})


class Sequence:
    """One history: what to call next is random, and what was made before makes sense of it."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.prefix = f"moto_{seed}_"
        self.databases = [f"{self.prefix}{name}" for name in ("one", "two")]
        self.calls = {
            name.removeprefix("next_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("next_")
        }

    def first(self):
        """What nearly every history begins with."""
        if self.random.random() < 0.9:
            yield "create_database", {"DatabaseInput": {"Name": self.databases[0]}}
            yield "create_table", {**self.at(0), "TableInput": self.table_input("events")}
            yield "create_partition", {**self.at(0), "TableName": "events", **self.partition()}

    def next(self):
        """An operation and its arguments."""
        name = self.random.choice(sorted(self.calls))
        return name, self.calls[name]()

    def maybe(self, probability=0.5, **members):
        return members if self.random.random() < probability else {}

    def at(self, number=None):
        database = self.random.choice((*self.databases[:1] * 4, *self.databases))
        return {"DatabaseName": database if number is None else self.databases[number]}

    def name(self):
        return self.random.choice(("events", "events", "events", "other", "absent"))

    def on(self):
        return {**self.at(), "TableName": self.name()}

    def database_input(self):
        return {
            "Name": self.random.choice(self.databases),
            **self.maybe(Description=self.random.choice(("one", "two"))),
            **self.maybe(LocationUri="s3://clients/moto/"),
            **self.maybe(Parameters={"Owner": "tests"}),
        }

    def storage(self):
        return {
            **self.maybe(0.8, Columns=[{"Name": "id", "Type": "bigint", "Comment": "the number"}]),
            **self.maybe(Location="s3://clients/moto/events"),
            **self.maybe(Parameters={"a": "b"}),
            **self.maybe(SerdeInfo={"SerializationLibrary": "a.Serde", "Parameters": {"x": "y"}}),
        }

    def table_input(self, name=None):
        return {
            "Name": name or self.name(),
            "PartitionKeys": list(KEYS),
            **self.maybe(0.8, StorageDescriptor=self.storage()),
            **self.maybe(TableType=self.random.choice(("EXTERNAL_TABLE", "VIRTUAL_VIEW"))),
            **self.maybe(Description="what happened"),
            **self.maybe(Owner="tests"),
            **self.maybe(Retention=self.random.randrange(3)),
            **self.maybe(Parameters={"k": str(self.random.randrange(3))}),
        }

    def values(self):
        hours = ("1", "2", "3")
        day = f"2026-01-0{self.random.randrange(1, 4)}"
        return self.random.choice(([day, self.random.choice(hours)],) * 9 + ([day],))

    def partition(self):
        return {
            "PartitionInput": {
                **self.maybe(0.95, Values=self.values()),
                **self.maybe(0.8, StorageDescriptor=self.storage()),
                **self.maybe(Parameters={"p": "1"}),
            }
        }

    def arn(self):
        return f"arn:aws:glue:us-east-1:000000000000:database/{self.databases[0]}"

    def next_create_database(self):
        return {"DatabaseInput": self.database_input()}

    def next_get_database(self):
        return {"Name": self.random.choice(self.databases)}

    def next_get_databases(self):
        return {}

    def next_update_database(self):
        given = self.database_input()
        return {
            "Name": self.random.choice((given["Name"], *self.databases)),
            "DatabaseInput": given,
        }

    def next_delete_database(self):
        return {"Name": self.databases[1]}

    def next_create_table(self):
        return {**self.at(), "TableInput": self.table_input()}

    def next_get_table(self):
        return {**self.at(), "Name": self.name()}

    def next_get_tables(self):
        return {**self.at(), **self.maybe(Expression=self.random.choice(("ev*", ".*er", "absent")))}

    def next_update_table(self):
        return {
            **self.at(),
            "TableInput": self.table_input(),
            **self.maybe(0.2, SkipArchive=bool(self.random.randrange(2))),
            **self.maybe(0.1, VersionId=self.random.choice(("0", "1", "2", "x"))),
        }

    def next_delete_table(self):
        return {**self.at(), "Name": self.random.choice(("other", "absent"))}

    def next_batch_delete_table(self):
        return {**self.at(), "TablesToDelete": ["other", "absent"]}

    def next_get_table_versions(self):
        return self.on()

    def next_get_table_version(self):
        return {**self.on(), "VersionId": Place(self.random.randrange(3))}

    def next_delete_table_version(self):
        return {**self.on(), "VersionId": Place(self.random.randrange(3))}

    def next_batch_delete_table_version(self):
        return {**self.on(), "VersionIds": [Place(0), Place(1)]}

    def next_search_tables(self):
        return {"SearchText": self.prefix}

    def next_create_partition(self):
        return {**self.on(), **self.partition()}

    def next_batch_create_partition(self):
        inputs = [self.partition()["PartitionInput"] for _ in range(3)]
        return {**self.on(), "PartitionInputList": inputs}

    def next_get_partition(self):
        return {**self.on(), "PartitionValues": self.values()}

    def next_get_partitions(self):
        return {**self.on(), **self.maybe(0.8, Expression=self.random.choice(EXPRESSIONS))}

    def next_batch_get_partition(self):
        return {**self.on(), "PartitionsToGet": [{"Values": self.values()} for _ in range(3)]}

    def next_update_partition(self):
        return {**self.on(), "PartitionValueList": self.values(), **self.partition()}

    def next_batch_update_partition(self):
        entry = {"PartitionValueList": self.values(), **self.partition()}
        return {**self.on(), "Entries": [entry]}

    def next_delete_partition(self):
        return {**self.on(), "PartitionValues": self.values()}

    def next_batch_delete_partition(self):
        return {**self.on(), "PartitionsToDelete": [{"Values": self.values()} for _ in range(2)]}

    def next_get_partition_indexes(self):
        return self.on()

    def next_create_partition_index(self):
        return {**self.on(), "PartitionIndex": {"Keys": ["day"], "IndexName": "by_day"}}

    def next_get_tags(self):
        return {"ResourceArn": self.arn()}

    def next_tag_resource(self):
        return {"ResourceArn": self.arn(), "TagsToAdd": {"team": self.random.choice(("a", "b"))}}

    def next_untag_resource(self):
        return {"ResourceArn": self.arn(), "TagsToRemove": ["team"]}

    def next_create_user_defined_function(self):
        return {**self.at(), "FunctionInput": {"FunctionName": "f", "ClassName": "a.F"}}

    def next_get_user_defined_functions(self):
        return {**self.at(), "Pattern": "*"}

    def next_update_column_statistics_for_table(self):
        numbers = {"MaximumValue": 9, "NumberOfNulls": 0, "NumberOfDistinctValues": 3}
        return {
            **self.on(),
            "ColumnStatisticsList": [
                {
                    "ColumnName": "id",
                    "ColumnType": "bigint",
                    "AnalyzedTime": datetime(2026, 1, 1),
                    "StatisticsData": {"Type": "LONG", "LongColumnStatisticsData": numbers},
                }
            ],
        }

    def next_get_column_statistics_for_table(self):
        return {**self.on(), "ColumnNames": ["id"]}


class Place(int):
    """A version, named by its place in the list of versions."""


class Side:
    """One of the two services."""

    def __init__(self, **options):
        quick = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
        self.moto = bool(options)
        self.glue = boto3.client("glue", config=quick, **options)

    def call(self, operation, arguments):
        """The answer, or the error's code as a text."""
        try:
            answer = getattr(self.glue, operation)(**self.resolved(arguments))
        except ClientError as error:
            missing = operation not in dir(GlueResponse)
            return NOT_THERE if self.moto and missing else error.response["Error"]["Code"]
        answer.pop("ResponseMetadata")
        return answer

    def resolved(self, arguments):
        """The arguments with versions in the place of their places."""

        def version(place):
            where = {name: arguments[name] for name in ("DatabaseName", "TableName")}
            known = self.call("get_table_versions", where)
            found = [] if isinstance(known, str) else known["TableVersions"]
            ids = sorted(int(each["VersionId"]) for each in found)
            return str(ids[place]) if place < len(ids) else "77"

        return {
            name: version(value)
            if isinstance(value, Place)
            else [version(item) for item in value]
            if isinstance(value, list) and value and isinstance(value[0], Place)
            else value
            for name, value in arguments.items()
        }


ENTITIES = {
    "DatabaseList": "Database",
    "Partitions": "Partition",
    "TableList": "Table",
    "TableVersions": "TableVersion",
}
IDENTITY = ("Name", "Values", "PartitionValues", "IndexName")


def of_shape(path):
    """A path in an answer as one in the shape that it is in, whichever operation answers it."""
    parts = [ENTITIES.get(part, part) for part in path]
    last = max((n for n, part in enumerate(parts) if part in ENTITIES.values()), default=0)
    return ".".join(parts[last:])


def compare(here, there, path=()):
    """The differences between two values of an answer, as texts."""
    if isinstance(here, dict) and isinstance(there, dict):
        for name in sorted(here.keys() | there.keys()):
            where, ours, theirs = (*path, name), here.get(name), there.get(name)
            if name == "ErrorMessage" or (ours in (None, [], {}) and theirs in (None, [], {})):
                continue
            if ours is None or theirs is None:
                yield f"{of_shape(where)} {'there' if ours is None else 'here'} alone"
            else:
                yield from compare(ours, theirs, where)
    elif isinstance(here, list) and isinstance(there, list):
        ours, theirs = (
            {identity(n, item): item for n, item in enumerate(ordered(x))} for x in (here, there)
        )
        if ours.keys() != theirs.keys():
            yield f"{of_shape(path)} has other items"
            return
        for key in sorted(ours.keys() & theirs.keys()):
            yield from compare(ours[key], theirs[key], path)
    elif isinstance(here, datetime) and isinstance(there, datetime):
        return
    elif here != there:
        yield f"{of_shape(path)} differs"


def ordered(items):
    """Versions by their number; neither says in which order it lists them."""
    versions = bool(items) and isinstance(items[0], dict) and "Table" in items[0]
    return sorted(items, key=lambda item: int(item["VersionId"])) if versions else items


def identity(number, item):
    """What says which of a list's things one is: versions, whose ids differ, by their place."""
    if not isinstance(item, dict) or "Table" in item:
        return str(number)
    return json.dumps([item.get(name) for name in IDENTITY])


def differences(operation, ours, theirs, prefix):
    """The differences between two answers, or errors, as texts."""
    if isinstance(ours, str) or isinstance(theirs, str):
        ours, theirs = (x if isinstance(x, str) else "an answer" for x in (ours, theirs))
        if theirs == NOT_THERE:
            yield f"{operation}: {NOT_THERE}"
        elif ours != theirs:
            yield f"{operation}: {ours} here, {theirs} there"
        return
    if operation == "get_databases":
        ours, theirs = (
            {"DatabaseList": [d for d in x["DatabaseList"] if d["Name"].startswith(prefix)]}
            for x in (ours, theirs)
        )
    yield from compare(ours, theirs)


def fixed_histories(seed):
    """What random calls hardly hit: names that are not in lower case, and partitions in disorder."""
    name = f"Moto_{seed}_One"
    yield [
        ("create_database", {"DatabaseInput": {"Name": name}}),
        ("get_database", {"Name": name}),
        ("create_table", {"DatabaseName": name, "TableInput": {"Name": "Events"}}),
        ("get_table", {"DatabaseName": name.lower(), "Name": "EVENTS"}),
    ]
    sequence = Sequence(seed)
    where, on = sequence.at(0), {**sequence.at(0), "TableName": "events"}
    table = {"Name": "events", "PartitionKeys": list(KEYS)}
    beginning = [
        ("create_database", {"DatabaseInput": {"Name": sequence.databases[0]}}),
        ("create_table", {**where, "TableInput": table}),
    ]
    values = ["2026-01-01", "1"]
    created = ("create_partition", {**on, "PartitionInput": {"Values": values}})
    fewer = {"PartitionValueList": values, "PartitionInput": {"Values": values[:1]}}
    yield [*beginning, created, ("batch_update_partition", {**on, "Entries": [fewer]})]
    without = {"PartitionValueList": values, "PartitionInput": {}}
    yield [*beginning, created, ("update_partition", {**on, **without})]
    yield [*beginning, ("get_partitions", {**on, "Expression": "day = "})]


def random_history(seed):
    """CALLS calls, of which each is drawn."""
    sequence = Sequence(seed)
    steps = list(sequence.first())
    while len(steps) < CALLS:
        operation, arguments = sequence.next()
        steps.append((operation, arguments))
        if arguments.get("SkipArchive"):  # moto keeps the version all the same: see it, and end
            database, table = arguments["DatabaseName"], arguments["TableInput"]["Name"]
            on = {"DatabaseName": database, "TableName": table}
            steps.append(("get_table_versions", on))
            break
    return steps


def main():
    """Runs the histories; prints what was called and the differences with an example each."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    here, there = Side(), Side(endpoint_url=f"http://127.0.0.1:{port}")
    found, called, count = {}, set(), 0
    fixed = {seed: list(fixed_histories(seed))[seed] for seed in range(4)}
    for seed in range(SEQUENCES):
        for operation, arguments in fixed.get(seed) or random_history(seed):
            called.add(operation)
            count += 1
            ours, theirs = (side.call(operation, arguments) for side in (here, there))
            differing = list(differences(operation, ours, theirs, f"moto_{seed}_"))
            for difference in differing:
                found.setdefault(difference, json.dumps(arguments, default=str))
            alone = theirs == NOT_THERE and operation != "batch_delete_table_version"
            if differing and not alone and not operation.startswith(READING):
                break
        for name in Sequence(seed).databases:
            here.call("delete_database", {"Name": name})
    server.stop()
    print(json.dumps({"calls": count, "called": sorted(called), "differences": found}))


main()
