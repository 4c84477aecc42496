# Two commands are enough: `make run` and `make test`. Each makes .venv where it is missing.
# Options:  make run ARGS="--seed 7"   make test ARGS="-k border"   PYTHON=python3.12
#           make run SERVE=0 ends after the report
#           make study SOURCE=folder-of-the-source-tables

VENV   ?= .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
ARGS   ?=
OUT    ?= results
SOURCE ?=
SERVE  ?= 1

PIP    := $(BIN)/python -m pip install --disable-pip-version-check --quiet
STAMP  := $(VENV)/.setup-done

# The front end is built with the machine's Node, or with the one that comes as a Python wheel.
NODE_OK := $(shell node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 && echo yes)
NODE    := $(if $(NODE_OK),,$(VENV)/.node-done)
NPM     := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix frontend
MODULES := frontend/node_modules/.package-lock.json
DIST    := src/opencorridor/web/dist/index.html
SOURCES := $(shell find frontend -name node_modules -prune -o -type f -print) src/opencorridor/documents/style.json

.DEFAULT_GOAL := help
.PHONY: help setup web run test kernels frontend unit lint format types imports check study docs bench lock clean

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

$(VENV)/.node-done: frontend/node.lock $(STAMP)
	$(PIP) --require-hashes -r $< || $(PIP) --require-hashes -r $<
	@touch $@

$(MODULES): frontend/package-lock.json frontend/package.json $(NODE)
	$(NPM) ci --no-audit --no-fund --loglevel=error || $(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(DIST): $(SOURCES) $(MODULES)
	$(NPM) run build --silent

web: setup $(DIST) ## build the workbench's pages

run: setup $(DIST) ## run the study, print the answer, then serve the workbench
	$(BIN)/opencorridor run --out $(OUT) $(ARGS)
	@echo "report: $(CURDIR)/$(OUT)/report.html"
	@if [ "$(SERVE)" != 0 ]; then $(BIN)/opencorridor serve; fi

# What needs one core only runs beside the compiler; the tests then find all loops compiled.
test: setup $(DIST) ## run every check: style, types, import contracts, tests
	@$(MAKE) --no-print-directory -j 2 lint types imports frontend kernels
	@$(MAKE) --no-print-directory unit

kernels: setup ## compile the engines' inner loops, which the first questions would wait for
	@home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT && export OPENCORRIDOR_CACHE="$$home" && \
	  { $(BIN)/opencorridor run --study teaching --out "$$home/results" && \
	    $(BIN)/opencorridor route --study teaching --pareto "Alpha City" "Charlie City" && \
	    $(BIN)/opencorridor skim --study teaching --out "$$home/skim.csv"; } >"$$home/said" 2>&1 || \
	  { cat "$$home/said" >&2; exit 1; }

frontend: setup $(DIST) ## check and test the workbench's code
	$(NPM) run check --silent
	$(NPM) run test --silent

unit: setup $(DIST) ## run the tests alone
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

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

bench: setup $(DIST) ## time the commands and the pages that a user waits for
	@missed=0; $(BIN)/python benchmarks/commands.py || missed=1; \
	for page in multi_sector:multi-sector-speed pareto:pareto-speed estimation:estimation-speed \
	    route:route-speed study_skims:skim-speed \
	    fixed_point:fixed-point-speed web:speed; do \
	  $(BIN)/python "benchmarks/$${page%%:*}.py" --out "docs/reference/$${page##*:}.md" || missed=1; \
	done; exit $$missed

lock: setup ## compile requirements.lock from pyproject.toml (needs uv on the PATH)
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header \
	  --no-annotate --python-version 3.11 -o requirements.lock

clean: ## remove the environment, the results and what the tools left
	rm -rf $(VENV) $(OUT) frontend/node_modules src/opencorridor/web/dist build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests data docs benchmarks -type d -name __pycache__ -prune -exec rm -rf {} +
