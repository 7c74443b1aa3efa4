"""One entry of ``packages``: what kind of requirement it is, its parts, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.requirements import Requirement as Pep508

_CANONICAL = re.compile(r"[-_.]+")
_ARCHIVE = re.compile(r"\.(?:whl|zip|egg|tar\.gz|tar\.bz2)$", re.IGNORECASE)
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_VCS = re.compile(r"^(?:git|hg|svn|bzr)\+", re.IGNORECASE)
_PLAIN = re.compile(r"^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(==\d+(?:\.\d+)*)?$")
_SINGLE_EQUALS = re.compile(r"^([A-Za-z0-9._-]+(?:\[[^\]]*\])?)\s*=\s*([^=\s].*)$")
_NAME_THEN_VERSION = re.compile(r"^([A-Za-z0-9._-]+)(?:\s+|@)v?(\d[\w.]*)$")


def canonical_name(name: str) -> str:
    """The PEP 503 form of a distribution name: lower case, runs of ``-_.`` as one ``-``."""
    return _CANONICAL.sub("-", name).lower()


def split_requirements(text: str) -> tuple[str, ...]:
    """The entries of a comma list of requirements: `a>=1,<2` and `a[b,c]` are one entry each."""
    entries: list[str] = []
    for part in map(str.strip, text.split(",")):
        if entries and (part.startswith(tuple("<>=!~")) or _open_bracket(entries[-1])):
            entries[-1] += f",{part}"
        elif part:
            entries.append(part)
    return tuple(entries)


def requirement_texts(value: str | Iterable[object] | None) -> tuple[str, ...]:
    """The requirements of a config or profile: a list, or one string separated by commas."""
    if value is None:
        return ()
    if isinstance(value, str):
        return split_requirements(value)
    return tuple(text for text in (str(item).strip() for item in value) if text)


def _open_bracket(text: str) -> bool:
    return text.count("[") > text.count("]")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement as written, classified.

    ``kind``: ``index`` (a PEP 508 requirement for the package index), ``direct`` (PEP 508 with
    ``@ url``), ``s3``, ``url``, ``vcs``, ``file`` (a local path), ``option`` (an installer option)
    or ``invalid``.
    """

    text: str
    kind: str
    name: str | None = None
    """Canonical distribution name; None where the text does not say."""
    extras: tuple[str, ...] = ()
    specifier: str = ""
    marker: str = ""
    problem: str | None = None
    """Why an invalid requirement is invalid, as a sentence."""
    repair: tuple[str, ...] = ()
    """What was probably meant by an invalid requirement, as one or more requirements."""

    @property
    def pinned(self) -> bool:
        """Whether exactly one version fits."""
        return (
            self.specifier.startswith("==")
            and "," not in self.specifier
            and "*" not in self.specifier
        )

    def applies(self, environment: Mapping[str, str]) -> bool:
        """Whether the marker, if any, holds in an environment of marker values."""
        if not self.marker:
            return True
        from packaging.markers import Marker

        return Marker(self.marker).evaluate(dict(environment))

    def accepts(self, version: str) -> bool:
        """Whether a version fits the specifier; pre-releases count, as they are there already."""
        if not self.specifier:
            return True
        from packaging.specifiers import SpecifierSet

        return SpecifierSet(self.specifier).contains(version, prereleases=True)


@lru_cache(maxsize=512)
def parse_requirement(text: str) -> Requirement:
    """A string of ``packages``, classified; never raises."""
    entry = text.strip()
    if not entry:
        return Requirement(text, "invalid", problem="the requirement is empty")
    if entry.startswith("-"):
        return Requirement(text, "option")
    plain = _PLAIN.match(entry)
    if plain and not _ARCHIVE.search(entry):  # most entries; importing packaging takes longer
        return Requirement(text, "index", name=canonical_name(plain[1]), specifier=plain[2] or "")
    if _VCS.match(entry):
        egg = re.search(r"[#&]egg=([A-Za-z0-9._-]+)", entry)
        return Requirement(text, "vcs", name=canonical_name(egg.group(1)) if egg else None)
    if _URL.match(entry):
        kind = "s3" if entry.lower().startswith(("s3://", "s3a://", "s3n://")) else "url"
        return Requirement(text, kind, name=_name_of_archive(entry), specifier=_pin(entry))
    if entry.startswith((".", "/", "~")) or (_ARCHIVE.search(entry) and "@" not in entry):
        return Requirement(text, "file", name=_name_of_archive(entry), specifier=_pin(entry))
    return _from_pep508(text, entry)


def _from_pep508(text: str, entry: str) -> Requirement:
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Pep508

    spaced = _NAME_THEN_VERSION.match(entry)
    if spaced:  # PEP 508 would read the version of name@1.2 as a URL
        problem = "name and version need an operator between them"
        return Requirement(text, "invalid", problem=problem, repair=(f"{spaced[1]}=={spaced[2]}",))
    try:
        parsed = Pep508(entry)
    except InvalidRequirement as error:
        problem, repair = _explanation_of(entry, str(error).split("\n", 1)[0])
        return Requirement(text, "invalid", problem=problem, repair=repair)
    return _requirement_of(text, parsed)


def _requirement_of(text: str, parsed: Pep508) -> Requirement:
    return Requirement(
        text,
        "direct" if parsed.url else "index",
        name=canonical_name(parsed.name),
        extras=tuple(sorted(parsed.extras)),
        specifier=str(parsed.specifier),
        marker=str(parsed.marker) if parsed.marker else "",
    )


def _explanation_of(entry: str, reason: str) -> tuple[str, tuple[str, ...]]:
    single = _SINGLE_EQUALS.match(entry)
    if single:
        return "a version is pinned with two equals signs", (f"{single[1]}=={single[2].strip()}",)
    parts = tuple(part.strip() for part in entry.split(","))
    if len(parts) > 1 and all(parse_requirement(part).kind == "index" for part in parts):
        return "several requirements in one string; each needs its own entry", parts
    parts = tuple(entry.split())
    if len(parts) > 1 and all(parse_requirement(part).kind == "index" for part in parts):
        return "several requirements in one string; each needs its own entry", parts
    return f"it is not a requirement: {reason}", ()


def _archive_parts(path: str) -> list[str]:
    base = re.split(r"[?#]", path)[0].rsplit("/", 1)[-1]
    return base[:-4].split("-") if base.lower().endswith(".whl") else []


def _name_of_archive(path: str) -> str | None:
    """The distribution of a wheel by its file name (PEP 427); None for other archives."""
    parts = _archive_parts(path)
    return canonical_name(parts[0]) if len(parts) >= 5 else None


def _pin(path: str) -> str:
    parts = _archive_parts(path)
    return f"=={parts[1]}" if len(parts) >= 5 else ""
