"""What was removed and what stays, as people read it: by table, with size, age and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_cli.doctor.show import readable_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WORDS = {"removed": "removed", "failed": "FAILED", "stays": "stays", "notOurs": "not ours"}


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """The report, line by line."""
    words = {**_WORDS, "removed": "would go"} if report["dryRun"] else _WORDS
    entries = [(each, words[kind]) for kind in words for each in report[kind]]
    table = None
    for entry, word in sorted(entries, key=lambda pair: (pair[0]["table"], pair[0]["location"])):
        if entry["table"] != table:
            table = entry["table"]
            yield table
        yield f"  {word:<8} {entry['kind']} {entry['location'] or 'without a location'}: {_told(entry)}"
    if entries:
        yield ""
    for unseen in report["unseen"]:
        following = f" ({unseen['next']})" if unseen["next"] else ""
        yield f"not seen: {unseen['what']}: {unseen['why']}{following}"
    yield summary(report)


def _told(entry: Mapping[str, Any]) -> str:
    return f"{entry['files']} files, {readable_size(entry['size'])}; {entry['why']}"


def summary(report: Mapping[str, Any]) -> str:
    """How much went, or would go, and how much stays."""
    size = readable_size(sum(entry["size"] for entry in report["removed"]))
    count = len(report["removed"])
    things = "thing" if count == 1 else "things"
    done = "would be removed" if report["dryRun"] else "removed"
    failed = f"; {len(report['failed'])} could not be removed" if report["failed"] else ""
    return f"{count} {things} {done} ({size}), {len(report['stays'])} stay{failed}."
