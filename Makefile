# `make` alone lists what there is.
HOST ?= 127.0.0.1
PORT ?= 8000
# More words for pytest, as in: make test ARGS="tests/law -x"
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
PYTHON3 := $(firstword $(shell command -v python3.11) $(shell command -v python3))
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  HOST=$(HOST) PORT=$(PORT) say where 'make run' listens."

run: export REGISTRY_PUBLIC_URL ?= http://$(HOST):$(PORT)
run: $(VENV)/runtime.stamp ## install, prepare keys, database and example data, serve on HOST:PORT
	@ring=$$($(BIN)/python -c 'from registry.config import Config; print(Config.from_env().keys)') \
		&& { test -e "$$ring" || $(FLASK) keys init; }
	$(FLASK) migrate
	$(FLASK) demo load
	exec $(BIN)/gunicorn --bind $(HOST):$(PORT) wsgi:app

test: $(VENV)/dev.stamp ## everything: units, services on SQLite and PostgreSQL, API, architecture, migrations
	sh tests/support/prepare.sh
	$(BIN)/python -m pytest -q -n auto $(ARGS)

lint: $(VENV)/dev.stamp ## ruff, mypy, import-linter, bandit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml registry migrations wsgi.py gunicorn.conf.py

format: $(VENV)/dev.stamp ## mend layout and order of imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp ## measure, some ten minutes; ARGS=--full adds a list of ten million, ARGS=--quick looks
	$(BIN)/python -m bench $(ARGS)

lock: $(VENV)/dev.stamp ## take newer versions into requirements.txt and requirements-dev.txt, with hashes
	$(COMPILE) requirements.in --output-file requirements.txt
	$(COMPILE) requirements-dev.in --output-file requirements-dev.txt

clean: ## remove the virtual environment and caches; data under var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .schemathesis .coverage .coverage.*
	find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON3)" || { echo "Python 3.11 or newer is needed (Debian: apt-get install python3 python3-venv)."; exit 1; }
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON3) is older than Python 3.11."; exit 1; }
	@# Debian keeps ensurepip in a package of its own.
	@$(PYTHON3) -m venv $(VENV) || { rm -rf $(VENV); \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; } \
			|| { echo "python3 -m venv failed; as root: apt-get install python3-venv"; exit 1; }; \
		apt-get update -q && apt-get install -y -q --no-install-recommends python3-venv && $(PYTHON3) -m venv $(VENV); \
	} || { rm -rf $(VENV); exit 1; }

$(VENV)/runtime.stamp: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

# The development lock holds the runtime lock's versions, so it serves `make run` too.
$(VENV)/dev.stamp: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $(VENV)/runtime.stamp $@
