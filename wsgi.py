"""Entry for servers and for `flask --app wsgi`."""

from registry.app import create_app
from registry.config import Config

app = create_app(Config.from_env())
