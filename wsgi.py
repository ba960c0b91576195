"""Entry for servers and for `flask --app wsgi`."""

import sys

from registry.app import create_app
from registry.config import Config, ConfigError
from registry.law.loader import LawFault

GUNICORN_STOPS = 3  # with this exit status of a worker gunicorn gives up instead of trying for ever

try:
    app = create_app(Config.from_env())
except (ConfigError, LawFault) as refusal:
    print(f"registry: {refusal}", file=sys.stderr)  # noqa: T201
    raise SystemExit(GUNICORN_STOPS) from None
