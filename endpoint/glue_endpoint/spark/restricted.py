"""A session whose code reaches neither the JVM nor RDDs, as far as AWS tells of fine-grained access control.

PySpark's own code goes on as ever: it is the caller's file that decides. Loaded by worker.py in the session's
process, which has nothing else of this package.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

_MISSING = object()
_JVM = "py4j.security.Py4JSecurityException: {} is not to be had: this session has no access to the JVM"
_RDD = "SparkRDDUnsupportedException: {}: RDDs are not supported in this session"


class _Guarded:
    """An attribute that the code of libraries sees as it is; everybody else gets an error."""

    def __init__(self, name: str, original: Any, message: str, libraries: tuple[str, ...]) -> None:
        self._name = name
        self._original = original
        self._message = message
        self._libraries = libraries

    def __get__(self, instance: Any, owner: Any) -> Any:
        if not sys._getframe(1).f_code.co_filename.startswith(self._libraries):
            from py4j.protocol import Py4JError

            raise Py4JError(self._message.format(f"{owner.__name__}.{self._name}"))
        if instance is not None and self._name in vars(instance):
            return vars(instance)[self._name]
        if self._original is _MISSING:
            raise AttributeError(self._name)
        get = getattr(type(self._original), "__get__", None)
        return self._original if get is None else get(self._original, instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        vars(instance)[self._name] = value


def be_as_aws(words: list[str], names: dict[str, Any], context: Any, ours: Any) -> None:
    """What of `--as-aws` is a session's process to do (see fidelity.py); `names` are those of its `__main__`."""
    if "utc" in words:
        os.environ["TZ"] = "UTC"
        time.tzset()
    if "jvm" in words:
        restrict(names["spark"], context, ours)
    if "bare" in words:
        del names["glueContext"]  # the others are Livy's


def restrict(session: Any, context: Any, own: tuple[str, ...]) -> None:
    """From now on `session` and all that comes of it has no JVM and no RDDs; `own` are files that do as libraries."""
    import py4j
    import pyspark

    folders = [os.path.dirname(module.__file__) + os.sep for module in (pyspark, py4j)]  # noqa: PTH120
    libraries = (*folders, *own)
    frame = session.range(0)
    column = frame["id"]
    guarded = [
        (type(context), ("_jvm", "_jsc", "_gateway"), _JVM),
        (type(session), ("_jvm", "_jsparkSession"), _JVM),
        (type(frame), ("_jdf",), _JVM),
        (type(column), ("_jc",), _JVM),
        (type(session.catalog), ("_jcatalog",), _JVM),
        (type(session.conf), ("_jconf",), _JVM),
        (type(frame), ("rdd",), _RDD),
        (type(context), ("parallelize", "textFile", "range", "emptyRDD", "wholeTextFiles"), _RDD),
        (type(context), ("binaryFiles", "sequenceFile", "pickleFile", "union", "runJob"), _RDD),
    ]
    for kind, names, message in guarded:
        for name in names:
            original = next(
                (vars(base)[name] for base in kind.__mro__ if name in vars(base)), _MISSING
            )
            setattr(kind, name, _Guarded(name, original, message, libraries))
