"""A process that dies while it takes in a year, before anything is committed: `… URL KEYS`."""

import os
import signal
import sys
from datetime import date, timedelta
from pathlib import Path

from registry.app import create_app
from registry.audit.service import OPERATOR
from registry.config import Config
from registry.db import transaction

OFF = [date(2027, 1, 1), *(date(2027, 10, 1) + timedelta(n) for n in range(10))]


def main(url: str, keys: str) -> None:
    app = create_app(Config(database_url=url, keys=Path(keys)))
    with app.app_context(), transaction():
        changed = app.extensions["registry"].workdays.import_year(OPERATOR, 2027, OFF, [], "通知")
        print(changed, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
