"""A group of commands, each in a module of its own that is imported only where its command is asked for."""

from __future__ import annotations

import importlib

import click

_COMMANDS = ("compile", "compare", "check", "preflight", "models", "runs", "cores", "environments", "doctor")


class LazyGroup(click.Group):
    """The program's commands: NAME is NAME_command in the module of that name, so that the window loads none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in alphabetical order."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"neuron_studio.cli.{cmd_name}_command")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command
