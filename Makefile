# Two commands: `make run` opens the studio, `make test` passes the tests; both set up what they need, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up-$(shell cat pyproject.toml constraints.txt .ci/set-up 2>/dev/null | cksum | cut -d' ' -f1)

.PHONY: run test lint clean

run: $(STAMP)
	@.ci/qt-libraries $(BIN)/python
	@.ci/window-or-terminal $(BIN)/neuron-studio

test: $(STAMP)
	@.ci/qt-libraries $(BIN)/python xvfb xauth
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(TESTS)

lint: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy

# The stamp is written last, so a set-up that was interrupted is simply done again.
$(STAMP): pyproject.toml constraints.txt .ci/set-up
	@.ci/set-up $(PYTHON) $(VENV)
	@rm -f $(VENV)/.set-up-* && touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
