# thidua. Type "make" or "make help" for what there is.
.DEFAULT_GOAL := help
PYTHON ?= python3
UV := .tools/bin/uv
BIN := .venv/bin
COMPILE = $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
# else every start would compile all there is: seconds, for each process that a test starts and each time somebody does
export PYTHONDONTWRITEBYTECODE =

.PHONY: help install demo run test check prove bench lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(UV): requirements-tools.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "thidua needs Python 3.11 or newer (PYTHON=... make ...)"; exit 1; }
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --upgrade --target .tools --require-hashes --requirement requirements-tools.lock
	@touch $@

.venv/installed: $(UV) requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-dev.lock
	@touch $@

install: .venv/installed ## install into .venv (.venv/bin/thidua)

demo: .venv/installed ## the bot with its web chat on http://127.0.0.1:8080, the five plans, a clock to turn
	@exec $(BIN)/thidua demo

run: .venv/installed ## production: settings from the environment or .env
	@exec $(BIN)/thidua run

# collecting before leaves everything compiled: each worker would compile it for itself
test: .venv/installed-dev ## everything that must hold: lint, types, imports, house rules, all tests
	@$(BIN)/python -m tests.check & checked=$$!; \
	$(BIN)/python -m pytest --collect-only --quiet >/dev/null; \
	$(BIN)/python -m pytest --numprocesses 5 --dist loadfile; tested=$$?; wait $$checked && exit $$tested

check: .venv/installed-dev ## lint, types and import rules alone
	@$(BIN)/python -m tests.check

prove: .venv/installed-dev ## the long proofs at full size (hundreds of kills, simulated years), for hours
	@THIDUA_PROVE=1 $(BIN)/python -m pytest -m prove

bench: .venv/installed-dev ## the measurements, each beside its reference in the same run
	@$(BIN)/python -m bench

lock: $(UV) ## renew the lock files from pyproject.toml
	@$(COMPILE) pyproject.toml --extra build --output-file requirements.lock
	@$(COMPILE) pyproject.toml --extra build --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	@echo uv | $(COMPILE) - --output-file requirements-tools.lock

clean: ## remove what was installed and built (not var/)
	@rm -rf .venv .tools .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
