"""Old names of parameters that methods still take, with a warning (`deprecate_kwarg` in pandas' sources)."""

from __future__ import annotations

_OLD_NAMES: dict[tuple[str, str], dict[str, frozenset[str]]] = {
    ("pandas", "1.5"): {
        "to_csv": frozenset({"line_terminator"}),
        "to_excel": frozenset({"verbose", "encoding"}),
        "to_feather": frozenset({"fname"}),
        "to_parquet": frozenset({"fname"}),
        "to_stata": frozenset({"fname"}),
        "mask": frozenset({"errors"}),
        "where": frozenset({"errors"}),
    },
}


def still_taken(library: str, version: str, method: str, name: str) -> bool:
    """Whether a method takes an old name of a parameter, in a version (major.minor) of its library."""
    return name in _OLD_NAMES.get((library, version), {}).get(method, frozenset())
