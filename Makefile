# Two commands from a fresh clone: `make setup`, `make run`.  `make help` lists the others.

VENV := .venv
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
# Two more than there are processors: many tests wait for disks and for other processes.
WORKERS ?= $(shell [ $(CORES) -gt 4 ] && echo 6 || echo $$(($(CORES) + 2)))

# Python keeps what it compiles, even where the environment says otherwise: a server starts in half the time.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-dev run test test-postgres faults torture cluster check lint format docs services lock sbom audit bench profiles screenshots clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | awk -F '\t' '{printf "make %-10s %s\n", $$1, $$2}'

setup: ## make .venv with everything needed to run
	@tools/setup

setup-dev: ## the same, with what tests and checks need
	@tools/setup dev

run: setup ## serve on port 5000, data in ./data (more options: ARGS="…")
	@exec $(VENV)/bin/albumen serve $(ARGS)

test: setup-dev services ## run the tests (some of them: ARGS="tests/media -k exif")
	$(VENV)/bin/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-postgres: setup-dev services ## run the tests on PostgreSQL (some of them: ARGS="tests/libraries")
	ALBUMEN_TEST_DATABASE=postgresql $(VENV)/bin/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

faults: setup-dev services ## bring real servers down in every way, besiege them, walk at random (more: ALBUMEN_TRIALS=500)
	$(VENV)/bin/python -m pytest -n $(WORKERS) --dist worksteal -m faults tests/faults tests/flows/test_reality.py tests/hard/test_siege.py $(ARGS)

torture: setup-dev services ## the tests that take long: every make of film, every real file, large downloads, sieges
	$(VENV)/bin/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m torture tests $(ARGS)

check: setup-dev lint test ## all that must hold before a commit: lint, types, imports, documents, tests

cluster: setup-dev services ## start two servers, two workers, PostgreSQL and a bucket here, go through them, say OK
	@$(VENV)/bin/python tools/cluster.py

lint: setup-dev ## everything in check but the tests
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	MYPYPATH=src:bench:tools $(VENV)/bin/mypy --explicit-package-bases --allow-untyped-defs --allow-incomplete-defs tools tests bench
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python tools/generate_docs.py --check

format: setup-dev ## write the code as ruff would
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

docs: setup-dev ## write docs/{settings,api,cli}.md and docs/openapi.json from the code
	$(VENV)/bin/python tools/generate_docs.py

services: ## install the programs that tests use, or say which are missing
	@tools/services

lock: setup-dev ## pin what pyproject.toml asks for (all of it anew: ARGS=--upgrade)
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --extra keyring --extra otel --extra postgres --extra rabbitmq --extra s3 \
		--group build $(ARGS) --output-file requirements.lock pyproject.toml
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --extra keyring --extra otel --extra postgres --extra rabbitmq --extra s3 --extra ml \
		--group build --group dev --constraints requirements.lock $(ARGS) --output-file requirements-dev.lock pyproject.toml

sbom: setup-dev ## list what Albumen is made of in dist/albumen.cdx.json (licences on the screen: ARGS=--licences)
	@$(VENV)/bin/python tools/sbom.py $(ARGS)

audit: setup-dev ## ask whether anything pinned has a known weakness; needs the network
	@$(VENV)/bin/python tools/sbom.py --check
	@$(VENV)/bin/python tools/audit.py

bench: setup-dev ## run all of bench/, fail where a ratio is worse than in bench/figures.json (ARGS="ingest --keep")
	@$(VENV)/bin/python bench/_figures.py $(ARGS)

profiles: setup-dev ## draw flame graphs into docs/profiles (some of them: ARGS="grid search")
	@$(VENV)/bin/python bench/_profiles.py $(ARGS)

screenshots: setup-dev services ## take a picture of every page into ./screenshots (other photos: ARGS="--photos …")
	@$(VENV)/bin/python tools/screenshots.py $(ARGS)

clean: ## remove .venv and caches, never ./data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
