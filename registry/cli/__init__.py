"""The operator commands: `flask --app wsgi …`. `--json` prints one JSON object and nothing else.

A file for each subject; `answering` prints what a command found.
"""

from flask import Flask

from registry.cli import accounts, law, operations, proof
from registry.services import Services


def register(app: Flask, services: Services) -> None:
    """Add the commands to `app`."""
    for command in (
        *operations.commands(app, services),
        *accounts.commands(services),
        *law.commands(services),
        *proof.commands(services),
    ):
        app.cli.add_command(command)
