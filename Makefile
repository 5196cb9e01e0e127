# The commands to learn; `make` alone lists them. Set-up happens by itself, by the stamps below.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo dev test check bench features messages lock clean setup setup-dev

help:  ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: setup  ## A living marketplace on http://localhost:8000 (PORT=8100 for another port)
	@exec $(BIN)/manyhands demo

dev: setup-dev  ## The site with reload on change (PORT=, MANYHANDS_HOME=)
	@MANYHANDS_HOME="$${MANYHANDS_HOME:-$$HOME/.manyhands-dev}" MANYHANDS_DEBUG=1 exec $(BIN)/manyhands serve --reload --no-sandbox

test: setup-dev  ## All tests, on all cores (ARGS="-k name" for some, on one)
	@$(BIN)/python tools/browser.py
	@$(BIN)/python -m pytest $(or $(ARGS),-n auto)

check: setup-dev  ## Format, lint, types, layers, templates, migrations
	@$(BIN)/python tools/check.py

bench: setup-dev  ## Measures (NAME=cycles for one)
	@$(BIN)/manyhands bench $(NAME)

features: setup-dev  ## Which statements of docs/features.csv tests cover (ARGS="--area Work" or ids)
	@$(BIN)/python tools/features.py $(ARGS)

messages: setup-dev  ## Bring the translations' catalogues in step with the source (ARGS=--check to compare)
	@$(BIN)/python tools/messages.py $(ARGS)

lock: $(STAMPS)/python  ## Choose the newest allowed versions anew (ARGS=--upgrade)
	@$(PYTHON) tools/lock.py $(ARGS)

clean:  ## Remove what the commands above made (not the data in a home)
	rm -rf $(VENV) $(STAMPS) node_modules src/manyhands/web/static/built .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +

# Set-up ---------------------------------------------------------------------------------------

# Stamps tell what was done to a .venv: without it they tell nothing.
ifeq ($(wildcard $(BIN)/python),)
$(shell rm -rf $(STAMPS))
endif

setup: $(STAMPS)/installed $(STAMPS)/frontend $(STAMPS)/messages
setup-dev: $(STAMPS)/installed-dev $(STAMPS)/frontend $(STAMPS)/messages

$(STAMPS)/python:
	@mkdir -p $(STAMPS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Manyhands needs Python 3.11 or later; $(PYTHON) is older or missing. Name another: make PYTHON=python3.12 ..."; exit 1; }
	@touch $@

$(STAMPS)/venv: | $(STAMPS)/python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python cannot make virtual environments here. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(STAMPS)/installed: $(STAMPS)/venv requirements.lock pyproject.toml
	@echo "Installing what Manyhands stands on (requirements.lock) ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/installed-dev: $(STAMPS)/installed requirements-dev.lock
	@echo "Installing the tools for tests and checks (requirements-dev.lock) ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

FRONTEND_SOURCES := $(shell find src/manyhands/frontend -type f 2>/dev/null) $(wildcard package.json package-lock.json tools/build_frontend.py)
$(STAMPS)/frontend: $(STAMPS)/installed $(FRONTEND_SOURCES)
	@$(BIN)/python tools/build_frontend.py
	@touch $@

$(STAMPS)/messages: $(STAMPS)/installed $(shell find src/manyhands/web/locale -name '*.po' 2>/dev/null)
	@$(BIN)/python tools/compile_messages.py
	@touch $@
