"""Copies of the process: their answers, their errors, and what happens when they end without one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from glue_cli.forked import begin, can_fork

WHO = """
import os, signal, sys
from glue_cli.forked import begin, can_fork
me = os.getpid()
print("before")
"""


def _printed(code: str) -> list[str]:
    """What a program prints, with one thread and so with copies of it where the platform has them."""
    done = subprocess.run(
        [sys.executable, "-c", WHO + code], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_result_is_that_of_a_copy_which_says_nothing_itself() -> None:
    code = "result = begin(lambda: (os.getpid() != me, [1, 2]))\nprint(*result(), can_fork())"
    before, answer = _printed(code)
    assert before == "before"
    copies = sys.platform == "linux"
    assert answer == f"{copies and os.cpu_count() != 1} [1, 2] {copies}"


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    code = """
def fails(): raise ValueError("no such setting")
result = begin(fails)
try: result()
except ValueError as error: print(error)
"""
    assert _printed(code)[1:] == ["no such setting"]


@pytest.mark.parametrize(
    "end", ["os.kill(os.getpid(), signal.SIGKILL)", "sys.exit(3)", "raise KeyboardInterrupt"]
)
def test_without_an_answer_of_the_copy_the_call_is_made_here(end: str) -> None:
    code = f"""
def call():
    if os.getpid() != me: {end}
    return "here"
print(begin(call)())
"""
    assert _printed(code)[1:] == ["here"]


def test_an_answer_that_cannot_be_sent_is_made_here() -> None:
    assert _printed("print(begin(lambda: (lambda: 'made'))()())")[1:] == ["made"]


def test_a_process_with_two_threads_is_not_copied() -> None:
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    try:
        assert not can_fork()
        assert begin(threading.get_ident)() == threading.get_ident()
    finally:
        ended.set()
        thread.join()
