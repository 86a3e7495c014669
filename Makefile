# Two commands matter on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-header --no-annotate --no-emit-index-url

.PHONY: run test check chaos bench golden lock clean

$(VENV)/.run: requirements/run.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@

run: $(VENV)/.run ## ingest the bundled paper, publish, serve http://127.0.0.1:8400 with the daemon
	$(BIN)/broadsheet up

test: $(VENV)/.dev ## every test; what needs an absent program says so and is skipped
	$(BIN)/python -m pytest

check: $(VENV)/.dev ## format, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

chaos: $(VENV)/.dev ## the tests that kill and freeze processes, with two hundred kills a database
	CHAOS_KILLS=200 $(BIN)/python -m pytest tests/chaos tests/cluster -s

bench: $(VENV)/.dev ## the targets as ratios against their yardsticks
	$(BIN)/python -m bench

golden: $(VENV)/.dev ## rewrite the golden files; review the diff like code
	$(BIN)/python -m pytest --update-golden

lock: ## resolve and hash the requirements again (needs uv)
	$(LOCK) --extra pdf --extra postgres --extra s3 pyproject.toml -o requirements/run.txt
	$(LOCK) --all-extras --group test --group check -c requirements/run.txt pyproject.toml -o requirements/dev.txt

clean:
	rm -rf $(VENV) data incoming
