# `make serve` runs One-Click, `make test` tests it. Everything goes into .venv; nothing else on the machine changes.

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PACKAGES := oneclick oneclick_hooks oneclick_auth_providers oneclick_auto_update oneclick_blueprints \
            oneclick_demo_cluster oneclick_kubernetes
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url
SOAK := 10
UI_SOURCES := $(shell find ui -path ui/node_modules -prune -o -type f -print 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help serve test test-cluster soak lint format ui lock clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(STAMPS)/installed $(STAMPS)/ui ## Run everything: http://127.0.0.1:8090 (ARGS="--port 9000" for another port)
	@exec $(BIN)/oneclick serve $(ARGS)

test: $(STAMPS)/dev $(STAMPS)/ui ## Run the tests (ARGS="tests/jobs -x" for some of them)
	@$(BIN)/python -m pytest $(ARGS)

test-cluster: $(STAMPS)/dev $(STAMPS)/ui ## Run the tests with a real Kubernetes control plane (the first time builds it: Go, 15 minutes)
	@eval "$$(REAL_NODE=$${REAL_NODE:-0} tests/cluster/kit/up)" && \
	  ONECLICK_TEST_KUBECONFIG="$$KUBECONFIG" $(BIN)/python -m pytest $(ARGS)

soak: $(STAMPS)/dev $(STAMPS)/ui ## Kill processes at random, rollout after rollout, and compare cluster and database (SOAK=10; SEED=… repeats a run)
	@ONECLICK_TEST_SOAK=$(SOAK) ONECLICK_TEST_SEED=$(SEED) \
	  $(BIN)/python -m pytest -q -s -k round_after_round tests/journey/test_crashes.py $(ARGS)

lint: $(STAMPS)/dev ## Check style, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(foreach package,$(PACKAGES),-p $(package))
	@$(BIN)/lint-imports

format: $(STAMPS)/dev ## Put the code into shape
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

ui: $(STAMPS)/ui ## Build the browser UI into oneclick/web/static

lock: $(STAMPS)/dev ## Write the lock files anew from pyproject.toml
	$(LOCK) pyproject.toml --output-file requirements.lock
	$(LOCK) --group build --constraint requirements.lock --output-file requirements-build.lock
	$(LOCK) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## Remove what was made (the data folder stays)
	rm -rf $(VENV) oneclick/web/static ui/node_modules dist build

$(STAMPS)/venv:
	@sh .make/venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/installed: $(STAMPS)/venv requirements.lock requirements-build.lock pyproject.toml
	@echo "Installing into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/dev: $(STAMPS)/installed requirements-dev.lock
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(STAMPS)/ui: $(STAMPS)/installed $(UI_SOURCES) hatch_build.py
	@echo "Building the browser UI ..."
	@$(BIN)/python hatch_build.py
	@touch $@
