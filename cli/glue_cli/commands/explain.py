"""`dbt-glue explain`: what a rule finds, why it matters, how to repair it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from glue_compiler.rules import all_rules, rule, rule_names
from glue_compiler.text.similar import closest


@click.command(short_help="Explain a rule, or all of them.")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--all", "every", is_flag=True, help="All rules.")
@click.option(
    "--output-format",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    show_default=True,
    help="How rules are printed.",
)
@click.option(
    "--output-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --all and markdown: write a page per rule and an index into this folder.",
)
def explain(
    codes: tuple[str, ...], every: bool, output_format: str, output_dir: Path | None
) -> None:
    """Explain a rule by its CODE (GLU201) or name (lost-dbt-call), or --all of them."""
    from glue_cli.output import rule_pages

    if not codes and not every:
        for code, name in rule_names().items():
            click.echo(f"{code}  {name:<28}  {rule(code).summary}")
        return
    known = {*rule_names(), *rule_names().values()}
    for code in codes:
        if code.upper() not in known and code.lower() not in known:
            guess = closest(code, known)
            hint = f"; did you mean `{guess}`?" if guess else ""
            click.echo(f"dbt-glue explain: no rule is called `{code}`{hint}", err=True)
            sys.exit(2)
    chosen = list(all_rules()) if every else [rule(code) for code in codes]
    if output_dir is not None:
        count = rule_pages.write_pages(chosen, output_dir)
        click.echo(f"{count} pages written to {output_dir}")
    elif output_format == "json":
        click.echo(json.dumps(rule_pages.as_json(chosen), indent=2, ensure_ascii=False))
    else:
        page = rule_pages.markdown if output_format == "markdown" else rule_pages.text
        click.echo("\n".join(page(item) for item in chosen).rstrip())
