# Everything runs in .venv, which is made on the first call from the pinned requirements; a second call takes seconds.
PYTHON ?= python3
PORT ?= 3000
BIN := .venv/bin
UV := uv==0.13.9
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-annotate --no-strip-extras

.PHONY: help install demo ui test long reliability distributed benchmark growth lint types docs lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/run.stamp ## .venv with what a real account needs

demo: .venv/run.stamp ## an emulated HubSpot account to Parquet tables and a report, through Dagster
	@$(BIN)/campaign-assets demo

ui: .venv/run.stamp ## the same, then the Dagster UI on 127.0.0.1 (PORT=3000)
	@$(BIN)/campaign-assets demo --ui --port $(PORT)

test: .venv/dev.stamp ## the tests, in under three minutes
	@$(BIN)/pytest -n 2 --dist worksteal

long: .venv/dev.stamp ## the tests that take longer: whole runs, browsers, buckets, simulated weeks and crowds
	@$(BIN)/pytest -m long -n 2 --dist worksteal

reliability: .venv/dev.stamp ## faults, crashes and full disks: some ten minutes, and not one wrong cell
	@$(BIN)/python -m campaign_assets_tests.reliability

distributed: .venv/distributed.stamp ## many machines on this one: Postgres, Celery workers, S3, and a worker that dies: some three minutes
	@$(BIN)/pytest -q campaign_assets_tests/distributed/schemas.py
	@$(BIN)/python -m campaign_assets_tests.distributed

benchmark: .venv/dev.stamp ## requests, seconds and memory, beside HubSpot's own SDK: twenty minutes
	@$(BIN)/python -m campaign_assets_tests.benchmarks.backfill

growth: .venv/dev.stamp ## what four and sixteen times the campaigns or the days cost: some three minutes
	@$(BIN)/python -m campaign_assets_tests.benchmarks.growth

lint: .venv/dev.stamp ## style
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports

types: .venv/dev.stamp ## strict types
	@$(BIN)/mypy

docs: .venv/dev.stamp ## the generated parts of docs: tables, settings, the drawing of the tables
	@$(BIN)/python -m campaign_assets_tests.docs

lock: .venv/dev.stamp ## pins the newest allowed version of every package, with hashes
	@$(PIP) install '$(UV)'
	@$(COMPILE) --upgrade pyproject.toml --extra report --group build -o requirements.txt
	@$(COMPILE) --upgrade pyproject.toml --extra report --extra s3 --group dev -c requirements.txt -o requirements-dev.txt
	@$(COMPILE) --upgrade pyproject.toml --extra report --extra distributed --extra kubernetes --group build \
		-c requirements.txt -c requirements-dev.txt -o requirements-distributed.txt

clean: ## removes what make made
	rm -rf .venv .demo

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@echo "Making .venv (once, about a minute) ..."
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt pyproject.toml | .venv/bin/python
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

.venv/distributed.stamp: requirements-distributed.txt .venv/dev.stamp
	@$(PIP) install --require-hashes -r requirements-distributed.txt
	@touch $@
