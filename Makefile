# Two commands are enough: `make run` and `make test`. Each makes .venv where it is missing.
# Options:  make run ARGS="--seed 7"   make test ARGS="-k border"   PYTHON=python3.12
#           make study SOURCE=folder-of-the-source-tables

VENV   ?= .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
ARGS   ?=
OUT    ?= results
SOURCE ?=

PIP    := $(BIN)/python -m pip install --disable-pip-version-check --quiet
STAMP  := $(VENV)/.setup-done

.DEFAULT_GOAL := help
.PHONY: help setup run test unit lint format types imports check study docs bench lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## make .venv from the locked versions with their hashes

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock || $(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

run: setup ## run the study, print the answer and the path of the report
	$(BIN)/opencorridor run --out $(OUT) $(ARGS)
	@echo "report: $(CURDIR)/$(OUT)/report.html"

test: lint types imports unit ## run every check: style, types, import contracts, tests

unit: setup ## run the tests alone
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: setup ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup ## mend style and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup ## check types
	$(BIN)/mypy

imports: setup ## check which room may import which
	$(BIN)/lint-imports --no-logo

check: setup ## find every problem in the study's tables and print the fit to observations
	$(BIN)/opencorridor check $(ARGS)

study: setup ## rebuild the shipped study: make study SOURCE=folder
	@test -n "$(SOURCE)" || { echo "say where the source tables are: make study SOURCE=folder" >&2; exit 2; }
	$(BIN)/python data/build.py --source "$(SOURCE)"

docs: setup ## write the generated pages of docs/ again
	$(BIN)/python docs/generate.py

bench: setup ## time the commands that a user waits for
	$(BIN)/python benchmarks/commands.py

lock: setup ## compile requirements.lock from pyproject.toml (needs uv on the PATH)
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header \
	  --no-annotate --python-version 3.11 -o requirements.lock

clean: ## remove the environment, the results and what the tools left
	rm -rf $(VENV) $(OUT) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests data docs benchmarks -type d -name __pycache__ -prune -exec rm -rf {} +
