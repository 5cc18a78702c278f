# Start with `make demo` and `make test`. Everything else is done with snakemake directly.

PYTHON ?= python3
# make lock UPGRADE= keeps all versions that still satisfy the requirements.
UPGRADE ?= --upgrade
VENV := .venv
BIN := $(VENV)/bin
# The commands of the rules start `python`, which must be the one of the environment.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# pyright would otherwise ask the package index for a newer version of itself.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
# Keep compiled modules where the environment forbids it, as in many containers: the tests start
# thousands of processes that would compile them again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help environment demo test quick check-repeat lint lint-types lint-plan lint-style docs \
  lock clean

help:
	@echo "make demo         render four small clips and run the workflow on them"
	@echo "make test         lint and all tests; tests/README.md gives what they need and cost"
	@echo "make quick        the unit tests and the tests of the documentation"
	@echo "make lint         check style, imports, types, GitHub workflows and the documentation site"
	@echo "make docs         build the documentation site into site/"
	@echo "make check-repeat run the demo twice and compare the results; takes several minutes"
	@echo "make environment  only set up $(VENV) from envs/lock.txt"
	@echo "make lock         resolve envs/requirements*.in and write both lock files in envs/"
	@echo "make clean        remove the demo's clips and results, and the documentation site"

environment: $(VENV)/ready

# What the workflow imports.
$(VENV)/ready: envs/lock.txt envs/uv.txt envs/setup.sh
	sh envs/setup.sh $(PYTHON) $(VENV) envs/lock.txt
	@touch $@

# What tests, linters and the documentation site need besides.
$(VENV)/ready-tests: envs/lock-tests.txt | $(VENV)/ready
	sh envs/setup.sh $(PYTHON) $(VENV) envs/lock-tests.txt
	@touch $@

resources/demo/truth.json: tools/render_demo.py $(wildcard tools/demo_clips/*.py tools/portraits/*) | $(VENV)/ready
	@echo "Rendering the demo clips ..."
	@python tools/render_demo.py resources/demo
	@touch $@

demo: resources/demo/truth.json
	snakemake --profile profiles/laptop --configfile config/laptop.yaml

UNIT := tests/unit tests/docs

# One worker more than cores: one of them runs the tests on a cluster, which often wait.
test: lint
	pytest -n auto $(UNIT) tests/dryrun tests/browser tests/cluster tests/workflow

quick: resources/demo/truth.json | $(VENV)/ready-tests
	pytest -n logical $(UNIT)

check-repeat: resources/demo/truth.json
	python tools/check_repeat.py

# Four groups of checks of about the same length, two at a time. Each prints what it found at its end.
LINT := lint-types lint-plan lint-style docs

lint: resources/demo/truth.json | $(VENV)/ready-tests
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target --keep-going $(LINT)

lint-types: | $(VENV)/ready-tests
	pyright --warnings

lint-plan: resources/demo/truth.json | $(VENV)/ready-tests
	snakemake --lint --configfile config/laptop.yaml
	zizmor --offline --no-progress --quiet .github

lint-style: | $(VENV)/ready-tests
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile rules
	PYTHONPATH=scripts lint-imports --no-logo --no-cache

# Fails on links that lead nowhere and pages that the navigation does not name. The variable turns
# off an advertisement.
docs: | $(VENV)/ready-tests
	NO_MKDOCS_2_WARNING=1 mkdocs build --strict --quiet

# The second file takes the versions of the first.
COMPILE := uv pip compile --universal --fork-strategy fewest --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-annotate --no-header

lock: | $(VENV)/ready
	$(COMPILE) $(UPGRADE) --override envs/overrides.txt envs/requirements.in -o envs/lock.txt
	$(COMPILE) $(UPGRADE) -c envs/lock.txt --override envs/overrides.txt envs/requirements-tests.in \
	  -o envs/lock-tests.txt

clean:
	rm -rf results/laptop resources/demo site
