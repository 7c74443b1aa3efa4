"""The Python process of one session: runs its statements in `__main__`, on the warehouse's JVM.

Started as a script, with any Python that has PySpark (this file and those that it loads need nothing
else), or forked by fork_server.py where that Python is the one of its Spark. It reads requests (one JSON
object per line) from one pipe and writes events to another:

    -> attach {port, secret}          <- started {python}
    -> claim {argv, conf, path, ...}  <- attached {error?}
    -> run {id, code, group}          <- claimed {notes, error?}
    -> cancel {id}                    <- done {id, status, text, image, error_name, error_value, traceback}

Statements behave as in Livy's PySpark shell, on which Glue's sessions are built (fake_shell.py of
apache/incubator-livy): all but the last top-level node are executed, the last one as typed at a
prompt, so that an expression is echoed; the output is what went to sys.stdout, then sys.stderr.
Unlike Livy, what a failing statement printed is returned with its error. Output of child processes
goes to the session's log.

Cancelling: a thread of its own repeats every 100 ms, until the statement ends: it cancels the
statement's Spark job group, and interrupts the main thread with a KeyboardInterrupt, unless that
is inside py4j, where an exception would leave the connection to the JVM out of step, or, for a few
seconds, inside an import, which would leave half a module for the statements that follow.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import io
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
import types
from typing import Any

OUTPUT_LIMIT = 64 * 2**20
"""Bytes of output that one statement may return on each of stdout and stderr."""

CANCEL_INTERVAL = 0.1
IMPORT_PATIENCE = 5.0
"""Seconds that an import has to end before it is interrupted all the same."""

_READ_LATE = ("spark.hadoop.", "spark.sql.catalog.", "spark.glue.")
"""Settings that Spark does not register, but that count when they are set on a running session."""


def _load(name: str) -> Any:
    """A module beside this one, as one that no import of the user's finds."""
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")  # noqa: PTH100, PTH118, PTH120
    spec = importlib.util.spec_from_file_location(f"glue_endpoint_{name}", place)
    if spec is None or spec.loader is None:
        raise ImportError(place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_TEXT = _load("statement_text")
_OURS = (__file__, _TEXT.__file__)


class Captured(io.RawIOBase):
    """A sink for bytes that remembers the first OUTPUT_LIMIT of them."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = bytearray()
        self._dropped = 0
        self._lock = threading.Lock()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = len(data)
        with self._lock:
            room = max(0, OUTPUT_LIMIT - len(self._kept))
            self._kept += bytes(data[:room])
            self._dropped += max(0, size - room)
        return size

    def take(self) -> str:
        """What was written since the last call."""
        with self._lock:
            text = self._kept.decode("utf-8", "replace")
            if self._dropped:
                text += f"\n[{self._dropped} more bytes of output were dropped by the endpoint]\n"
            self._kept = bytearray()
            self._dropped = 0
        return text


class Worker:
    """The session's interpreter: its namespace, its captured output, the statement at hand."""

    def __init__(self, requests: Any, events: Any) -> None:
        self._requests = requests
        self._events = events
        self._events_lock = threading.Lock()
        self._queue: queue.Queue[dict[str, Any]] = queue.Queue()
        self._stdout = Captured()
        self._stderr = Captured()
        self._main = types.ModuleType("__main__")
        self._current: dict[str, Any] | None = None
        self._cancelled = False
        self._imports_until = 0.0
        self._to_cancel: set[int] = set()
        self._context: Any = None

    def serve(self) -> None:
        """Take requests until the pipe closes, which ends the process."""
        sys.modules["__main__"] = self._main
        sys.stdout = io.TextIOWrapper(self._stdout, "utf-8", "backslashreplace", write_through=True)
        sys.stderr = io.TextIOWrapper(self._stderr, "utf-8", "backslashreplace", write_through=True)
        signal.signal(signal.SIGUSR1, self._interrupt)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        import pyspark.sql  # noqa: F401  while the JVM may still be starting

        self._send(event="started", python=sys.version.split()[0])
        answers = {"attach": self._attach, "claim": self._claim, "run": self._run}
        while True:
            request = self._queue.get()
            answers[request["op"]](request)

    def _send(self, **event: Any) -> None:
        with self._events_lock:
            self._events.write(json.dumps(event) + "\n")
            self._events.flush()

    def _read(self) -> None:
        for line in self._requests:
            request = json.loads(line)
            if request["op"] == "cancel":
                # Remembered first: the statement may still be on its way to the main thread.
                self._to_cancel.add(request["id"])
                threading.Thread(target=self._cancel, args=(request["id"],), daemon=True).start()
            else:
                self._queue.put(request)
        os._exit(0)  # the endpoint is gone, or wants this session to end

    # -- attaching to the JVM --------------------------------------------------------------------

    def _attach(self, request: dict[str, Any]) -> None:
        try:
            self._connect(request["port"], request["secret"])
        except Exception as error:  # noqa: BLE001  reported to the endpoint, which fails the session
            self._send(event="attached", error=f"{type(error).__name__}: {error}")
        else:
            self._send(event="attached")

    def _connect(self, port: int, secret: str) -> None:
        """Make `spark`, `sc`, `glueContext`, `sqlContext`: a Spark session of our own."""
        os.environ["PYSPARK_GATEWAY_PORT"] = str(port)
        os.environ["PYSPARK_GATEWAY_SECRET"] = secret
        os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
        from pyspark import SparkConf, SparkContext
        from pyspark.java_gateway import launch_gateway
        from pyspark.sql import SparkSession, SQLContext

        gateway = launch_gateway()
        jvm = gateway.jvm
        host = jvm.org.apache.spark.sql.SparkSession.builder().getOrCreate()
        java_context = jvm.org.apache.spark.api.java.JavaSparkContext(host.sparkContext())
        conf = SparkConf(_jvm=jvm, _jconf=java_context.getConf())
        context = SparkContext(gateway=gateway, jsc=java_context, conf=conf)
        # SparkContext took SIGINT for a handler that cancels every session's jobs.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # A first session would make itself the default of the whole JVM: pretend there is one.
        SparkSession._instantiatedSession = types.SimpleNamespace(_sc=context)
        session = SparkSession(context, host.newSession())
        SparkSession._instantiatedSession = SparkSession._activeSession = session
        jvm.SparkSession.setActiveSession(session._jsparkSession)
        session.stop = context.stop = _stay  # the JVM is everybody's
        self._context = context
        self._adopt_threads(gateway, session)
        from awsglue.context import GlueContext

        glue_context = GlueContext(context)
        names = {"spark": session, "sc": context, "glueContext": glue_context}
        self._main.__dict__.update(names, sqlContext=SQLContext(context, session))

    def _adopt_threads(self, gateway: Any, session: Any) -> None:
        """Threads of the user's code belong to the statement: cancelled with it, same session.

        Each Python thread has a JVM thread of its own, made with its first call. Without this,
        that thread would have no job group, and the host's session as its active one.
        """
        client = gateway._gateway_client
        create = client._create_new_connection

        def create_for_thread() -> Any:
            connection = create()
            current = self._current
            if current is not None and threading.current_thread() is not threading.main_thread():
                self._context._jsc.setJobGroup(current["group"], "", True)
                gateway.jvm.SparkSession.setActiveSession(session._jsparkSession)
            return connection

        client._create_new_connection = create_for_thread

    def _claim(self, request: dict[str, Any]) -> None:
        """Become a session: its arguments, folder, import path and Spark configuration."""
        try:
            sys.argv = request["argv"]
            os.chdir(request["directory"])
            sys.path[:0] = request["path"]
            if request["path"]:
                self._context.environment["PYTHONPATH"] = os.pathsep.join(request["path"])
                # Spark hands a Python worker on to whoever has the same environment: not to one
                # for whom a file of the same name has another content.
                self._context.environment["DBT_GLUE_PATH_CONTENT"] = _content_of(request["path"])
            notes = self._configure(request["conf"])
            if request["as_aws"]:
                be_as_aws = _load("restricted").be_as_aws
                be_as_aws(request["as_aws"], self._main.__dict__, self._context, _OURS)
        except Exception as error:  # noqa: BLE001  reported to the endpoint, which fails the session
            self._send(event="claimed", notes=[], error=f"{type(error).__name__}: {error}")
        else:
            self._send(event="claimed", notes=notes)

    def _configure(self, conf: dict[str, str]) -> list[str]:
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException

        settings = self._main.__dict__["spark"].conf
        notes: list[str] = []

        def set_one(key: str, value: str) -> None:
            if settings.get(key, None) == value:
                return
            if not settings.isModifiable(key) and not key.startswith(_READ_LATE):
                notes.append(f"{key} has no effect: all sessions here share one Spark")
            try:
                settings.set(key, value)
                if key.startswith("spark.hadoop."):
                    settings.set(key[len("spark.hadoop.") :], value)
            except (PySparkException, Py4JJavaError) as error:
                first = str(error).strip().splitlines()[0]
                notes.append(f"{key} was not set: {first}")

        for key, value in conf.items():
            set_one(key, value)
        return notes

    # -- running ---------------------------------------------------------------------------------

    def _run(self, request: dict[str, Any]) -> None:
        result: dict[str, Any] = {"status": "ok"}
        self._cancelled = False
        self._current = request
        try:
            if request["id"] in self._to_cancel:
                raise KeyboardInterrupt("the statement was cancelled")
            self._context.setJobGroup(request["group"], f"statement {request['id']}", True)
            result["image"] = self._user_code(request["code"])
        except BaseException as error:  # noqa: BLE001  whatever the user's code raises is its result
            result = _describe(error)
        self._current = None
        self._to_cancel.discard(request["id"])
        text = self._stdout.take() + self._stderr.take()
        self._send(event="done", id=request["id"], text=text.rstrip(), **result)

    def _user_code(self, code: str) -> str:
        """Execute a statement in `__main__`; the caller drops this frame from tracebacks.

        Returns the image that its last part shows, "" for none.
        """
        image = ""
        for part in _TEXT.parts_of(code):
            image = ""
            if isinstance(part, str):
                image = _TEXT.image_of(part, self._main.__dict__)
            else:
                self._run_tree(part)
        return image

    def _run_tree(self, tree: Any) -> None:
        names, file = self._main.__dict__, _TEXT.FILE_NAME
        *first, last = tree.body or [ast.Pass(lineno=1, col_offset=0)]
        flags = 0
        if first:
            module = ast.Module(first, tree.type_ignores)
            compiled = compile(module, file, "exec", dont_inherit=True)
            flags = compiled.co_flags & _TEXT.FUTURE_FLAGS
            exec(compiled, names)  # noqa: S102
        echoed = ast.Interactive([last])
        exec(compile(echoed, file, "single", flags, dont_inherit=True), names)  # noqa: S102

    # -- cancelling ------------------------------------------------------------------------------

    def _cancel(self, statement: int) -> None:
        main = threading.main_thread().ident
        pause = threading.Event()
        self._imports_until = time.monotonic() + IMPORT_PATIENCE
        while True:
            current = self._current
            if current is None or current["id"] != statement:
                return
            self._cancelled = True
            try:
                self._context._jsc.sc().cancelJobGroup(current["group"])
            except Exception as error:  # noqa: BLE001  the JVM may be gone; the endpoint sees to that
                sys.__stderr__.write(f"cancel: {error!r}\n") if sys.__stderr__ else None
            frame = sys._current_frames().get(main or 0)
            if main is not None and not self._fragile(frame):
                signal.pthread_kill(main, signal.SIGUSR1)
            pause.wait(CANCEL_INTERVAL)

    def _interrupt(self, _signal: int, frame: types.FrameType | None) -> None:
        """Raise in the user's code, and nowhere else."""
        if not self._cancelled or self._current is None or self._fragile(frame):
            return
        while frame is not None:
            if frame.f_code is Worker._user_code.__code__:
                raise KeyboardInterrupt("the statement was cancelled")
            frame = frame.f_back

    def _fragile(self, frame: types.FrameType | None) -> bool:
        """Whether an exception would break more than the statement."""
        if _inside(frame, f"{os.sep}py4j{os.sep}"):
            return True
        return time.monotonic() < self._imports_until and _inside(frame, _IMPORTING)


def _content_of(path: list[str]) -> str:
    """A text that changes with the modules on an import path."""
    digest = hashlib.sha256()
    for entry in path:
        files = [entry]
        if os.path.isdir(entry):  # noqa: PTH112
            files = sorted(item.path for item in os.scandir(entry) if item.name.endswith(".py"))
        for file in files:
            with open(file, "rb") as opened:  # noqa: PTH123
                digest.update(f"{file}\0".encode() + hashlib.sha256(opened.read()).digest())
    return digest.hexdigest()[:16]


_IMPORTING = "<frozen importlib._bootstrap>"


def _inside(frame: types.FrameType | None, part: str) -> bool:
    """Whether a frame, or one that called it, is of a file with this in its name."""
    while frame is not None:
        if part in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


def _describe(error: BaseException) -> dict[str, Any]:
    """The error as Glue returns it; the traceback starts in the user's code."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename in _OURS:
        frames = frames.tb_next
    if frames is None and isinstance(error, SyntaxError):
        lines = traceback.format_exception_only(type(error), error)
    else:
        lines = traceback.format_exception(type(error), error, frames)
    try:
        value = str(error)
    except Exception:  # noqa: BLE001  a __str__ of the user's own may fail
        value = f"<{type(error).__name__} that cannot be shown>"
    return {
        "status": "error",
        "error_name": type(error).__name__,
        "error_value": value,
        "traceback": lines,
    }


def _stay() -> None:
    """What spark.stop() and sc.stop() do here: the session's Spark ends with the session."""
    sys.stderr.write("stop() does nothing here: Spark ends when the session is stopped\n")


def set_import_path() -> None:
    """Without this file's folder, whose modules are not the user's, and with awsglue."""
    del sys.path[0]
    sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "awsglue_shim"))  # noqa: PTH100, PTH118, PTH120


def serve(requests: int, events: int) -> None:
    """Be a worker on two pipes, given by their descriptors, to the end of the process."""
    os.set_inheritable(requests, False)
    os.set_inheritable(events, False)
    worker = Worker(
        os.fdopen(requests, "r", encoding="utf-8"), os.fdopen(events, "w", encoding="utf-8")
    )
    worker.serve()


if __name__ == "__main__":
    set_import_path()
    serve(int(sys.argv[1]), int(sys.argv[2]))
