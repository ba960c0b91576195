"""One process of several that write to one SQLite file: `python -m tests.kernel.writer URL KEYS COUNT`."""

import sys
from pathlib import Path

from sqlalchemy import select, update

from registry.access.models import RegisterState
from registry.app import create_app
from registry.config import Config
from registry.db import transaction


def main(url: str, keys: str, count: str) -> None:
    with create_app(Config(database_url=url, keys=Path(keys))).app_context():
        print("ready", flush=True)
        sys.stdin.readline()
        for _ in range(int(count)):
            with transaction() as session:
                version = session.scalars(select(RegisterState.list_version)).one()
                session.execute(update(RegisterState).values(list_version=version + 1))
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
