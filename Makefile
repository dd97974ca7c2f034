# `make` alone tells what there is. Needs python3 (3.11 or newer) and make, nothing else.

PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup run up down status logs dev test lint unit lock bench clean

help: ## Tell what there is
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Use it
run: setup ## Set up what is missing, and run the whole service here (Ctrl-C ends it)
	@exec $(BIN)/dateline up
setup: ## Install what Dateline needs to run into .venv; the command is .venv/bin/dateline
	@$(PYTHON) tools/setup.py
up: setup ## Run the service in the background
	@exec $(BIN)/dateline up --detach
down: setup ## Stop the service in the background
	@exec $(BIN)/dateline down
status: setup ## Tell how the service is doing
	@exec $(BIN)/dateline status
logs: setup ## Follow the service's logs
	@exec $(BIN)/dateline logs -f

##@ Work on it
test: lint ## Everything: style, types, arrows, then every test
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile
unit: dev ## The quick tests alone
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile tests/unit
lint: dev ## Style, types, and the arrows between the packages
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
bench: dev ## Measure throughput end to end on a loopback publisher
	@$(BIN)/python bench/throughput.py
dev: ## Install what the tests need, too
	@$(PYTHON) tools/setup.py --dev
lock: dev ## Write the lock files anew from pyproject.toml
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --generate-hashes --universal --no-emit-index-url --no-header \
	  --quiet -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra test --generate-hashes --universal --no-emit-index-url --no-header \
	  --quiet -o requirements-dev.lock
clean: ## Remove .venv and all caches (never your data)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
