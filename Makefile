# The two commands: `make demo` and `make test`. Both need nothing but python3 and make.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
EXAMPLE := examples/nycflights

.DEFAULT_GOAL := help
.PHONY: help demo lakehouse test dev endpoint-dev lint typecheck unit functional dbt-versions python-versions api-versions spark-versions dbt-glue-tests dbt-suites dbt-versions-suites dbt-packages as-aws reliability pre-commit-hook editors conformance bench workload vscode vscode-e2e docs format lock stop clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: endpoint-dev ## Build the example project on the embedded endpoint and show what was built
	@$(BIN)/python -m tools.demo.run

test: dev ## Run every check: lint, types, import contracts, unit, functional, VS Code
	@$(BIN)/python tools/verify.py

dev: ## Install what is missing into .venv
	@command -v $(PYTHON) >/dev/null || { echo "dbt-glue: no $(PYTHON) on PATH. Next: install Python 3.10, 3.11 or 3.12" >&2; exit 1; }
	@$(PYTHON) tools/install.py --venv $(VENV)

endpoint-dev:
	@command -v $(PYTHON) >/dev/null || { echo "dbt-glue: no $(PYTHON) on PATH. Next: install Python 3.10, 3.11 or 3.12" >&2; exit 1; }
	@$(PYTHON) tools/install.py --venv $(VENV) --need-endpoint

lint: dev ## Ruff and the import contracts
	@$(BIN)/python tools/verify.py lint imports

typecheck: dev ## mypy --strict
	@$(BIN)/python tools/verify.py types

unit: dev ## Tests without Java
	@$(BIN)/python tools/verify.py unit

functional: dev ## Tests on the embedded endpoint, with real Spark
	@$(BIN)/python tools/verify.py functional

dbt-versions: dev ## The differential test and a small project with several versions of dbt-core
	@$(BIN)/python tools/verify.py dbt-versions

python-versions: dev ## The tests of parsing on every other supported Python
	@$(BIN)/python tools/verify.py python-versions

api-versions: dev ## The API tables against the PySpark and pandas of every Glue version
	@$(BIN)/python tools/verify.py api-versions

spark-versions: dev ## Arrow beside rows on every Glue version's Spark; Sparks of several versions on one warehouse at once
	@$(BIN)/python tools/verify.py spark-versions

conformance: endpoint-dev ## Every suite in every table format on every Glue version, into docs/conformance.md (hours)
	@$(BIN)/python tools/conformance.py

dbt-suites: endpoint-dev ## Every suite of dbt-tests-adapter on Parquet, into docs/dbt-suites.md
	@$(BIN)/python tools/dbt_suites.py

dbt-versions-suites: endpoint-dev ## The functional tests with dbt-core 1.10 and 1.12, into docs/dbt-versions.md (an hour)
	@$(BIN)/python tools/dbt_versions.py 1.10 1.12

as-aws: endpoint-dev ## The functional tests on an endpoint that is as unpleasant as AWS, under a policy file (an hour)
	@$(BIN)/python tools/as_aws.py

reliability: endpoint-dev ## All faults, ten minutes of history, 200 kills and 50 signals (hours)
	@$(BIN)/python -m tests.reliability.matrix --docs docs/fault-matrix.md
	@$(BIN)/python -m tests.reliability.history --minutes 10
	@$(BIN)/python -m tests.reliability.kills --points 200
	@$(BIN)/python -m tests.reliability.kills --points 50 --signals SIGINT,SIGHUP

dbt-packages: endpoint-dev ## dbt packages by their own tests (CHECKOUTS=a folder of their repositories)
	@test -n "$(CHECKOUTS)" || { echo "dbt-glue: say where their repositories are: make dbt-packages CHECKOUTS=..." >&2; exit 1; }
	@$(BIN)/python tools/dbt_packages.py $(CHECKOUTS)

pre-commit-hook: dev ## Install the pre-commit hook as others do, and run it on the example
	@$(BIN)/pre-commit try-repo . dbt-glue-check --files $(EXAMPLE)/models/*/*.py

dbt-glue-tests: dev ## dbt-glue's own tests, with it and with this adapter (CHECKOUT=its repository)
	@test -n "$(CHECKOUT)" || { echo "dbt-glue: say where its repository is: make dbt-glue-tests CHECKOUT=..." >&2; exit 1; }
	@$(BIN)/python tools/incumbent.py $(CHECKOUT)

bench: endpoint-dev ## Benchmarks
	@$(BIN)/python -m pytest tests/benchmarks -s

workload: endpoint-dev ## Ten models on realistic tables as written and as planned, into docs/benchmarks.md (ten minutes)
	@$(BIN)/python tests/benchmarks/rewrites/workload/run.py --docs docs/benchmarks.md

vscode: dev ## Check and package the VS Code client (needs Node.js)
	@$(MAKE) --no-print-directory -C vscode-client VENV=$(abspath $(VENV))

editors: dev ## Tests in Neovim, Emacs and Vim (installs them where it can)
	@$(BIN)/python tools/verify.py editors

vscode-e2e: dev ## Run the VS Code client in a real VS Code (needs Node.js and Chromium)
	@$(MAKE) --no-print-directory -C vscode-client e2e VENV=$(abspath $(VENV))

docs: dev ## Build the documentation into site/
	@$(BIN)/python tools/verify.py docs && echo "site/index.html"

format: dev ## Let ruff format and fix the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: dev ## Resolve the dependencies again into constraints/
	@for v in 3.10 3.11 3.12 3.13; do \
	  extras="--extra dev --extra local"; [ $$v = 3.13 ] && extras="--extra dev"; \
	  $(BIN)/python -m uv pip compile --quiet --upgrade --no-header --no-annotate --no-emit-index-url \
	    --python-version $$v $$extras pyproject.toml constraints/constraints.in \
	    --output-file constraints/py$$(echo $$v | tr -d .).txt || exit 1; \
	done

lakehouse: endpoint-dev ## Build three days of the example lakehouse, from nothing, in Iceberg
	@$(BIN)/python -m tools.demo.lakehouse

stop: ## Stop the examples' endpoints
	@cd $(EXAMPLE) && $(abspath $(BIN))/dbt-glue endpoint stop
	@cd examples/lakehouse && $(abspath $(BIN))/dbt-glue endpoint stop

clean: ## Remove what was built, except .venv
	@if [ -x $(BIN)/dbt-glue ] && { [ -d $(EXAMPLE)/.dbt-glue ] || [ -d examples/lakehouse/.dbt-glue ]; }; then $(MAKE) --no-print-directory stop; fi
	@rm -rf site build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -rf $(EXAMPLE)/.dbt-glue $(EXAMPLE)/target $(EXAMPLE)/logs $(EXAMPLE)/out
	@rm -rf examples/lakehouse/.dbt-glue examples/lakehouse/target examples/lakehouse/logs
