"""`dbt-glue check`: find mistakes in Python models, and fix what can be fixed."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS
from glue_compiler.project.load import find_project_root
from glue_compiler.project.settings import SettingsError, check_selectors
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Overrides

from glue_cli import output
from glue_cli.checking import (
    GARBAGE_THRESHOLDS,
    FixedFile,
    NothingToCheck,
    check_files,
    find_files,
    fix_file,
    notes_of,
    remembers,
    shown,
    write_fixed,
)
from glue_cli.colors import styled
from glue_cli.report import FileReport, Report, merged, once_per_project
from glue_cli.workspaces import open_for_analysis, open_workspace, profile_choice, profile_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from glue_compiler.project.profiles import ProfileChoice

_PROGRESS_FROM = 60


@click.command(short_help="Check Python models without running anything.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--select", metavar="CODES", help="Only these rules: codes, prefixes, names or ALL.")
@click.option("--ignore", metavar="CODES", help="Not these rules.")
@click.option("--fix", is_flag=True, help="Apply safe fixes to the files.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: unsafe fixes, too.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--watch", is_flag=True, help="Check again whenever a file of the project changes.")
@click.option("--statistics", is_flag=True, help="Count findings by rule instead of listing them.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even when there are findings.")
@click.option("--glue-version", type=click.Choice(GLUE_VERSIONS), help="The Glue to check for.")
@click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path),
    help="The path that the text on standard input has; use with the path `-`.",
)
@click.option(
    "--output-format",
    type=click.Choice(output.FORMATS),
    default="full",
    show_default=True,
    help="How findings are printed.",
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A dbt-glue.toml or pyproject.toml to use instead of the nearest one.",
)
@profile_options
@click.option("--no-cache", is_flag=True, help="Neither read nor write .dbt_glue_cache.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes to use; default: all cores.")
@click.option("--color/--no-color", default=None, help="Colours; default: on a terminal.")
def check(
    paths: tuple[Path, ...],
    select: str | None,
    ignore: str | None,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    watch: bool,
    statistics: bool,
    exit_zero: bool,
    glue_version: str | None,
    stdin_filename: Path | None,
    output_format: str,
    config: Path | None,
    profiles_dir: Path | None,
    target: str | None,
    no_cache: bool,
    jobs: int | None,
    color: bool | None,
) -> None:
    """Check Python models without running anything.

    PATHS are files or folders; without any, the model paths of the project around the working
    folder. `-` reads one model from standard input.

    Exits with 0 when nothing is found (notes and hints do not count), 1 when there are errors or
    warnings, 2 when the check could not run.
    """
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    use_color = _use_color(color)
    reads_stdin = [str(path) for path in paths] == ["-"]
    try:
        start = _start(paths, stdin_filename)
        overrides = _overrides(
            select, ignore, glue_version, config, profile_choice(profiles_dir, target)
        )
        if reads_stdin:
            run: Callable[[], int] = lambda: _check_stdin(  # noqa: E731
                overrides,
                stdin_filename,
                fix,
                unsafe_fixes,
                diff,
                output_format,
                use_color,
            )
        else:
            run = lambda: _check_paths(  # noqa: E731
                paths,
                overrides,
                fix=fix,
                unsafe=unsafe_fixes,
                diff=diff,
                statistics=statistics,
                output_format=output_format,
                cache=not no_cache,
                jobs=jobs,
                color=use_color,
            )
        code = _watch(paths or (start,), run) if watch and not reads_stdin else run()
    except (SettingsError, NothingToCheck, OSError) as error:
        click.echo(f"dbt-glue check: {error}", err=True)
        sys.exit(2)
    sys.exit(0 if exit_zero else code)


def _use_color(asked: bool | None) -> bool:
    import os

    if asked is not None:
        return asked
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _start(paths: tuple[Path, ...], stdin_filename: Path | None) -> Path:
    """Where to look for the project and its settings."""
    named = stdin_filename or next((path for path in paths if str(path) != "-"), None)
    return Path.cwd() if named is None else named


def _overrides(
    select: str | None,
    ignore: str | None,
    glue_version: str | None,
    config: Path | None,
    profile: ProfileChoice,
) -> Overrides:
    """What the options say over the project's files."""
    values: dict[str, Any] = {}
    if select is not None:
        values["select"] = _codes(select, "--select")
    if glue_version is not None:
        values["glue-version"] = glue_version
    ignored = () if ignore is None else tuple(_codes(ignore, "--ignore"))
    return Overrides(values, ignore=ignored, settings_file=config, profile=profile)


def _codes(text: str, option: str) -> list[str]:
    from glue_compiler.rules import rule_names

    codes = [
        item.upper() if item.upper().startswith("GLU") else item
        for item in text.replace(",", " ").split()
    ]
    check_selectors(codes, option, rule_names())
    return codes


def _check_paths(
    paths: tuple[Path, ...],
    overrides: Overrides,
    *,
    fix: bool,
    unsafe: bool,
    diff: bool,
    statistics: bool,
    output_format: str,
    cache: bool,
    jobs: int | None,
    color: bool,
) -> int:
    groups = []
    for start, places in _by_project(paths):
        known = cache and remembers(find_project_root(start))
        opened = open_workspace if known or jobs == 1 else open_for_analysis
        workspace = opened(start, overrides, cache=cache)
        groups.append((workspace, find_files(places, workspace)))
    reports = []
    fixed: list[FixedFile] = []
    with _progress(sum(len(files) for _, files in groups), output_format) as on_file:
        for workspace, files in groups:
            report = check_files(workspace, files, cache=cache, jobs=jobs, on_file=on_file)
            if fix or diff:
                by_name = {shown(path): path for path in files}
                these = [
                    fix_file(workspace, by_name[item.path], item.source, unsafe=unsafe)
                    for item in report.files
                ]
                fixed += these
                report = report if diff else _write(these, report)
            in_project = workspace.root is not None and not statistics
            reports.append(once_per_project(report) if in_project else report)
    if diff:
        return _print_diff(fixed, color)
    report = merged(reports)
    if statistics:
        _print(_statistics(report))
    else:
        _print(output.lines(output_format, report, color=color))
    return int(report.fails)


def _by_project(paths: tuple[Path, ...]) -> list[tuple[Path, tuple[Path, ...]]]:
    """The paths of each project, with one of them, in the order in which they were named."""
    if not paths:
        return [(Path.cwd(), ())]
    groups: dict[Path | None, list[Path]] = {}
    for path in paths:
        groups.setdefault(find_project_root(path), []).append(path)
    return [(places[0], tuple(places)) for places in groups.values()]


def _check_stdin(
    overrides: Overrides,
    name: Path | None,
    fix: bool,
    unsafe: bool,
    diff: bool,
    output_format: str,
    color: bool,
) -> int:
    source = SourceText.from_bytes(sys.stdin.buffer.read())
    path = name or Path("model.py")
    workspace = open_workspace(path, overrides)
    if fix or diff:
        fixed = fix_file(workspace, path, source, unsafe=unsafe)
        if diff:
            return _print_diff([fixed], color)
        sys.stdout.buffer.write(fixed.after.encode("utf-8", "surrogatepass"))
        report = Report((fixed.report,), 1)
        for line in output.lines("concise", report, color=False):
            click.echo(line, err=True)
        return int(report.fails)
    found = workspace.findings(workspace.path_of(path), source)
    report = Report(
        (FileReport(str(path), source, found),) if found else (), 1, notes_of(workspace)
    )
    _print(output.lines(output_format, report, color=color))
    return int(report.fails)


def _write(fixed: Iterable[FixedFile], report: Report) -> Report:
    count = changed = 0
    remaining = []
    for item in fixed:
        if item.after != item.before.text:
            write_fixed(item)
            changed += 1
            count += item.applied
        if item.remaining:
            remaining.append(item.report)
    notes = report.notes
    if changed:
        files = f"{changed} file{'' if changed == 1 else 's'}"
        notes = (*notes, f"{count} finding{'' if count == 1 else 's'} fixed in {files}")
    return Report(tuple(remaining), report.checked, notes)


def _print_diff(fixed: Iterable[FixedFile], color: bool) -> int:
    from glue_compiler.findings.render import unified_diff

    changed = False
    for item in fixed:
        if item.after != item.before.text:
            changed = True
            lines = unified_diff(item.before.text, item.after, shown(item.path))
            _print(styled(line, color) for line in lines)
    return int(changed)


def _statistics(report: Report) -> Iterable[str]:
    counts = Counter((item.code, item.name) for _, item in report.findings())
    width = len(str(max(counts.values(), default=0)))
    for (code, name), count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"{count:>{width}}  {code}  {name}"


def _print(lines: Iterable[str]) -> None:
    text = "\n".join(lines)
    if text:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _progress(total: int, output_format: str) -> AbstractContextManager[Callable[[], None]]:
    """A progress bar on standard error, when somebody sees it and there is something to wait for."""
    if (
        total < _PROGRESS_FROM
        or not sys.stderr.isatty()
        or output_format not in ("full", "concise")
    ):
        return nullcontext(_nothing)
    from glue_cli.progress import progress_bar

    return progress_bar("Checking models", total)


def _nothing() -> None:
    return


def _watch(places: Sequence[Path], run: Callable[[], int]) -> int:
    """Check now and after every change, until the user stops it."""
    from glue_compiler.project.load import CACHE_FOLDER, STATE_FOLDER
    from watchfiles import DefaultFilter, watch

    folders = {
        find_project_root(place) or (place if place.is_dir() else place.parent): None
        for place in places
    }
    code = run()
    ignored = (*DefaultFilter.ignore_dirs, CACHE_FOLDER, STATE_FOLDER, "target", "logs")
    click.echo(f"Watching {', '.join(map(str, folders))}; stop with Ctrl-C.", err=True)
    try:
        for _ in watch(*folders, watch_filter=DefaultFilter(ignore_dirs=ignored)):
            if sys.stdout.isatty():
                click.clear()
            code = run()
    except KeyboardInterrupt:
        click.echo("", err=True)
    return code
