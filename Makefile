# Everything that a person or CI runs; `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out
VALIDATOR := tests/unit/fhir/validator/node_modules
RX := examples/morphine-bupivacaine-day-and-night.toml
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test check bench fuzz docs pictures screenshots outputs messages constraints clean

help: ## List these commands.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/installed-clinic ## Plan a shipped prescription into out/, then serve the demo clinic.
	@mkdir -p $(OUT)
	@$(BIN)/thecal plan $(RX) --plot $(OUT)/plan.png --report $(OUT)/report.pdf > $(OUT)/plan.txt
	@awk '/^(STOP|CONFIRM|SIGNED|NOTE) / { exit } { print }' $(OUT)/plan.txt
	@$(BIN)/thecal plan $(RX) --json > $(OUT)/plan.json
	@$(BIN)/thecal simulate $(RX) --to-refill --plot $(OUT)/simulation.png
	@$(BIN)/thecal simulate $(RX) --to-refill --json > $(OUT)/simulation.json
	@echo
	@echo "In $(OUT)/, from $(RX): report.pdf, plan.png, plan.txt, plan.json,"
	@echo "and what the pump twin did until the refill: simulation.png, simulation.json."
	@echo "Not a medical device. Check every figure against the label and the pump's manual."
	@echo
	@if [ -t 0 ]; then set -m; fi; $(BIN)/thecal clinic demo --data $(OUT)/demo $(RUN_ARGS)

test: $(VENV)/installed-dev $(VALIDATOR)/installed ## Run the whole test suite.
	@$(BIN)/python -m pytest -n 2 --junitxml=$(OUT)/tests.xml $(PYTEST_ARGS)

check: $(VENV)/installed-dev ## Lint, format, types, import contracts, and the docs build.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory docs

bench: $(VENV)/installed-dev ## Run the benchmarks; print ratios and write out/bench.json.
	@mkdir -p $(OUT)
	@$(BIN)/python -m bench

fuzz: $(VENV)/installed-fuzz ## Throw a million inputs at everything that reads bytes from strangers.
	@$(BIN)/python -m fuzz

docs: $(VENV)/installed-dev ## Build the documentation into docs/_build/html; a warning is an error.
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet docs docs/_build/html

pictures: $(VENV)/installed ## Draw the pictures that README and the docs show.
	$(BIN)/thecal plan $(RX) --on 2026-03-02 --plot docs/_static/plan.png > /dev/null

screenshots: $(VENV)/installed-dev ## Found a demo clinic and take the pictures of its pages for README and the docs.
	@$(BIN)/python docs/screenshots.py

outputs: $(VENV)/installed-dev ## Run every command that README and the docs show, and renew its output there.
	$(BIN)/python docs/shown.py

messages: $(VENV)/installed-dev ## Renew and compile the catalogues of the clinic's translations.
	@$(BIN)/python -m thecal.clinic.project.messages

constraints: ## Renew constraints.txt from the newest releases that pyproject.toml allows.
	rm -rf $(OUT)/newest
	$(PYTHON) -m venv $(OUT)/newest
	$(OUT)/newest/bin/python -m pip install --quiet hatchling editables --editable '.[dev,docs,fuzz]'
	sed -n '/^#/p' constraints.txt > $(OUT)/constraints.txt
	$(OUT)/newest/bin/python -m pip freeze --exclude-editable >> $(OUT)/constraints.txt
	mv $(OUT)/constraints.txt constraints.txt
	rm -rf $(OUT)/newest

clean: ## Remove everything that these commands made.
	rm -rf $(VENV) $(OUT) $(VALIDATOR) docs/_build docs/reference/generated

# A Python without its bundled pip (as some distributions ship it) borrows the one outside.
$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Thecal needs Python 3.11 or later")'
	@echo "Making $(VENV) ..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) 2> /dev/null || { $(PYTHON) -m venv --clear --without-pip $(VENV) \
		&& $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }
	@$(INSTALL) hatchling editables
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-clinic: $(VENV)/installed
	@echo "Installing what the clinic needs ..."
	@$(INSTALL) --no-build-isolation --editable '.[clinic]'
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@echo "Installing the tools for tests and docs ..."
	@$(INSTALL) --no-build-isolation --editable '.[dev,docs]'
	@touch $@

# An independent FHIR validator for the tests: node's; once installed it needs no network.
$(VALIDATOR)/installed: tests/unit/fhir/validator/package-lock.json
	@command -v npm > /dev/null || { echo "The tests need node and npm, for the FHIR validator." >&2; exit 1; }
	@npm ci --silent --no-fund --no-audit --prefix tests/unit/fhir/validator
	@touch $@

$(VENV)/installed-fuzz: $(VENV)/installed-dev
	@$(INSTALL) --no-build-isolation --editable '.[dev,docs,fuzz]'
	@touch $@
