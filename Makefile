# The survey wave workbench. `make` alone lists the targets.
PYTHON ?= python3
BIN := .venv/bin
WAVES ?= data/demo
PIN := uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet
# every file with a test that is marked as one of an outside engine
ENGINE_TESTS ?= tests/core/engine tests/engines tests/report/test_whole_waves.py \
  $(shell grep -rl "mark\.engine" tests --include="test_*.py")
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE
export PYTHONUTF8 := 1

.PHONY: help report test test-engines test-bayes test-airflow pages-browser pages-test lab check reference lock bench bench-rooms scale fuzz coverage privacy clean demo contracts

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.ready: requirements.lock pyproject.toml scripts/setup_env.py
	@$(PYTHON) scripts/setup_env.py

report: .venv/.ready ## make the demo company if it is not there, and publish every wave of $(WAVES)
	@if [ "$(WAVES)" = data/demo ]; then $(BIN)/workbench demo; fi
	@$(BIN)/workbench report $(WAVES)

demo: .venv/.ready ## make the demo company only
	@$(BIN)/workbench demo

test: .venv/.ready ## run every test, the notebooks included
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

test-engines: .venv/.ready ## every engine test, and whole waves on DuckDB, DataFusion, PostgreSQL and a Spark cluster of this machine
	@test -x .cache/engines/bin/python || $(BIN)/python -m venv .cache/engines
	@.cache/engines/bin/python -m pip install --quiet "pyspark[connect]>=4.0" "adbc-driver-postgresql>=1.5" "datafusion>=55"
	@PYTHONPATH="$(CURDIR):$$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')" WORKBENCH_WHOLE=1 \
	  .cache/engines/bin/python scripts/with_postgresql.py .cache/engines/bin/python scripts/with_spark.py \
	  .cache/engines/bin/python -m pytest -rs $(ENGINE_TESTS)

test-bayes: .venv/.ready ## test what PyMC-Marketing does (installed into .cache)
	@test -x .cache/bayes/bin/python || $(BIN)/python -m venv .cache/bayes
	@.cache/bayes/bin/python -m pip install --quiet --require-hashes -r requirements-bayes.lock
	@PYTHONPATH=. .cache/bayes/bin/python -m pytest -rs tests/clv/bayes/test_hierarchical.py tests/clv/bayes/test_hierarchical_sampling.py \
	  tests/clv/test_convergence.py

test-airflow: .venv/.ready ## let Airflow (installed into .cache from its own lock) run what `workbench schedule airflow` prints
	@test -x .cache/airflow/bin/python || $(BIN)/python -m venv .cache/airflow
	@.cache/airflow/bin/python -m pip install --quiet --require-hashes -r requirements-airflow.lock
	@WORKBENCH_AIRFLOW="$(CURDIR)/.cache/airflow/bin/airflow" $(BIN)/python -m pytest -rs tests/report/operations/test_schedules.py

pages-browser: .venv/.ready ## get what looks at pages: Playwright and axe into .cache, and Chromium where there is none
	@test -x .cache/pages/bin/python || $(BIN)/python -m venv .cache/pages
	@.cache/pages/bin/python -m pip install --quiet "playwright>=1.60" "axe-playwright-python>=0.1.8"
	@command -v chromium chromium-browser google-chrome >/dev/null || .cache/pages/bin/python -m playwright install chromium

pages-test: pages-browser ## look at every page of reports/ in headless Chromium
	@test -n "$$(ls reports/*/*/index.html 2>/dev/null)" || $(MAKE) --no-print-directory report
	@PYTHONPATH="$$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')" \
	  .cache/pages/bin/python -m pytest -n 2 -rs tests/pages

fuzz: .venv/.ready ## take MUTANTS=10000 damaged files in; none may be lost, crash or be slow
	@$(BIN)/python -m tests.fuzz $(or $(MUTANTS),10000)

lab: .venv/.ready ## open JupyterLab where to start; LAB_FLAGS="--allow-root --ip=0.0.0.0" and others go through
	@PYTHONSTARTUP="$(CURDIR)/scripts/lab/start.py" $(BIN)/jupyter lab --config="$(CURDIR)/scripts/lab/config.py" $(LAB_FLAGS)

reference: .venv/.ready ## build the API reference from docstrings, into build/reference
	@$(BIN)/python scripts/build_reference.py

check: .venv/.ready ## ruff, mypy, import-linter, codespell, and no gap in what docstrings say
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/codespell
	@$(BIN)/python scripts/build_reference.py --check

contracts: .venv/.ready ## record the notebooks' headline numbers anew, after a deliberate change
	@$(BIN)/python scripts/record_contracts.py

lock: ## pin every package again in requirements.lock, requirements-bayes.lock and requirements-airflow.lock (needs uv)
	@$(PIN) --upgrade -o requirements.lock
	@$(PIN) --extra bayes --constraints requirements.lock -o requirements-bayes.lock
	@echo 'apache-airflow>=3.0' | $(subst pyproject.toml --group dev,-,$(PIN)) --upgrade -o requirements-airflow.lock

bench: .venv/.ready ## one table of what costs most: ours, the best peer, ratio, goal, met; peers go into .cache/bench
	@test -x .cache/bench/bin/python || $(BIN)/python -m venv .cache/bench
	@.cache/bench/bin/python -m pip install --quiet "polars>=1.30" "weightipy>=0.4" || echo "peers could not be installed"
	@PYTHONPATH=. $(BIN)/python benchmarks/bench.py

bench-rooms: .venv/.ready ## what each room's benchmark says beyond that table: accuracy, memory, more peers
	@for file in $(filter-out $(addprefix benchmarks/,coverage.py privacy_masking.py bench.py bench_jobs.py scale.py),$(wildcard benchmarks/*.py)); do \
	  echo "$$file"; $(BIN)/python $$file || exit 1; done

scale: .venv/.ready ## run both waves for 50,000, 200,000 and 1,000,000 customers (SIZES="…") and write docs/scale.md; half an hour and more
	@PYTHONPATH=. $(BIN)/python benchmarks/scale.py $(SIZES)

coverage: .venv/.ready ## check by simulation that 95 % intervals cover 95 %, and keep the table in docs/coverage.md
	@$(BIN)/python benchmarks/coverage.py

privacy: .venv/.ready ## measure the masking of personal details; TEXTS=folder of open reviews (CSV) adds precision and writes docs/privacy_masking.md
	@PYTHONPATH=. $(BIN)/python benchmarks/privacy_masking.py $(TEXTS)

clean: ## remove the environment, caches, and everything made
	@rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build *.egg-info
	@rm -rf data/demo reports/editions reports/*/ reports/*.html
