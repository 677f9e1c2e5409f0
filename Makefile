# Every target builds .venv by itself the first time, and again when the lock or pyproject.toml changes.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

# The first Python that runs and is new enough; `make PYTHON=/path/to/python3 ...` overrides.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
READY := .venv/.ready
CORPUS ?= ../shared/corpus
CODE := $(wildcard src tests bench examples docs)
ARGS ?=

.PHONY: help demo rehearse test fuzz check lint format types imports bench docs lock clean

help: ## what there is
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

demo: $(READY) ## the whole system on this machine, nothing else needed
	$(BIN)/jaboti demo $(ARGS)

rehearse: $(READY) ## the main job against the platform's sandbox, with our payloads and the recorded ones where they are
	@if [ -d "$(CORPUS)" ]; then set -x; $(BIN)/jaboti rehearse --payloads tests/payloads --payloads "$(CORPUS)" $(ARGS); \
	else echo "rehearse: $(CORPUS) is absent, so no recorded payloads are replayed"; \
	$(BIN)/jaboti rehearse --payloads tests/payloads $(ARGS); fi

test: $(READY) ## every test, in three processes (many wait); ARGS="-k chat -n 0" narrows, and runs them in one
	$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

CASES ?= 20000
SEED ?= $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')

fuzz: $(READY) ## the whole document at random, over PostgreSQL; CASES=2000 for fewer, SEED=... to see a run again
	@echo "fuzz: CASES=$(CASES) SEED=$(SEED)"
	FUZZ_CASES=$(CASES) $(BIN)/pytest -n 0 -s --timeout 1200 --hypothesis-seed=$(SEED) tests/integration/rest/test_schemathesis.py $(ARGS)

check: lint types imports test rehearse ## what CI runs

lint: $(READY) ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY) ## mends what lint can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY) ## mypy --strict
	$(BIN)/mypy --strict $(CODE)

imports: $(READY) ## who may import whom (.importlinter)
	$(BIN)/lint-imports

bench: $(READY) ## the measurements
	$(BIN)/python -m bench $(ARGS)

docs: $(READY) ## the generated part of docs/
	$(BIN)/python docs/generate.py $(ARGS)

COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet

lock: $(READY) ## newest versions that fit, into requirements/
	$(BIN)/$(COMPILE) --upgrade --extra all -o requirements/all.txt
	$(BIN)/$(COMPILE) --upgrade --extra all --extra testing --group dev -c requirements/all.txt -o requirements/dev.txt
	sed -i '1i # Made by "make lock": $(COMPILE) --extra all' requirements/all.txt
	sed -i '1i # Made by "make lock": $(COMPILE) --extra all --extra testing --group dev -c requirements/all.txt' requirements/dev.txt

clean: ## caches and builds; `rm -r .venv` for the rest
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist build
	find src tests bench examples -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# Two steps, so that a changed setting does not install the world again.
$(READY): pyproject.toml .venv/.locked
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.locked: requirements/dev.txt
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv (Debian 12), or make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
		then apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; \
		else echo "$(PYTHON) has no ensurepip: as root, apt-get install python3-venv" >&2; exit 1; fi; }
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes --no-deps --only-binary :all: -r requirements/dev.txt
	@touch $@
