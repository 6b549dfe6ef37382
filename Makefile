# Two commands: `make run` opens the studio, `make test` passes the tests; both set up what they need, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up-$(shell cat pyproject.toml constraints.txt .ci/set-up 2>/dev/null | cksum | cut -d' ' -f1)

# The oldest environment that a worker must live in, for test-inf1 alone.
PYTHON38 ?= python3.8
INF1_VENV := .venv-inf1
INF1_PYTHON := $(CURDIR)/$(INF1_VENV)/bin/python
INF1_STAMP := $(INF1_VENV)/.set-up-$(shell cat .ci/inf1.txt .ci/set-up-inf1 2>/dev/null | cksum | cut -d' ' -f1)

.PHONY: run test test-inf1 bench lint clean

run: $(STAMP)
	@.ci/qt-libraries $(BIN)/python
	@.ci/window-or-terminal $(BIN)/neuron-studio

# Files begin in their order: the long ones first, so that neither process ends alone. A process that
# crashes is not replaced: xdist would wait for it for ever.
test: $(STAMP)
	@.ci/qt-libraries $(BIN)/python xvfb xauth
	@.ci/qt-libraries $(BIN)/python xdotool openssh-client openssh-server || echo "Without them, some tests are skipped."
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0 $(TESTS)

# Workers run in Python 3.8 with torch 1.13.1, as on Inf1; the studio that starts them stays on its own Python.
test-inf1: $(STAMP) $(INF1_STAMP)
	@.ci/qt-libraries $(BIN)/python xvfb xauth
	@.ci/qt-libraries $(BIN)/python xdotool openssh-client openssh-server || echo "Without them, some tests are skipped."
	QT_QPA_PLATFORM=offscreen TEST_PYTHON=$(INF1_PYTHON) PYTHON38=$(INF1_PYTHON) $(BIN)/python -m pytest \
		--numprocesses 2 --dist loadfile tests/end_to_end tests/sdk tests/unit/test_worker_folder.py tests/unit/test_environments.py

# The promises about speed, each against a baseline of the same run: make bench ROWS="startup idle" JSON=bench.json.
bench: $(STAMP)
	@.ci/qt-libraries $(BIN)/python xvfb xauth xdotool
	@$(BIN)/python -m tests.bench $(ROWS) $(if $(JSON),--json $(JSON))

lint: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy

# The stamp is written last, so a set-up that was interrupted is simply done again.
$(STAMP): pyproject.toml constraints.txt .ci/set-up
	@.ci/set-up $(PYTHON) $(VENV)
	@rm -f $(VENV)/.set-up-* && touch $@

$(INF1_STAMP): .ci/inf1.txt .ci/set-up-inf1
	@.ci/set-up-inf1 $(PYTHON38) $(INF1_VENV)
	@rm -f $(INF1_VENV)/.set-up-* && touch $@

clean:
	rm -rf $(VENV) $(INF1_VENV) build dist .pytest_cache .mypy_cache .ruff_cache
