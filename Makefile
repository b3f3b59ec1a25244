# Redress. `make` alone prints this help.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.setup-done
GENERATED := docs/reference/*.md
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
MVN := mvn --quiet --batch-mode --strict-checksums -f deploy/broker/pom.xml
# Two workers, each with a broker and ports of its own (tests/support/in_parallel.py says who gets what). What holds
# within a time has the machine to itself afterwards.
PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder
ALONE := $(BIN)/python -m pytest tests/chaos
LIB := deploy/broker/target/lib
NODE := .venv/node
# Where it is set, as in images of Python, each process that is started compiles all of Redress anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test cluster-test check docs lock sbom up down bench

help: ## print this help
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## make the virtual environment and fetch packages and broker (repeatable)

# Nothing is built from source but Redress itself, by the locked build backend; nothing is used that no lock names.
$(STAMP): requirements.lock requirements-build.lock requirements-font.lock requirements-client.lock ops/supply/asyncapi/package-lock.json deploy/broker/pom.xml deploy/broker/jars.lock pyproject.toml
	@PYTHON=$(PYTHON) sh deploy/prerequisites.sh
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "setup: packages" && $(PIP) -r requirements-build.lock
	@$(PIP) -r requirements.lock
	@$(PIP) --no-deps -r requirements-font.lock
	@$(PIP) --no-deps -r requirements-client.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --check-build-dependencies --editable .
	@echo "setup: broker" && rm -rf $(LIB).new
	@$(MVN) dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=target/lib.new
	@$(BIN)/python -m ops.supply.jars --folder $(LIB).new
	@rm -rf $(LIB) && mv $(LIB).new $(LIB)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(NODE); \
	  else echo "setup: no npm, so tests/unit/ops/test_asyncapi.py will fail (Debian: apt install npm, then make setup)"; fi
	@touch $@ && echo "setup: done"

# AsyncAPI's own parser, for the tests. No package's own script is run.
$(NODE): ops/supply/asyncapi/package-lock.json
	@echo "setup: AsyncAPI's parser" && mkdir -p $@ && cp ops/supply/asyncapi/package*.json $@
	@npm ci --prefix $@ --silent --ignore-scripts --no-audit --no-fund && touch $@

demo: $(STAMP) ## play a sub-branch's year of telephone complaints from an empty log
	$(BIN)/python -m ops.demo.play

test: $(STAMP) ## run the tests, on a real Kafka that the run starts by itself; all but the long ones
	$(PYTEST) -m "not alone and not long"
	$(ALONE) -m "alone and not long"

cluster-test: $(STAMP) ## disturb an installation on three brokers under load: what is lost, doubled, how long it pauses
	$(BIN)/python -m tests.chaos.cluster

check: $(STAMP) ## lint, types, rules of the house and tests: exactly what CI runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/cog --check --verbosity=0 --check-fail-msg="run: make docs" -I . $(GENERATED)
	$(BIN)/interrogate --quiet
	$(BIN)/python -m ops.supply.advisories
	$(PYTEST) tests/unit --cov --cov-report=term
	$(PYTEST) --ignore=tests/unit -m "not alone"
	$(ALONE) -m alone

docs: $(STAMP) ## write what is generated anew: types of stored events, AsyncAPI, tables of the reference pages, Strimzi's files, the operator's rules
	$(BIN)/python -m ops.previews.build_stored_events
	$(BIN)/python -m ops.contracts.build
	$(BIN)/python -m ops.local.strimzi
	$(BIN)/python -m ops.local.monitoring
	$(BIN)/cog -r --verbosity=1 -I . $(GENERATED)

lock: ## write the broker's jars.lock anew, after a change of its pom.xml
	@rm -rf $(LIB)
	@$(MVN) dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=target/lib
	$(BIN)/python -m ops.supply.jars --write

sbom: $(STAMP) ## write the bill of materials (CycloneDX) anew from the locks
	$(BIN)/python -m ops.supply.sbom

up: $(STAMP) ## start broker and services in the foreground
	$(BIN)/redress up

down: $(STAMP) ## stop them in order
	$(BIN)/redress down

bench: $(STAMP) ## measure against the goals, as ratios within one run (about ten minutes)
	$(BIN)/python -m bench
