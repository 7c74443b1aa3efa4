"""The same random calls to the endpoint's S3 and to moto's: where their answers differ.

Keys are such that both can have them: none is a folder of another. Neither times nor the texts of
errors nor ids are compared. A history ends where a change has two results: from there on the two have
different things. The last line is JSON: for each operation its differences, each with an example.
"""

import base64
import json
import random
import secrets
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

RUN = secrets.token_hex(4)  # an endpoint may have seen a run before
SEQUENCES, CALLS = int(sys.argv[1]), int(sys.argv[2])
KEYS = ("a", "b/c", "b/d", "b-e", "b0", "é/ñ", "f g/h=1/i")
READING = ("get_", "head_", "list_")
KEPT = (
    "ETag", "ContentLength", "ContentRange", "ContentType", "CacheControl", "Metadata", "AcceptRanges",
    "ChecksumCRC32", "ChecksumSHA256", "ChecksumType", "TagCount", "TagSet", "IsTruncated", "KeyCount",
    "MaxKeys", "Prefix", "Delimiter", "StartAfter", "Marker", "NextMarker", "Contents", "CommonPrefixes",
    "Parts", "Uploads", "Deleted", "Errors", "CopyObjectResult", "CopyPartResult", "Body",
    "LocationConstraint",
)  # fmt: skip
INSIDE = (
    "Key",
    "Size",
    "ETag",
    "StorageClass",
    "Prefix",
    "PartNumber",
    "Code",
    "Value",
    "ChecksumCRC32",
)


def client(url=None, **keys):
    """boto3's client, which tries once."""
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=url, config=config, region_name="us-east-1", **keys)


class Sequence:
    """One history: what to call next is random, and what was made before makes sense of it."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.bucket = f"clients-moto-{RUN}-{seed}"
        self.uploads = []
        self.etags = {}
        self.parts = {}
        self.calls = [name for name in dir(self) if name.startswith("next_")]

    def next(self):
        """An operation and its arguments; those of uploads are numbers until they are sent."""
        name = self.random.choice(self.calls)
        return name.removeprefix("next_").partition("__")[0], getattr(self, name)()

    def maybe(self, probability=0.3, **members):
        return members if self.random.random() < probability else {}

    def key(self):
        return self.random.choice(KEYS)

    def at(self):
        bucket = self.bucket if self.random.random() < 0.97 else "clients-moto-absent"
        return {"Bucket": bucket, "Key": self.key()}

    def etag(self):
        known = sorted(set(self.etags.values()))
        return self.random.choice([*known, '"0123456789abcdef0123456789abcdef"', "*"])

    def body(self):
        return self.random.choice((b"", b"one", b"0123456789", "é".encode() * 50))

    def conditions(self):
        return {
            **self.maybe(0.15, IfMatch=self.etag()),
            **self.maybe(0.15, IfNoneMatch=self.etag()),
        }

    def next_put_object(self):
        return {
            "Bucket": self.bucket,
            "Key": self.key(),
            "Body": self.body(),
            **self.maybe(ContentType="text/plain"),
            **self.maybe(CacheControl="no-cache"),
            **self.maybe(Metadata={"team": "data"}),
            **self.maybe(0.2, Tagging="a=1&b=2"),
            **self.maybe(0.2, ChecksumAlgorithm="SHA256"),
        }

    next_put_object__again = next_put_object

    def next_put_object__if(self):
        return {
            **self.next_put_object(),
            **self.random.choice(({"IfNoneMatch": "*"}, {"IfMatch": self.etag()})),
        }

    def next_get_object(self):
        return {**self.at(), **self.conditions()}

    def next_get_object__range(self):
        ranges = (
            "bytes=0-1",
            "bytes=2-",
            "bytes=-2",
            "bytes=0-999",
            "bytes=500-",
            "bytes=-0",
            "bytes=3-1",
            "bytes=a",
        )
        return {**self.at(), "Range": self.random.choice(ranges)}

    def next_head_object(self):
        return {**self.at(), **self.conditions(), **self.maybe(ChecksumMode="ENABLED")}

    def next_copy_object(self):
        return {
            "Bucket": self.bucket,
            "Key": self.key(),
            "CopySource": self.at(),
            **self.maybe(MetadataDirective="REPLACE", Metadata={"copied": "yes"}),
            **self.maybe(0.1, CopySourceIfMatch=self.etag()),
            **self.maybe(0.1, CopySourceIfNoneMatch=self.etag()),
        }

    def next_delete_object(self):
        return self.at()

    def next_delete_objects(self):
        objects = [{"Key": key} for key in self.random.sample(KEYS, 2)]
        return {"Bucket": self.bucket, "Delete": {"Objects": objects, **self.maybe(Quiet=True)}}

    def listing(self):
        return {
            "Bucket": self.at()["Bucket"],
            **self.maybe(0.5, Prefix=self.random.choice(("a", "b", "b/", "f g/", "é/", "none"))),
            **self.maybe(0.5, Delimiter=self.random.choice(("/", "-", "=1"))),
            **self.maybe(0.5, MaxKeys=self.random.randrange(1, 4)),
        }

    def next_list_objects_v2(self):
        return {
            **self.listing(),
            **self.maybe(StartAfter=self.random.choice(("b", "b/", "b/c", "b0"))),
        }

    def next_list_objects(self):
        return {**self.listing(), **self.maybe(Marker=self.random.choice(("b", "b/", "b/c", "b0")))}

    def next_get_object_tagging(self):
        return self.at()

    def next_put_object_tagging(self):
        return {**self.at(), "Tagging": {"TagSet": [{"Key": "c", "Value": "3"}]}}

    def next_create_multipart_upload(self):
        return {"Bucket": self.bucket, "Key": self.key(), **self.maybe(Metadata={"parts": "yes"})}

    def upload(self):
        known = [each for each in self.uploads if each is not None]
        return (
            self.random.choice(known)
            if known
            else {"Bucket": self.bucket, "Key": "a", "UploadId": None}
        )

    def next_upload_part(self):
        body = self.random.choice((b"small", b"x" * (5 * 2**20)))
        return {**self.upload(), "PartNumber": self.random.randrange(1, 4), "Body": body}

    next_upload_part__again = next_upload_part

    def next_upload_part_copy(self):
        return {
            **self.upload(),
            "PartNumber": self.random.randrange(1, 4),
            "CopySource": self.at(),
            **self.maybe(CopySourceRange="bytes=1-2"),
        }

    def next_list_parts(self):
        return self.upload()

    def next_list_multipart_uploads(self):
        return {"Bucket": self.bucket}

    def next_abort_multipart_upload(self):
        return self.upload()

    def next_complete_multipart_upload(self):
        upload = self.upload()
        parts = list(self.parts.get(upload["UploadId"], {}).items())
        self.random.shuffle(parts) if self.random.random() < 0.2 else parts.sort()
        listed = [{"PartNumber": number, "ETag": etag} for number, etag in parts]
        return {**upload, "MultipartUpload": {"Parts": listed}, **self.maybe(0.2, IfNoneMatch="*")}


def send(s3, ids, operation, arguments):
    """The answer in a shape that can be compared."""
    given = dict(arguments)
    if "UploadId" in given:
        given["UploadId"] = ids.get(given["UploadId"], "none")
    try:
        answer = getattr(s3, operation)(**given)
    except ClientError as error:
        return {
            "Error": error.response["Error"]["Code"],
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
        }
    if operation == "create_multipart_upload":
        ids[len(ids)] = answer["UploadId"]
    if "Body" in answer:
        answer["Body"] = base64.b64encode(answer["Body"].read()).decode()
    found = {name: inside(answer[name]) for name in KEPT if name in answer}
    return {**found, "status": answer["ResponseMetadata"]["HTTPStatusCode"]}


def inside(value):
    """What is compared of a member."""
    if isinstance(value, list):
        return [inside(each) for each in value]
    if isinstance(value, dict):
        return {
            name: item
            for name, item in value.items()
            if name in INSIDE or (isinstance(item, str) and name.islower())
        }
    return value


def differences(here, there):
    """The members in which two answers differ, as `name: here | there`."""
    if "Error" in here or "Error" in there:
        pair = [each.get("Error", "OK") for each in (here, there)]
        return [f"Error: {pair[0]} | {pair[1]}"] if pair[0] != pair[1] else []
    return [
        f"{name}: {brief(here, name)} | {brief(there, name)}"
        for name in sorted({*here, *there})
        if here.get(name) != there.get(name)
    ]


def brief(answer, name):
    """A member's value, where it is short enough to be a kind of difference."""
    value = answer.get(name, "-")
    return value if isinstance(value, (bool, int)) or value == "-" else "other"


def learn(sequence, operation, arguments, answer):
    """What later calls can refer to."""
    if "Error" in answer:
        return
    if operation == "create_multipart_upload":
        sequence.uploads.append(
            {
                **{name: arguments[name] for name in ("Bucket", "Key")},
                "UploadId": len(sequence.uploads),
            }
        )
    elif operation in ("upload_part", "upload_part_copy"):
        etag = answer.get("ETag") or answer["CopyPartResult"]["ETag"]
        sequence.parts.setdefault(arguments["UploadId"], {})[arguments["PartNumber"]] = etag
    elif operation in ("complete_multipart_upload", "abort_multipart_upload"):
        sequence.uploads[arguments["UploadId"]] = None
    elif answer.get("ETag"):
        sequence.etags[arguments["Key"]] = answer["ETag"]


def compare(seed, here, there, found):
    """One history; how many calls were the same."""
    sequence, ids = Sequence(seed), ({}, {})
    for each in (here, there):
        each.create_bucket(Bucket=sequence.bucket)
    for number in range(CALLS):
        operation, arguments = sequence.next()
        answers = [
            send(s3, known, operation, arguments)
            for s3, known in zip((here, there), ids, strict=True)
        ]
        different = differences(*answers)
        for difference in different:
            shown = {
                name: value for name, value in arguments.items() if name not in ("Body", "Bucket")
            }
            found.setdefault(operation, {}).setdefault(difference, repr(shown)[:300])
        errors = ["Error" in answer for answer in answers]
        if different and errors[0] != errors[1] and not operation.startswith(READING):
            return number
        if operation == "create_multipart_upload" and errors != [False, False]:
            return number
        learn(sequence, operation, arguments, answers[0])
    return CALLS


if __name__ == "__main__":
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    there = client(f"http://127.0.0.1:{port}", aws_access_key_id="x", aws_secret_access_key="y")
    found = {}
    calls = sum(compare(seed, client(), there, found) for seed in range(SEQUENCES))
    server.stop()
    print(json.dumps({"calls": calls, "differences": found}, ensure_ascii=False))
