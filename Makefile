# Every verb of the project. `make help` prints the lines marked with ##.
PYTHON ?= $(shell scripts/find-python)
VENV   := .venv
BIN    := $(VENV)/bin
RUN    := $(VENV)/.ready-run
DEV    := $(VENV)/.ready-dev
SITE   ?=
KIT    ?=
ARGS   ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Tests of the application and of the core's statements share the cores; those that watch processes and clocks run alone.
STATEMENTS   := tests/worklane/postgres tests/worklane/ordering
CLOCKS       := tests/scanlane/commands/test_killed_worker.py tests/scanlane/commands/test_pollers.py
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup scan demo serve work test check format lint types contracts chaos hosts bench-crawl bench-sites bench-hostile lock clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(RUN) ## Make .venv with the pinned dependencies and the scanlane command

scan: $(RUN) ## Scan a website: make scan SITE=https://www.python.org (or SITE=demo)
	@if [ -z "$(SITE)" ]; then echo "Say which site: make scan SITE=https://www.python.org (or SITE=demo)" >&2; exit 2; fi
	@$(BIN)/scanlane scan "$(SITE)" $(ARGS)

demo: $(RUN) ## Run the whole pipeline over a sample town, without key or internet
	@$(BIN)/scanlane demo $(ARGS)

serve: $(RUN) ## Serve the HTTP API on 127.0.0.1:8000, running jobs itself
	@$(BIN)/scanlane serve $(ARGS)

work: $(RUN) ## Run a worker: make work (as many as you like)
	@$(BIN)/scanlane work $(ARGS)

test: $(DEV) ## Run all tests on the embedded PostgreSQL: make test ARGS="-k rescue"
ifeq ($(strip $(ARGS)),)
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) tests/scanlane tests/test_*.py $(STATEMENTS) $(addprefix --ignore=,$(CLOCKS))
	@$(BIN)/python -m pytest tests/worklane $(addprefix --ignore=,$(STATEMENTS)) $(CLOCKS)
else
	@$(BIN)/python -m pytest $(ARGS)
endif

check: $(DEV) format-check lint types contracts test ## Everything CI runs: format, lint, types, import contracts, size limits, tests

.PHONY: format-check
format-check: $(DEV)
	@$(BIN)/ruff format --check .

format: $(DEV) ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: $(DEV) ## Lint, and check the size limits
	@$(BIN)/ruff check .
	@$(BIN)/python scripts/check_sizes.py

types: $(DEV) ## Check the types strictly
	@$(BIN)/mypy

contracts: $(DEV) ## Check the import contracts
	@$(BIN)/lint-imports --no-cache

chaos: $(DEV) ## Kill, stop and cut off workers and PostgreSQL, and count what breaks: make chaos ARGS="--jobs 1000"
	@$(BIN)/python -m benchmarks.chaos $(ARGS)

hosts: $(DEV) ## Cut workers on three machines (network namespaces) off from PostgreSQL; needs root
	@$(BIN)/python -m benchmarks.hosts $(ARGS)

bench-crawl: $(DEV) ## Compare the crawl with Scrapy and Crawlee: make bench-crawl KIT=/path/to/kit
	@KIT="$(KIT)" $(BIN)/python -m benchmarks.crawl_comparison $(ARGS)

bench-sites: $(DEV) ## Scan 200 websites at once: memory, CPU per page, longest stall
	@$(BIN)/python -m benchmarks.many_sites $(ARGS)

bench-hostile: $(DEV) ## Attack the crawler in sixty ways: memory, time and error of each
	@$(BIN)/python -m benchmarks.hostile_sites $(ARGS)

lock: ## Pin all dependencies anew, with hashes (needs: pip install uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --extra build --upgrade pyproject.toml -o requirements/run.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --extra build --extra dev -c requirements/run.lock pyproject.toml -o requirements/dev.lock

clean: ## Remove the virtual environment and caches (never your data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(RUN): requirements/run.lock pyproject.toml
	@scripts/setup "$(PYTHON)" $(VENV) requirements/run.lock $@

$(DEV): requirements/dev.lock pyproject.toml
	@scripts/setup "$(PYTHON)" $(VENV) requirements/dev.lock $@
	@touch $(RUN)
