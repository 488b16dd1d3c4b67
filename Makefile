# The commands of this project. `make start` and `make test` set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: start test handouts bench lint lock screenshots browser

start: $(VENV)/.use
	@$(BIN)/leefbaar start --begeleider $(ARGS)

handouts: $(VENV)/.use
	@$(BIN)/leefbaar handouts --output build/handouts $(ARGS)
	@$(BIN)/leefbaar handouts --output build/handouts --audience begeleider $(ARGS)

test: $(VENV)/.test browser
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

bench: $(VENV)/.test browser
	@$(BIN)/python benchmarks/run.py $(ARGS)
	@$(BIN)/python benchmarks/sources.py

lint: $(VENV)/.test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

# The pictures of the README, from the running product; needs pdftoppm (poppler-utils).
screenshots: $(VENV)/.test browser
	@$(BIN)/python docs/make_screenshots.py

# Resolves the dependencies anew; needs uv. The test lock holds the same versions as the other.
lock:
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --quiet -o requirements.lock
	uv pip compile pyproject.toml --group build --group test --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --quiet -c requirements.lock -o requirements-test.lock

# pip takes hashes or a local package in one call, never both.
define install
	@echo "Setting up $(VENV), the first time this takes a minute…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
endef

$(VENV)/.use: requirements.lock pyproject.toml | $(BIN)/python
	$(call install,requirements.lock)

$(VENV)/.test: requirements-test.lock pyproject.toml | $(BIN)/python
	$(call install,requirements-test.lock)
	@touch $(VENV)/.use

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; choose one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# The browser tests need Chromium or Chrome; on Debian as root it is fetched, elsewhere found.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	    apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } || \
	  echo "No Chromium found: the browser tests will be skipped."
