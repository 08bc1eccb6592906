"""``zenrun completion``: what a shell reads to complete command lines of zenrun's.

The scripts are made of the parser's words, so they know what it knows, and start no Python when a key is
pressed. This module must not know what the commands do.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass

from zenrun._command_line._parser import commands_of, make_parser
from zenrun._command_line._print import say

_FILES = frozenset({"-o", "--output"})  # the options whose value is the name of a file


def run(args: argparse.Namespace) -> int:
    """Carry out the command.

    Args:
        args: Its options.
    """
    makers = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    say(makers[args.shell](_words()))
    return 0


@dataclass(frozen=True)
class _Command:
    """A command.

    Attributes:
        name: Its name.
        brief: What it is for.
        options: Its options: their names, what they are for, whether they take a value, and which.
        choices: What may stand where no option does; nothing means directories.
    """

    name: str
    brief: str
    options: list[tuple[list[str], str, bool, list[str]]]
    choices: list[str]


def _words() -> list[_Command]:
    parser = make_parser()
    briefs = {
        item.dest: item.help or ""
        for action in parser._actions  # noqa: SLF001 - as in _parser
        for item in getattr(action, "_choices_actions", ())
    }
    found = []
    for name, command in commands_of(parser).items():
        actions = command._actions  # noqa: SLF001
        options = [
            (
                list(action.option_strings),
                (action.help or "").partition(";")[0].partition(":")[0],
                action.nargs != 0,
                list(map(str, action.choices or ())),
            )
            for action in actions
            if action.option_strings
        ]
        choices = [
            str(item)
            for action in actions
            if not action.option_strings
            for item in action.choices or ()
        ]
        found.append(_Command(name, briefs[name], options, choices))
    return found


def _names(command: _Command) -> str:
    return " ".join(name for names, *_ in command.options for name in names)


def _valued(commands: Iterable[_Command]) -> dict[str, list[str]]:
    """Give the options that take a value, and which values there are."""
    return {
        "|".join(names): choices
        for command in commands
        for names, _, has_value, choices in command.options
        if has_value
    }


def _bash(commands: list[_Command]) -> str:
    values, words = [], []
    for names, choices in _valued(commands).items():
        what = ":"
        if _FILES & set(names.split("|")):
            what = "_zenrun_files -f"
        elif choices:
            what = f'COMPREPLY=($(compgen -W "{" ".join(choices)}" -- "$current"))'
        values.append(f"        {names}) {what}; return ;;")
    for command in commands:
        plain = f' words="{" ".join(command.choices)}"' if command.choices else ""
        words.append(f'        {command.name}) options="{_names(command)}"{plain} ;;')
    return f"""\
# zenrun in bash: eval "$(zenrun completion bash)" in ~/.bashrc
_zenrun_files() {{
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen "$1" -- "$current"))
}}
_zenrun() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD - 1]}}"
    local options="" words="{" ".join(item.name for item in commands)}"
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "$words --help --version" -- "$current"))
        return
    fi
    case "$previous" in
{chr(10).join(values)}
    esac
    words=""
    case "${{COMP_WORDS[1]}}" in
{chr(10).join(words)}
    esac
    if [[ "$current" == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    elif [[ -n "$words" ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$current"))
    elif [[ -n "$options" ]]; then
        _zenrun_files -d
    fi
}}
complete -F _zenrun zenrun"""


def _zsh(commands: list[_Command]) -> str:
    values, words = [], []
    for names, choices in _valued(commands).items():
        what = "_files" if _FILES & set(names.split("|")) else f"compadd -- {' '.join(choices)}"
        values.append(f"        {names}) {what if choices or what == '_files' else ':'}; return ;;")
    for command in commands:
        plain = f"compadd -- {' '.join(command.choices)}" if command.choices else "_files -/"
        words.append(
            f"        {command.name}) [[ $PREFIX == -* ]] && compadd -- {_names(command)} || {plain} ;;"
        )
    told = "\n".join(f"        {_quoted(f'{item.name}:{item.brief}')}" for item in commands)
    return f"""\
#compdef zenrun
# zenrun in zsh: eval "$(zenrun completion zsh)" in ~/.zshrc, after compinit
_zenrun() {{
    local -a commands=(
{told}
    )
    if (( CURRENT == 2 )); then
        if [[ $PREFIX == -* ]]; then compadd -- --help --version; else _describe command commands; fi
        return
    fi
    case $words[CURRENT-1] in
{chr(10).join(values)}
    esac
    case $words[2] in
{chr(10).join(words)}
    esac
}}
compdef _zenrun zenrun"""


def _fish(commands: list[_Command]) -> str:
    lines = [
        "# zenrun in fish: zenrun completion fish | source in ~/.config/fish/config.fish",
        "complete -c zenrun -f",
        "complete -c zenrun -n __fish_use_subcommand -l help -d 'show help'",
        "complete -c zenrun -n __fish_use_subcommand -l version -d 'show the version'",
    ]
    for command in commands:
        here = f"complete -c zenrun -n '__fish_seen_subcommand_from {command.name}'"
        lines.append(
            f"complete -c zenrun -n __fish_use_subcommand -a {command.name} -d {_quoted(command.brief)}"
        )
        lines.append(
            f"{here} -a '{' '.join(command.choices)}'"
            if command.choices
            else f"{here} -a '(__fish_complete_directories)'"
        )
        for names, what, has_value, choices in command.options:
            flags = " ".join(
                f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in names
            )
            value = " -r" if has_value else ""
            if choices:
                value += f" -a '{' '.join(choices)}'"
            elif _FILES & set(names):
                value += " -F"
            lines.append(f"{here} {flags}{value} -d {_quoted(what)}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Quote a text of the help for zsh and fish: none has a quote, a dollar or a backslash in it."""
    return '"' + text.replace('"', "'") + '"'
