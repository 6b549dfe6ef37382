"""neuron-studio: the window without a word, else one of the commands."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from neuron_studio import __version__
from neuron_studio.cli.lazy_group import LazyGroup
from neuron_studio.wire.errors import EXIT_CODES, StudioError

_WITHOUT_WINDOW = (
    "  → No window is needed for `neuron-studio compile`, which does the same job in a terminal, "
    "and `neuron-studio runs attach last`, which follows a run."
)


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="neuron-studio")
@click.option(
    "--frugal/--no-frugal", default=None, envvar="NEURON_STUDIO_FRUGAL", show_envvar=True,
    help="Draw what a run does at the pace of a slow display, keys and clicks first; the default over ssh -X and -Y.",
)  # fmt: skip
@click.pass_context
def cli(context: click.Context, frugal: bool | None) -> None:
    """Trace a Hugging Face sentence-pair model for AWS Neuron, compare it with the CPU, keep a proven bundle.

    Without a command it opens the window.
    """
    if context.invoked_subcommand is None:
        _open_window(frugal)


def _open_window(frugal: bool | None) -> NoReturn:
    from neuron_studio.core.display import is_frugal
    from neuron_studio.runs.display import display_problem
    from neuron_studio.ui.app import run_window

    try:
        problem = display_problem()
        if problem is not None:
            raise problem.as_error()
        run_window(sys.argv[:1], is_frugal(os.environ, frugal))
    except StudioError as error:
        from neuron_studio.cli.render import say, say_error

        say_error(error.message, error.remedy)
        say(_WITHOUT_WINDOW)
        sys.exit(EXIT_CODES[error.blame])


def main() -> None:
    """Run the command line; a StudioError becomes its message, its remedy and its exit code."""
    try:
        cli(standalone_mode=True)
    except StudioError as error:
        # What words a whole run is of no use to a window that opens.
        from neuron_studio.cli.render import say_error

        say_error(error.message, error.remedy)
        sys.exit(EXIT_CODES[error.blame])


if __name__ == "__main__":
    main()
