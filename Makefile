# Every target sets up what it needs in .venv: nothing to install by hand but Python 3.11 or newer (with venv), git and make.
# Written for GNU make 4 on Linux; kept to what make 3.81 on macOS knows, untested there.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
RUN := $(VENV)/bin/python
LOCK := $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --group build \
	--generate-hashes --no-emit-index-url --custom-compile-command 'make lock'

# Older releases of ipykernel, in which panels are tried too: a lock file for each, and a folder each to install it into.
OLDER := tests/ui/widgets/kernels
KERNELS := $(patsubst $(OLDER)/%.lock,$(VENV)/ipykernel-%,$(wildcard $(OLDER)/*.lock))

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test lint types fix readme bench soak live screenshots sketches lab notebooks audit lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/app ## start the app on this machine; works offline, needs no key
	$(RUN) demo_app.py

test: $(VENV)/dev $(KERNELS) ## run all tests: ARGS="-k name" narrows them
	$(RUN) -m pytest $(ARGS)

lint: $(VENV)/dev ## check style
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check

types: $(VENV)/dev ## check types
	$(RUN) -m mypy

fix: $(VENV)/dev ## mend style, and the README's generated tables
	$(RUN) -m ruff check --fix
	$(RUN) -m ruff format
	$(RUN) -m scripts.readme

bench: $(VENV)/dev ## run every measurement of benchmarks/: ARGS="--quick --only app_start"
	$(RUN) -m benchmarks $(ARGS)

soak: $(VENV)/dev ## the long reliability runs, some twenty minutes: ARGS="jobs", "kills" or "steps" for one
	$(RUN) -m scripts.soak $(ARGS)

live: $(VENV)/dev ## try a real provider, which costs money: make live PROVIDER=bfl
	@test -n "$(PROVIDER)" || { echo "Name a provider: make live PROVIDER=bfl"; exit 2; }
	$(RUN) -m flux2_nb.live $(PROVIDER)

screenshots: $(VENV)/dev ## take the README's pictures of the app anew
	$(RUN) -m scripts.screenshots

sketches: $(VENV)/dev ## draw the README's contact sheet of sketches anew
	$(RUN) -m scripts.contact_sheet

lab: $(VENV)/dev ## open the course in JupyterLab
	$(RUN) -m jupyter lab notebooks

notebooks: $(VENV)/dev ## execute the notebooks of the course on sketch, and save them in one form: ARGS="03" for one
	$(RUN) -m scripts.notebooks write $(ARGS)

audit: $(VENV)/dev ## hold the locked packages against the published vulnerabilities, where these can be reached
	$(RUN) -m scripts.audit

lock: $(VENV)/dev ## pin newer releases of everything: ARGS="--upgrade" or ARGS="--upgrade-package gradio"
	$(LOCK) $(ARGS) --extra app --extra notebooks --extra tokens --extra dev -o requirements.lock
	$(LOCK) --extra app --extra tokens -c requirements.lock -o requirements-app.lock
	@for each in $(OLDER)/*.lock; do \
		echo "ipykernel==$$(basename $$each .lock)" | $(VENV)/bin/uv pip compile - --quiet --no-deps --no-annotate \
			--generate-hashes --no-emit-index-url --custom-compile-command 'make lock' -o $$each || exit 1; done

clean: ## remove .venv and what tools leave behind
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up: the app's packages for the demo, all packages for everything else ----------------------------------------

# uv is taken from the lock like the rest. It installs in a tenth of pip's time, but knows nothing of pip's settings: where
# those name a mirror that uv cannot do without, pip itself installs.
define install
	@echo "Installing the packages of $(1) into $(VENV) ..."
	@awk '/^[a-z]/ { own = /^uv==/ } own' requirements.lock > $(VENV)/uv.lock
	@$(RUN) -m pip install --quiet --require-hashes -r $(VENV)/uv.lock
	@$(VENV)/bin/uv pip install --quiet --python $(RUN) --require-hashes -r $(1) \
		|| { echo "uv could not; pip takes over (a minute or two) ..."; $(RUN) -m pip install --quiet --require-hashes -r $(1); }
	@$(RUN) -m pip install --quiet --no-deps --no-build-isolation -e .
endef

$(VENV)/app: requirements-app.lock pyproject.toml | $(RUN)
	$(call install,requirements-app.lock)
	@touch $@

$(VENV)/dev: requirements.lock pyproject.toml | $(RUN)
	$(call install,requirements.lock)
	@touch $(VENV)/app $@

$(VENV)/ipykernel-%: $(OLDER)/%.lock | $(VENV)/dev
	@echo "Installing ipykernel $* into $@ ..."
	@rm -rf $@
	@$(VENV)/bin/uv pip install --quiet --python $(RUN) --target $@ --no-deps --require-hashes -r $< \
		|| $(RUN) -m pip install --quiet --target $@ --no-deps --require-hashes -r $<
	@touch $@

$(RUN):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. On Debian or Ubuntu: sudo apt-get install -y python3 python3-venv"; \
		echo "If it goes by another name: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python cannot make virtual environments." \
		"On Debian or Ubuntu: sudo apt-get install -y python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
