"""One interactive session of Glue, for programs that let Spark read what they wrote."""

import ast
import time

import boto3

_COMMAND = {"Name": "glueetl", "PythonVersion": "3"}


class SparkSession:
    """A session that is READY; `with` stops it."""

    def __init__(self, name):
        self._glue = boto3.client("glue")
        self._name = name
        role = "arn:aws:iam::000000000000:role/glue"
        self._glue.create_session(Id=name, Role=role, Command=_COMMAND, GlueVersion="5.1")

    def __enter__(self):
        """Waits for it."""
        while self._status() == "PROVISIONING":
            time.sleep(0.05)
        return self

    def __exit__(self, *error):
        """Stops it."""
        self._glue.delete_session(Id=self._name)

    def rows(self, query):
        """The rows of a query, as lists."""
        code = f"[list(row) for row in spark.sql({query!r}).collect()]"
        number = self._glue.run_statement(SessionId=self._name, Code=code)["Id"]
        while True:
            statement = self._glue.get_statement(SessionId=self._name, Id=number)["Statement"]
            if statement["State"] not in ("WAITING", "RUNNING"):
                break
            time.sleep(0.02)
        output = statement["Output"]
        if output["Status"] != "ok":
            raise RuntimeError(f"{output['ErrorName']}: {output['ErrorValue']}")
        return ast.literal_eval(output["Data"]["TextPlain"])

    def _status(self):
        return self._glue.get_session(Id=self._name)["Session"]["Status"]
