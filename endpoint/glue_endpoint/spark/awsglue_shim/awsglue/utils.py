"""Job arguments, as awsglue.utils of awslabs/aws-glue-libs reads them from the command line."""

from __future__ import annotations

import argparse


class GlueArgumentError(Exception):
    """An argument that the script asks for was not given."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise GlueArgumentError(message)


def getResolvedOptions(args: list[str], options: list[str]) -> dict[str, str]:  # noqa: N802
    """The values of the named options (`--name value`), without the dashes.

    Options that were not asked for are ignored. Raises GlueArgumentError if one is missing.
    """
    parser = _Parser(allow_abbrev=False, add_help=False)
    for option in options:
        parser.add_argument(f"--{option.lstrip('-')}", required=True, dest=option.lstrip("-"))
    known, _ = parser.parse_known_args(args[1:])
    return dict(vars(known))
