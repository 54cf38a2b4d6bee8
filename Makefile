# Everything sets itself up: the first call makes .venv from the lock, later ones reuse it.
SHELL := /bin/bash
ENV ?= dev
TIME_SCALE ?= 60
# Byte code must be written: without it every module run compiles boto3 anew.
unexport PYTHONDONTWRITEBYTECODE
unexport AWS_PROFILE
export PATH := $(CURDIR)/.venv/bin:$(PATH)
python := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup demo up down status test quick style lint unit molecule e2e soak bench faults drill docs site lock clean

help: ## List what there is
	@grep -hE '^[a-z0-9_-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'
	@echo "  variables:      ENV=dev|staging|prod (for up), KEEP=1 (for demo: leave it up), PICTURE=docs/demo.svg (for demo: draw it there), TIME_SCALE=60, PYTHON=/path/to/python3.13"

setup: ## Make .venv from the lock
	@./bootstrap

demo: setup ## Stand dev up in a local cloud, send requests, release a good version and a bad one, show what happened
	@$(python) -m rehearsal rehearse --releases --environment dev --time-scale $(TIME_SCALE) $(if $(KEEP),--keep) $(if $(PICTURE),--picture $(PICTURE))

up: setup ## Stand an environment up in a local cloud and leave it up (ENV=dev|staging|prod)
	@$(python) -m rehearsal rehearse --environment $(ENV) --time-scale $(TIME_SCALE) --keep

down: setup ## End the local cloud
	@$(python) -m rehearsal down

status: setup ## Show what runs in the local cloud
	@$(python) -m rehearsal status

test: setup lint unit molecule e2e ## Run every test: lint, unit, molecule, end to end

quick: setup lint demo ## What tells most in the least time: lint, dev end to end, the tests that need no local cloud
	@pytest tests/unit/adapters tests/unit/canary tests/unit/docs tests/unit/engine tests/unit/filters tests/unit/inputs tests/unit/lease -n 3

style: setup ## ruff, mypy, yamllint
	@ruff check . && ruff format --check . && mypy app bench collections rehearsal tests/e2e tools && yamllint --strict .

lint: setup style ## style and ansible-lint
	@ansible-lint --offline

unit: setup ## Unit tests
	@pytest tests/unit -n 4

molecule: setup ## Test every role: converge, idempotence, verify
	@$(python) tools/molecule_all.py

e2e: setup ## Stand dev, staging and prod up, break them, mend them, tear them down
	@pytest tests/e2e -m "not soak" -n 2 -vv

soak: setup ## Long sweeps: kills one write later each time, faults at higher rates; goes on where it was cut (FILES=tests/e2e/test_failover.py)
	@PYTHONPATH=. pytest -p tests.e2e.sweeps $(or $(FILES),tests/e2e) -m soak -n 1 -vv

bench: setup ## Measure runs beside stock modules and boto3 alone (CASES="prod services-50", REPEAT=5)
	@PYTHONPATH=collections $(python) -m bench.run $(CASES) --repeat $(or $(REPEAT),5)

faults: setup ## Lead dev through its life while the API fails, by seeds (LIVES=200)
	@PYTHONPATH=collections $(python) -m bench.faults --lives $(or $(LIVES),200)

drill: setup ## Restore dev's database in a local cloud under load, and write the figures of docs/disaster-recovery.md
	@PYTHONPATH=collections $(python) -m bench.drills

docs: setup ## Write the generated documentation
	@$(python) tools/generate_docs.py && $(python) -m tools.monthly_cost --write

site: setup ## Build the documentation as a site in reports/site; fails on a link that leads nowhere
	@NO_MKDOCS_2_WARNING=1 mkdocs build --strict && echo reports/site/index.html

lock: setup ## Resolve the dependencies anew
	@uv pip compile -q --universal --python-version 3.12 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  pyproject.toml --group pyproject.toml:rehearsal --group pyproject.toml:dev --group pyproject.toml:docs -o requirements.lock
	@uv pip compile -q --universal --python-version 3.13 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  app/requirements.txt -o app/requirements.lock

clean: down ## End the local cloud and remove what was made
	@rm -rf .venv .rehearsal reports .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
