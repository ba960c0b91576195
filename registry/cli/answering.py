"""How a command answers: as lines, as one JSON object, or with what went wrong."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from registry.config import ConfigError
from registry.errors import RegistryError


def answering(command: Callable[..., dict[str, Any]]) -> Callable[..., None]:
    """Print what the command found, as lines or as JSON; trouble goes to standard error with exit status 1.

    An answer's `text` is for people and stands for the rest; JSON leaves it out.
    """

    @click.option("--json", "as_json", is_flag=True, help="print one JSON object and nothing else")
    @wraps(command)
    def run(as_json: bool, **arguments: Any) -> None:
        try:
            answer = command(**arguments)
        except (RegistryError, ConfigError) as trouble:
            click.echo(_told(trouble), err=True)
            sys.exit(1)
        text = answer.pop("text", None)
        if as_json:
            click.echo(json.dumps(answer, ensure_ascii=False, default=str))
        elif text:
            click.echo(text)
        else:
            for name, value in answer.items():
                for line in value if isinstance(value, list) else [value]:
                    click.echo(f"{name}: {line}")

    return run


def _told(trouble: Exception) -> str:
    if not isinstance(trouble, RegistryError):
        return str(trouble)
    lines = [f"{trouble.slug}: {trouble.sentence.en}", trouble.sentence.zh]
    lines += [f"{fault.pointer}: {fault.text.en} {fault.text.zh}" for fault in trouble.errors]
    return "\n".join(dict.fromkeys(lines))
