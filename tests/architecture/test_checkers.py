"""The checkers of `make lint`, as ordinary tests."""

from tests.architecture.tools import run


def test_imports_go_down_only() -> None:
    run("lint-imports", "--no-cache")


def test_ruff_finds_nothing() -> None:
    run("ruff", "check", ".")


def test_layout_is_ruffs() -> None:
    run("ruff", "format", "--check", ".")


def test_types_hold() -> None:
    run("mypy")


def test_bandit_finds_nothing() -> None:
    targets = ("registry", "migrations", "wsgi.py", "gunicorn.conf.py")
    run("bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", *targets)
