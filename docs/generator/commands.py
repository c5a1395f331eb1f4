"""The page of the command line, from the commands themselves."""

from __future__ import annotations

from typing import Any

import typer.main

import thecal.cli
from generator.markdown import page, plain, section, table
from thecal.cli.edges import BAD_INPUT, REFUSED


def pages() -> dict[str, str]:
    """One page, a section for each command."""
    group: Any = typer.main.get_command(thecal.cli.app)
    return {
        "command-line.md": page(
            "The command line",
            plain(group.help or ""),
            section("`thecal`", _parameters(group)),
            *(_command(name, command) for name, command in listed().items()),
            section("Exit codes", _exit_codes(), anchor="exit-codes"),
            source="the commands in `src/thecal/cli/`",
        )
    }


def listed() -> dict[str, Any]:
    """Every command by the words that call it, those of groups within groups too."""
    group: Any = typer.main.get_command(thecal.cli.app)
    return _within(group, "thecal")


def _within(group: Any, called: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        words = f"{called} {name}"
        if not hasattr(command, "commands") or command.invoke_without_command:
            found[words] = command
        if hasattr(command, "commands"):
            found |= _within(command, words)
    return found


def _command(words: str, command: Any) -> str:
    names = [_usage(one) for one in command.params if one.param_type_name == "argument"]
    return section(
        f"`{words}`",
        plain(command.help or ""),
        f"```text\n{' '.join([words, *names])} [OPTIONS]\n```",
        _parameters(command),
        anchor=words.replace(" ", "-"),
    )


def _usage(argument: Any) -> str:
    name = argument.name.upper() + ("..." if argument.nargs != 1 else "")
    return name if argument.required else f"[{name}]"


def _parameters(command: Any) -> str:
    rows = [
        (
            ", ".join(f"`{name}{_value(one)}`" for name in names(one)),
            "required" if one.required else _default(one),
            plain(one.help or "") + (" May be given more than once." if one.multiple else ""),
        )
        for one in command.params
        if not getattr(one, "hidden", False)
    ]
    return table(("", "", ""), rows) if rows else "It takes no options."


def names(parameter: Any) -> list[str]:
    """How a parameter is written: an option's names, an argument's in capitals."""
    if parameter.param_type_name == "argument":
        return [parameter.name.upper()]
    return [*parameter.opts, *parameter.secondary_opts]


def _value(parameter: Any) -> str:
    takes_none = parameter.param_type_name == "argument" or parameter.is_flag
    return "" if takes_none else " VALUE"


def _default(parameter: Any) -> str:
    value = parameter.default
    if value is None or isinstance(value, bool) or value == () or callable(value):
        return "optional"
    return f"default `{value}`"


def _exit_codes() -> str:
    rows = [
        ("0", "done"),
        (str(REFUSED), "refused by the checks; what they found is printed in full"),
        (str(BAD_INPUT), "the input could not be read; one line on standard error says where"),
    ]
    return table(("code", "meaning"), rows)
