# The front door of the house: `make` prints what it can do.
#
# Everything goes into .venv; no root, no Docker and no system Node are needed.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
SEEDS ?= 80000
CENTRES ?= 1000

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-fresh test check format bench simulate faults faults-short fleet lock wheel clean drills

help:  ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready shared/web/static/vendor/ready  ## Virtual environment and the sites' third-party assets

.venv/ready: requirements.lock pyproject.toml
	@echo "Setting up the virtual environment (once, one or two minutes) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Stadtherz needs Python 3.11. Install it, or name it: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

shared/web/static/vendor/ready: shared/web/assets/package-lock.json .venv/ready
	@$(BIN)/python -m shared.web.assets
	@touch $@

demo: setup  ## A small Duisburg: broker, hub and three centres; Ctrl-C ends it, a second start keeps its records
	@$(BIN)/python -m deploy.demo

demo-fresh: setup  ## The same from the beginning, forgetting what was typed into it
	@$(BIN)/python -m deploy.demo --fresh

test: setup  ## All tests that need no installed service, and those whose service is there
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --ignore tests/system; \
	  apart=$$?; $(BIN)/python -m pytest tests/system && exit $$apart

check: setup  ## Style, types, import contracts, known weaknesses of dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/shared/test_docs.py
	@$(BIN)/python -m deploy.audit

format: setup  ## Put the code into the house's shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup  ## Speed, as ratios taken in one run
	@$(BIN)/python -m tests.benchmarks

simulate: setup  ## Millions of steps of the replication simulator: make simulate SEEDS=80000
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS)
	@$(BIN)/python -m tests.simulation --ablations
	@STADTHERZ_EXAMPLES=1500 $(BIN)/python -m pytest -q tests/simulation/test_machine.py

fleet: setup  ## A city of simulated centres against the real hub and broker: make fleet CENTRES=1000
	@$(BIN)/python -m tests.fleet --centres $(CENTRES) $(FLEET)

faults: setup  ## Hundreds of power cuts, bad lines, full disks, restores, and what they cost: make faults KILLS=500
	@$(BIN)/python -m tests.faults $(if $(KILLS),--kills $(KILLS))

faults-short: setup  ## The same in about ten minutes
	@$(BIN)/python -m tests.faults --short

drills: setup  ## Backup and recovery played with real processes, with a report of what was checked
	@$(BIN)/python -m tests.drills

lock:  ## Renew requirements.lock (versions and hashes, no addresses)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet pip-tools
	@$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --extra build --extra demo --extra test --output-file requirements.lock pyproject.toml
	@$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --constraint requirements.lock --output-file deploy/requirements-run.lock pyproject.toml

wheel: setup  ## The distribution, assets inside
	@$(BIN)/python -m hatchling build

clean:  ## Forget the environment, the assets and the demo
	@rm -rf .venv .demo dist shared/web/static/vendor shared/web/assets/node_modules
