"""Draw the house: who may know whom among the wings, and the rooms of two of them, from the contracts in pyproject.toml.

python -m tools.pictures            writes docs/images/house.svg, rooms.svg and endpoint.svg
"""

from __future__ import annotations

import ast
import sys
from html import escape
from pathlib import Path

from glue_compiler.text.python_ast import parse_ast

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
FOLDERS = {
    "glue_cli": "cli/glue_cli",
    "glue_lsp": "lsp/glue_lsp",
    "dbt.adapters.glue": "dbt/adapters/glue",
    "glue_compiler": "compiler/glue_compiler",
    "glue_endpoint": "endpoint/glue_endpoint",
    "glue_session": "session/glue_session",
}
# Where each wing stands: column, row, width in columns.
PLACES = {
    "vscode-client": (0, 0, 1),
    "glue_cli": (1, 0, 1),
    "glue_lsp": (0, 1, 1),
    "dbt.adapters.glue": (2, 1, 1),
    "glue_compiler": (0, 2, 2),
    "glue_endpoint": (2, 2, 1),
    "glue_session": (0, 3, 1),
}
# Where an arrow leaves the one and meets the other: parts of their widths.
ARROWS = {
    ("glue_cli", "glue_lsp"): (0.1, 0.85),
    ("glue_cli", "glue_compiler"): (0.4, 0.7),
    ("glue_cli", "glue_endpoint"): (0.7, 0.1),
    ("glue_lsp", "glue_compiler"): (0.5, 0.25),
    ("dbt.adapters.glue", "glue_compiler"): (0.1, 0.9),
    ("dbt.adapters.glue", "glue_endpoint"): (0.45, 0.45),
}
"""The imports that there are."""
MESSAGES = {
    ("vscode-client", "glue_lsp"): (0.5, 0.5, "stdio"),
    ("dbt.adapters.glue", "glue_endpoint"): (0.8, 0.8, "boto3"),
    ("glue_compiler", "glue_session"): (0.25, 0.5, "its text"),
}
"""One wing reaches another without an import."""
SENTENCES = {"vscode-client": "The client for VS Code."}
COLUMN, ROW, GAP = 330, 92, 50
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2937}.name{font-weight:600;font-size:14px}"
    ".small{font-size:11.5px;fill:#4b5563}rect{fill:#f3f4f6;stroke:#9ca3af;rx:6}"
    "line{stroke:#374151;stroke-width:1.4}.wire{stroke-dasharray:5 4}"
)


def layers_of(wing: str) -> list[list[str]]:
    """The floors of a wing, the highest first, as import-linter's contract has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in settings["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers" and contract.get("containers") == [wing]:
            return [[room.strip() for room in layer.split("|")] for layer in contract["layers"]]
    raise ValueError(f"no contract in pyproject.toml orders the rooms of {wing}")


def sentence_of(path: Path) -> str:
    """What a module or package says of itself in its first sentence."""
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = ast.get_docstring(parse_ast(file.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def imported_wings(wing: str) -> set[str]:
    """The other wings that a wing's modules import, at whatever place."""
    found = set()
    for path in sorted((ROOT / FOLDERS[wing]).rglob("*.py")):
        for node in ast.walk(parse_ast(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            found |= {
                other
                for name in names
                for other in FOLDERS
                if name == other or name.startswith(f"{other}.")
            }
    return found - {wing}


def rooms_picture(wing: str) -> str:
    """The floors of a wing: a room may know those below it."""
    rows, y = [], 44
    for layer in layers_of(wing):
        for room in layer:
            sentence = _cut(sentence_of(ROOT / FOLDERS[wing] / room), 118)
            rows.append(
                f'<rect x="12" y="{y}" width="136" height="26"/>'
                f'<text class="name" x="20" y="{y + 18}">{escape(room)}</text>'
                f'<text x="160" y="{y + 18}">{escape(sentence)}</text>'
            )
            y += 26
        y += 6
    neighbours = any(len(layer) > 1 for layer in layers_of(wing))
    but = ", but not its neighbours on the same floor" if neighbours else ""
    title = f'<text class="name" x="12" y="26">{wing}: a room may know those below it{but}</text>'
    return _svg(960, y + 6, [title, *rows])


def house_picture() -> str:
    """The wings, with an arrow for each import between them and a dashed one where there is another way.

    Raises ValueError where a wing imports another to which no arrow leads, or an arrow is of no import.
    """
    found = {(one, other) for one in FOLDERS for other in imported_wings(one)}
    if found != set(ARROWS):
        raise ValueError(f"arrows and imports differ: {sorted(found ^ set(ARROWS))}")
    parts = [_arrow(pair, *ends) for pair, ends in ARROWS.items()]
    parts += [_arrow(pair, *ends) for pair, ends in MESSAGES.items()]
    for wing, (column, row, width) in PLACES.items():
        x, y = _corner(column, row)
        wide = width * COLUMN - 30
        sentence = SENTENCES.get(wing) or sentence_of(ROOT / FOLDERS[wing])
        parts.append(
            f'<rect x="{x}" y="{y}" width="{wide}" height="{ROW}"/>'
            f'<text class="name" x="{x + 12}" y="{y + 24}">{wing}</text>'
            + "".join(
                f'<text class="small" x="{x + 12}" y="{y + 44 + 16 * number}">{escape(line)}</text>'
                for number, line in enumerate(_wrapped(sentence, wide // 7))
            )
        )
    return _svg(3 * COLUMN, 4 * ROW + 3 * GAP + 24, parts)


def _corner(column: int, row: int) -> tuple[int, int]:
    return 12 + column * COLUMN, 12 + row * (ROW + GAP)


def _arrow(pair: tuple[str, str], leaves: float, meets: float, how: str = "") -> str:
    (column, row, width), (other_column, other_row, other_width) = (PLACES[wing] for wing in pair)
    x, y = _corner(column, row)
    end_x, end_y = _corner(other_column, other_row)
    x += round(leaves * (width * COLUMN - 30))
    end_x += round(meets * (other_width * COLUMN - 30))
    style = ' class="wire"' if how else ""
    label = f'<text class="small" x="{end_x + 8}" y="{end_y - 18}">{how}</text>' if how else ""
    return (
        f'<line{style} x1="{x}" y1="{y + ROW}" x2="{end_x}" y2="{end_y - 2}" '
        f'marker-end="url(#tip)"/>{label}'
    )


def _svg(width: int, height: int, parts: list[str]) -> str:
    tip = (
        '<defs><marker id="tip" markerWidth="9" markerHeight="8" refX="7" refY="4" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#374151"/></marker></defs>'
    )
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">\n<style>{STYLE}</style>\n'
        f'<rect x="0" y="0" width="{width}" height="{height}" style="fill:#fff;stroke:none"/>\n'
        f"{tip}\n{body}\n</svg>\n"
    )


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rsplit(' ', 1)[0]} …"


def _wrapped(text: str, length: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= length:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def pictures() -> dict[str, str]:
    """The pictures by the names of their files in docs/images."""
    return {
        "house.svg": house_picture(),
        "rooms.svg": rooms_picture("glue_compiler"),
        "endpoint.svg": rooms_picture("glue_endpoint"),
    }


def main() -> None:
    for name, text in pictures().items():
        (IMAGES / name).write_text(text, encoding="utf-8")
        print(f"docs/images/{name}")


if __name__ == "__main__":
    main()
