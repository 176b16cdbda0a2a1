# TinySite needs Python >= 3.11 and nothing else; PYTHON chooses which one.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

# A stamp is named after the hash of the lock: another lock, or the same one again, decides by itself what to do.
HASH     = $(shell $(PYTHON) -c 'import hashlib, pathlib, sys; print(hashlib.sha256(b"".join(pathlib.Path(f).read_bytes() for f in sys.argv[1:])).hexdigest()[:16])' $(1))
RUN_STAMP := $(VENV)/.installed-run-$(call HASH,requirements.txt)
DEV_STAMP := $(VENV)/.installed-dev-$(call HASH,requirements-dev.txt)

.PHONY: run venv venv-dev test bench lint format lock clean help

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

run: venv  ## start the whole site; PORT and TINYSITE_DATA choose where
	@exec $(PY) manage.py up

venv: $(RUN_STAMP)  ## install what the site needs into .venv

venv-dev: $(DEV_STAMP)  ## the same with what tests and linters need

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "TinySite needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 run")'
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(RUN_STAMP): | $(PY)
	@echo "Installing requirements.txt …"
	@$(PIP) --requirement requirements.txt
	@rm -f $(VENV)/.installed-run-*
	@touch $@

$(DEV_STAMP): | $(PY)
	@echo "Installing requirements-dev.txt …"
	@$(PIP) --requirement requirements-dev.txt
	@rm -f $(VENV)/.installed-*
	@touch $@ $(RUN_STAMP)

test: venv-dev  ## unit, integration and browser tests, with the coverage of the pure packages
	@$(PY) -m pytest --cov --cov-report=term-missing:skip-covered $(PYTEST_ARGUMENTS)

BENCH_STAMP := bench/.venv/.installed-$(call HASH,bench/requirements.txt)

$(BENCH_STAMP):
	@$(PYTHON) -m venv bench/.venv
	@bench/.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement bench/requirements.txt
	@touch $@

bench: venv-dev $(BENCH_STAMP)  ## measure beside the peers: SIZES, ONLY, ROUNDS, ROUNDS_FOLDER; see docs/performance.md
	@$(PY) -m bench.scale $(if $(SIZES),--sizes "$(SIZES)") $(if $(ONLY),--only $(ONLY)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(ROUNDS_FOLDER),--rounds-folder $(ROUNDS_FOLDER)) $(BENCH_ARGUMENTS)

lint: venv-dev  ## what CI checks besides the tests
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) manage.py makemigrations --check --dry-run

format: venv-dev  ## put the sources into their one form
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

lock:  ## lock requirements*.in anew, for every platform; needs uv on PATH
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-strip-extras requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-strip-extras requirements-dev.in -o requirements-dev.txt

clean:  ## remove what can be made again; the data folder stays
	@rm -rf $(VENV) staticfiles .pytest_cache .ruff_cache .hypothesis .coverage htmlcov
