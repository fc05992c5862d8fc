# Everything rebill's users and developers start by hand. `make demo` is the way in.
#
#   make setup      an environment in .venv with every pinned requirement and rebill itself
#   make demo       a demo partner's month, from its files to sent invoices, and the office to look at it
#   make serve      serve the office and the API, and keep the timetable running
#   make test       all tests on SQLite, then on PostgreSQL where one answers
#   make check      style, types, direction, architecture, migrations, docs, changelog, translations
#   make fix        mend what the style checker can mend by itself
#   make messages   collect the texts to translate into rebill/locale and compile them
#   make bench      measure, and rewrite docs/benchmarks.md
#   make docs       build the documentation into site/
#   make shots      pictures of every page of the office into shots/ (needs Chromium)

PYTHON ?= python3
VENV ?= .venv
LANGUAGES := nl de fi
REBILL_TEST_POSTGRES ?= postgres://postgres@127.0.0.1:5432/rebill
PYTEST_OPTIONS ?= -n auto --maxprocesses 8

BIN := $(abspath $(VENV))/bin
PYTEST := env -u DATABASE_URL $(BIN)/pytest $(PYTEST_OPTIONS)
# Checks read the settings, and the settings want a data folder: never the user's own.
DJANGO := env -u DATABASE_URL REBILL_DATA=$(abspath $(VENV))/data DJANGO_SETTINGS_MODULE=rebill.config.settings $(BIN)/django-admin
TRANSLATIONS := $(wildcard rebill/locale/*/LC_MESSAGES/django.po)

.PHONY: setup demo serve test check fix messages bench docs shots

setup: $(VENV)/installed $(TRANSLATIONS:.po=.mo)

$(VENV)/installed: requirements/dev.txt requirements/base.in pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("rebill needs Python 3.11 or newer; name one: make setup PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Babel compiles what Django reads, so that nobody needs gettext to run rebill. A new language starts with a fuzzy header,
# for which Babel would skip the file; fuzzy texts themselves are refused by `make check`.
%.mo: %.po | $(VENV)/installed
	@$(BIN)/pybabel --quiet compile --use-fuzzy --domain django --input-file $< --output-file $@

demo: setup
	$(BIN)/rebill demo --serve

serve: setup
	$(BIN)/rebill serve

test: setup
	$(PYTEST)
	@if $(BIN)/python -c 'import psycopg, sys; psycopg.connect(sys.argv[1], dbname="postgres", connect_timeout=3).close()' '$(REBILL_TEST_POSTGRES)' 2>/dev/null; then \
		echo 'The same tests on PostgreSQL:'; \
		DATABASE_URL='$(REBILL_TEST_POSTGRES)' $(BIN)/pytest $(PYTEST_OPTIONS) -m 'not once'; \
	else \
		echo 'Skipped on PostgreSQL: none answers at $(REBILL_TEST_POSTGRES) (REBILL_TEST_POSTGRES names another).'; \
		test -z "$$REBILL_CI"; \
	fi

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	REBILL_DATA=$(abspath $(VENV))/data $(BIN)/mypy
	$(DJANGO) makemigrations --check --dry-run
	$(PYTEST) tests/architecture
	$(BIN)/mkdocs build --strict --quiet
	@$(BIN)/towncrier build --draft --version next > /dev/null

fix: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: setup
	@command -v xgettext > /dev/null || { echo 'make messages needs gettext (Debian and Ubuntu: apt install gettext).'; exit 1; }
	cd rebill && $(DJANGO) makemessages $(LANGUAGES:%=--locale %) --add-location file --no-wrap
	@$(MAKE) --no-print-directory setup

bench: setup
	$(BIN)/python -m benchmarks

docs: setup
	$(BIN)/mkdocs build --strict

shots: setup
	env -u DATABASE_URL REBILL_DATA=$(abspath $(VENV))/shots $(BIN)/rebill demo --json > /dev/null
	env -u DATABASE_URL REBILL_DATA=$(abspath $(VENV))/shots $(BIN)/python -m tests.office.shots shots
