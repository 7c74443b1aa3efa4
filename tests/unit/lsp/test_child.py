"""The client of the processes beside the server, with a process that is real."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from glue_lsp.work.child import Child, ChildFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def with_child(work: Callable[[Child], Awaitable[None]]) -> None:
    """Run a test on a loop of its own, which ends with the process."""

    async def main() -> None:
        child = Child("tests.unit.lsp.worker_for_tests", "the worker")
        try:
            await work(child)
        finally:
            child.close()
            readers = asyncio.all_tasks() - {asyncio.current_task()}
            if readers:
                await asyncio.wait(readers, timeout=60)

    asyncio.run(main())


async def process_of(child: Child) -> int:
    return int((await child.ask({"op": "count", "to": 0}))["process"])


async def refusal(child: Child, op: str) -> str:
    with pytest.raises(ChildFailed) as told:
        await child.ask({"op": op})
    return str(told.value)


def test_a_request_has_its_own_progress_and_result() -> None:
    async def work(child: Child) -> None:
        heard: dict[int, list[int]] = {2: [], 3: []}

        async def ask(to: int) -> Any:
            answer = await child.ask(
                {"op": "count", "to": to}, lambda event: heard[to].append(event["number"])
            )
            return answer["counted"]

        assert not child.running
        assert await asyncio.gather(ask(2), ask(3)) == [2, 3]
        assert heard == {2: [1, 2], 3: [1, 2, 3]}
        assert child.running

    with_child(work)


def test_a_defect_ends_one_request_and_not_the_process(caplog: pytest.LogCaptureFixture) -> None:
    async def work(child: Child) -> None:
        before = await process_of(child)
        assert await refusal(child, "fail") == "internal error: KeyError: 'a defect'"
        assert await refusal(child, "no such thing") == "internal error: KeyError: 'no such thing'"
        assert await process_of(child) == before

    with_child(work)
    assert "in fail" in caplog.text


def test_a_caller_that_is_cancelled_cancels_what_it_asked_for() -> None:
    async def work(child: Child) -> None:
        before = await process_of(child)
        begun = asyncio.Event()
        running = asyncio.create_task(child.ask({"op": "wait"}, lambda _: begun.set()))
        waiting = asyncio.create_task(child.ask({"op": "wait"}))
        await begun.wait()
        for task in (waiting, running):
            task.cancel()
        assert await process_of(child) == before
        assert running.cancelled()
        assert waiting.cancelled()

    with_child(work)


def test_who_gives_up_while_the_process_starts_leaves_it_to_others() -> None:
    async def work(child: Child) -> None:
        first = asyncio.create_task(child.ask({"op": "count", "to": 1}))
        await asyncio.sleep(0)
        first.cancel()
        assert await process_of(child) > 0
        assert first.cancelled()

    with_child(work)


@pytest.mark.parametrize(
    ("op", "told"),
    [
        ("die", "the worker ended with status 7: the last words"),
        ("babble", "the worker ended with status -9: a library that prints"),
    ],
)
def test_a_process_that_ends_is_told_and_replaced(op: str, told: str) -> None:
    async def work(child: Child) -> None:
        before = await process_of(child)
        assert await refusal(child, op) == told
        assert await process_of(child) != before

    with_child(work)


def test_who_still_waits_when_the_process_is_closed_is_told() -> None:
    async def work(child: Child) -> None:
        begun = asyncio.Event()
        waiting = asyncio.create_task(child.ask({"op": "wait"}, lambda _: begun.set()))
        await begun.wait()
        child.close()
        assert await process_of(child) > 0
        with pytest.raises(ChildFailed, match="the worker ended with status 0"):
            await waiting

    with_child(work)


def test_nobody_s_folder_is_looked_into_for_modules(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise ImportError('this is no library')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    async def work(child: Child) -> None:
        assert await process_of(child) > 0

    with_child(work)
