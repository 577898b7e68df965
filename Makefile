# Every chore has one command; CI calls the same ones.

PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 8080
ARTIFACTS ?= artifacts
DATA   ?= ../shared/data/telco_customers.csv
TFCHECK ?= ../shared/terraform/check
WORKERS ?= auto
BIN    := $(VENV)/bin

# Each worker has its own server, and more than four would wait for each other.
PYTEST := $(BIN)/pytest --numprocesses $(WORKERS) --maxprocesses 4

# Some of them: make test TESTS="tests/infra tests/churn_lib/words"
TESTS  ?= tests

# Else each of the tests' many processes would compile anew all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run install test spark soak coverage screenshots test-pythons check format bench train evaluate report lock package \
        native views terraform deploy smoke clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/runtime  ## serve the function on http://localhost:8080 (PORT=... for another port, ARTIFACTS=... for another company)
	@echo
	@echo "Page:  http://localhost:$(PORT)/"
	@$(if $(filter artifacts,$(ARTIFACTS)),echo "Try:   curl -s 'http://localhost:$(PORT)/predict' -H 'Content-Type: application/json' -d @tests/data/customer.json",echo "Try:   http://localhost:$(PORT)/docs")
	@echo "Stop:  Ctrl-C"
	@echo
	CHURN_ARTIFACTS=$(ARTIFACTS) HOST=127.0.0.1 PORT=$(PORT) $(BIN)/functions-framework --target predict

install: $(VENV)/dev  ## the whole environment, with the `churn` command in .venv/bin
	@echo "Now: $(BIN)/churn --help"

test: $(VENV)/dev  ## all tests on all cores, WORKERS=0 for one after the other
	$(PYTEST) $(TESTS)

spark: $(VENV)/spark  ## add Spark, half a gigabyte, for the tests that need it and Java 17

soak: $(VENV)/dev  ## the tests that take minutes: load, faults under load, and what is left behind
	$(BIN)/pytest -m soak -s

coverage: $(VENV)/dev  ## all tests, and which branches of code and tests they reached
	$(PYTEST) --cov --cov-report=term

test-pythons:  ## all tests on Python 3.11 and 3.13, those that are installed
	@for version in 3.11 3.13; do \
	  if python=$$(.ci/python $$version); then \
	    $(MAKE) test PYTHON=$$python VENV=.venv-$$version || exit 1; \
	  else \
	    echo "skipped: Python $$version is not installed here"; \
	  fi; \
	done

check: $(VENV)/dev  ## lint, format and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/dev  ## put the code in shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/bench $(VENV)/spark  ## all benchmarks: figures measured in one run, with their ratios; installs Spark too
	$(BIN)/python -m tests.bench --data $(DATA)

train: $(VENV)/dev  ## train on DATA=... and write artifacts/, or ARTIFACTS=...
	$(BIN)/churn train $(DATA) --folder $(ARTIFACTS)

evaluate: $(VENV)/bench  ## cross-validated figures on DATA=..., next to other models
	$(BIN)/churn evaluate $(DATA) --folder $(ARTIFACTS)

report: $(VENV)/dev  ## the model card and its pictures, of what `evaluate` has stored
	$(BIN)/churn report $(DATA) --folder $(ARTIFACTS)

lock:  ## write the locked requirements anew
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --quiet \
	  --output-file requirements.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --quiet \
	  --extra train --extra batch --extra aws --extra scale --extra evidence --group dev --constraint requirements.txt --output-file requirements-dev.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --quiet \
	  --extra train --extra batch --extra aws --extra scale --extra evidence --group dev --group bench --constraint requirements-dev.txt \
	  --output-file requirements-bench.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --quiet \
	  --group spark --constraint requirements-dev.txt --output-file requirements-spark.txt
	$(PYTHON) .ci/extras requirements.txt requirements-dev.txt requirements-bench.txt requirements-spark.txt

screenshots: $(VENV)/dev  ## the page at twelve moments, as pictures in dist/screenshots
	$(BIN)/python -m tests.functions.console.screenshots

package:  ## write dist/source.zip, which is what is deployed: the same bytes from the same files
	@$(PYTHON) infra/package.py dist/source.zip $(ARTIFACTS)

native: $(VENV)/runtime  ## write dist/score_native.sql, the function with which BigQuery scores by itself
	@mkdir -p dist
	@CHURN_ARTIFACTS=$(ARTIFACTS) $(BIN)/python -m churn_lib sql --dialect bigquery --as function --name score_native \
	  >dist/score_native.sql.new && mv dist/score_native.sql.new dist/score_native.sql

views: $(VENV)/dev  ## write dist/views.sql, what a decision log in BigQuery shows: evidence, fallbacks, costs, drift
	@mkdir -p dist
	@CHURN_ARTIFACTS=$(ARTIFACTS) $(BIN)/churn views --dialect bigquery >dist/views.sql.new && mv dist/views.sql.new dist/views.sql

terraform:  ## try infra/ without Google: format, types, tests, plan, apply, plan again, destroy, checkov
	@if command -v terraform >/dev/null && [ -x $(TFCHECK) ]; then \
	  set -ex; \
	  $(TFCHECK) infra --var-file infra/tests/full.tfvars --apply --checkov; \
	  $(TFCHECK) infra --var-file infra/tests/vertex.tfvars --apply; \
	  $(TFCHECK) infra/bootstrap --var-file infra/bootstrap/tests/full.tfvars --apply; \
	else \
	  echo "skipped: infra/ is tried with terraform and $(TFCHECK), and one of them is not here"; \
	fi

deploy: package native  ## package, plan, ask, apply, and try it: make deploy PROJECT=my-project
	@[ -n "$(PROJECT)" ] || { echo "PROJECT is missing: make deploy PROJECT=my-project" >&2; exit 2; }
	terraform -chdir=infra init -input=false -reconfigure -backend-config=bucket=$(PROJECT)-terraform -backend-config=prefix=infra
	terraform -chdir=infra apply -var=project_id=$(PROJECT)
	@$(MAKE) --no-print-directory smoke URL=$(URL)

smoke: $(VENV)/runtime  ## try what was deployed; URL=... when it is behind a load balancer
	PYTHON=$(abspath $(BIN)/python) infra/smoke $(URL)

clean:  ## remove what the other commands made
	rm -rf .venv .venv-* .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage* dist

# What is imported compiles itself once; to compile all that is there would take longer than to install it.
INSTALL := $(BIN)/pip install --quiet --no-compile

$(VENV)/python:
	$(PYTHON) .ci/supported
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime: $(VENV)/python requirements.txt
	$(INSTALL) --no-deps --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev: $(VENV)/python requirements-dev.txt pyproject.toml
	$(INSTALL) --no-deps --require-hashes -r requirements-dev.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/runtime

$(VENV)/spark: $(VENV)/dev requirements-spark.txt
	$(INSTALL) --no-deps --require-hashes -r requirements-spark.txt
	@touch $@

$(VENV)/bench: $(VENV)/dev requirements-bench.txt
	$(INSTALL) --no-deps --require-hashes -r requirements-bench.txt
	@touch $@
