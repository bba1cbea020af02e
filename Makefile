# make run      install into .venv and serve, with no configuration at all
# make install  install, or after a git pull what has changed: other dependencies, other bytecode
# make test     install the test tools too and run every check
# make lock     resolve the dependencies anew, with the digests of their files: etc/requirements.lock
# make sbom     what is in that lock, as a bill of materials: build/sbom.json
# LOCKED=1 installs what is in that lock and nothing else. PYTHON=python3.12 chooses the interpreter,
# HYPOTHESIS_PROFILE=fast|ci|big how many examples the property tests try, JOBS how many tests run side by side: one more
# than there are cores unless you say so, as some of them wait for a daemon or for the disk at any time.

PYTHON ?= python3
VENV ?= .venv
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
LOCK := etc/requirements.lock
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Where the environment forbids bytecode, every process that a test starts would compile all of jivod for itself.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test install lock sbom clean
.DELETE_ON_ERROR:

run: install
	@exec $(BIN)/twistd --nodaemon --pidfile= -y jivod.tac

# Each time: a daemon that may not write here would compile what a git pull brought at its every start.
install: $(VENV)/.installed
	@$(BIN)/python -m compileall -q jivod

test: $(VENV)/.installed-test
	@$(BIN)/python -m compileall -q jivod
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --numprocesses=$(JOBS) --cov --cov-fail-under=95

lock: | $(BIN)/python
	$(PIP) install uv
	$(BIN)/python -m uv --quiet pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" --output-file $(LOCK) pyproject.toml >/dev/null

sbom: | $(BIN)/python
	@mkdir -p build
	$(BIN)/python etc/sbom.py > build/sbom.json

$(VENV)/.installed: pyproject.toml $(if $(LOCKED),$(LOCK)) | $(BIN)/python
	$(if $(LOCKED),$(PIP) install --require-hashes --requirement $(LOCK))
	$(PIP) install $(if $(LOCKED),--no-deps) --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	$(PIP) install --editable '.[test]'
	@touch $@ $(VENV)/.installed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "jivod needs Python 3.11 or newer, found " + sys.version.split()[0] + "; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) build *.egg-info .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
