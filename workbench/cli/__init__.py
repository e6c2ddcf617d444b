"""The command line: one module per group of commands, each with a `commands` that is added here."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli import decks, files, frame, operating, outside, privacy, quotes, running, starting, words
from workbench.cli.folders import waves_of
from workbench.core.errors import WorkbenchError

app = typer.Typer(
    help="Survey waves from a customer list to a bilingual report.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"max_content_width": 120},
    rich_markup_mode=None,  # boxes around a help text take longer to load than the rest of the command
)
for group in (starting, files, running, operating, decks, outside, privacy, quotes, frame, words):
    app.add_typer(group.commands)

__all__ = ["app", "main", "waves_of"]


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(version("survey-wave-workbench"))
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Survey waves from a customer list to a bilingual report."""


def main() -> None:
    """Run the command line; errors are one clear message and an exit code of their own."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    try:
        app(standalone_mode=False)
    except WorkbenchError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except typer.TyperException as error:  # an option or argument nobody knows
        error.show() if hasattr(error, "show") else print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except typer.Exit as leaving:
        sys.exit(leaving.exit_code)
    except typer.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        free = shutil.disk_usage(Path.cwd()).free
        hint = f" ({free // 2**20} MB of disk are free)" if free < 2**30 else ""
        print(f"error: {error}{hint}", file=sys.stderr)
        sys.exit(6)
