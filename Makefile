# The one-word commands. `make run` is all a newcomer needs.
.PHONY: run test lint fix check bench soak screens lock setup move-data browser
.DEFAULT_GOAL := run

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

# Start the house: PostgreSQL, worker, web processes.
run: .venv/installed-base
	@exec $(BIN)/python manage.py up

# All tests; `make test k=picker` runs those whose names match, `args=` goes to pytest as it is.
# By file: the tests of a file may share a running house, and starting one takes seconds.
test: .venv/installed-dev browser
	@exec $(BIN)/python -m pytest -n 2 --dist loadfile $(if $(k),-k "$(k)") $(args)

# The long figures.
soak: .venv/installed-dev browser
	@exec $(BIN)/python -m pytest -m soak $(if $(k),-k "$(k)") $(args)

# Pictures of every page at three widths, in both themes, into var/screens.
screens: .venv/installed-dev browser
	@exec $(BIN)/python -m pytest -q -m screens -n 0 $(if $(k),-k "$(k)") $(args)

bench: .venv/installed-dev
	@exec $(BIN)/python -m bench $(args)

# Reading settings makes secrets, so the checks get a data folder of their own.
lint: export GATEHOUSE_DATA_DIR := $(CURDIR)/.venv/lint-data
lint: .venv/installed-dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@find templates apps -name '*.html' -exec $(BIN)/djade --target-version 5.2 --check {} +
	@said=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$said"; exit 1; }
	@$(BIN)/python .ci/missing_migrations.py
	@$(BIN)/mypy --no-error-summary

fix: .venv/installed-dev
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .
	@find templates apps -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} + || true

check: lint test

setup: .venv/installed-dev

lock: .venv/installed-dev
	$(LOCK) requirements/base.in -o requirements/base.txt
	$(LOCK) requirements/dev.in -o requirements/dev.txt

# Moves the data of an older PostgreSQL to the one this version brings.
move-data: .venv/installed-base
	@exec $(BIN)/python manage.py move_data $(args)

# Packages are installed again only when the lock's content changed, not its date.
.venv/installed-%: requirements/%.txt | .venv/bin/pip
	@if ! cmp --silent $< $@; then \
		echo "Installing the packages of $< (once; it takes a minute)"; \
		$(PIP) -r $< && cp $< $@; \
	else touch $@; fi

.venv/bin/pip:
	@sh .ci/make_venv

browser:
	@sh .ci/get_chromium
