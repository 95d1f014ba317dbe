# Two commands matter: `make demo` and `make test`. Both set up all they need in .venv.

VENV := .venv
PY := $(VENV)/bin/python
# The first Python that runs and is 3.11 or 3.12.
PYTHON ?= $(shell for p in python3 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null && echo $$p && break; done)
SYSTEM := melt ffmpeg
# What PySide6's wheels want of the system, drawing on no screen included.
QT_SYSTEM := libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0 libpulse0 libgssapi-krb5-2 \
	fonts-dejavu-core
PYTEST := $(PY) -m pytest -q

.PHONY: demo test test-slow test-nle test-gpu test-weights bench bench-gpu soak lint strings system clean

demo: $(VENV)/.ready
	$(PY) -m bridge.demo -o demo_out $(if $(FRESH),--fresh)

test: $(VENV)/.ready-to-test system lint
	OMP_NUM_THREADS=1 $(PYTEST) -m "not slow and not bench" -n logical --maxprocesses 4 --dist loadfile

test-slow: $(VENV)/.ready-to-test system
	$(PY) -m pip install --quiet -e '.[cluster]'
	$(PYTEST) -m "slow" --timeout 3600

test-nle: $(VENV)/.ready-to-test system
	$(PYTEST) -m "nle"

# Needs a CUDA GPU and a torch built for it, and torchao for FP8. What is not there is skipped, and says so.
test-gpu: $(VENV)/.ready-to-test
	$(PYTEST) -m "gpu" -rs

# Needs real weights: docs/ltx2.md says how to get them and which variable names their folder.
test-weights: $(VENV)/.ready-to-test
	$(PYTEST) -m "weights" -rs

bench: $(VENV)/.ready-to-test system
	$(PY) -m pip install --quiet -e '.[bench]'
	$(PY) -m engine.evaluation.bench -o bench_out
	$(PY) -m engine.evaluation.batch_bench -o bench_out
	$(PY) -m otio_adapters.ripple_bench

# Needs a CUDA GPU and a torch built for it. Elsewhere it says so and writes nothing.
bench-gpu: $(VENV)/.ready-to-test
	$(PY) -m engine.evaluation.gpu_bench -o bench_out/gpu.md
	$(PY) -m engine.evaluation.gpu_bench --renderer ltx2 -o bench_out/gpu_ltx2.md

# Twenty minutes: one engine and fifty clients, killed at random; then the same with the engine left alive.
MINUTES ?= 10
soak: $(VENV)/.ready-to-test
	$(PY) -m engine.evaluation.soak -o soak_out/kills --minutes $(MINUTES)
	$(PY) -m engine.evaluation.soak -o soak_out/calm --minutes $(MINUTES) --calm

lint: $(VENV)/.ready-to-test
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Pickup needs Python 3.11 or 3.12: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python lacks venv: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --upgrade pip

# torch first and alone: its CPU build is enough, and a looser request may fetch gigabytes of CUDA.
$(VENV)/.ready: pyproject.toml | $(VENV)/bin/python
	$(PY) -m pip install --quiet torch==2.13.0
	$(PY) -m pip install --quiet -e '.[engine,scratch,diffusion,provenance]'
	$(PY) -m engine.face.models
	touch $@

$(VENV)/.ready-to-test: $(VENV)/.ready
	$(PY) -m pip install --quiet -e '.[engine,scratch,whisper,diffusion,training,panel,aaf,provenance,dev]'
	touch $@

# The tests play timelines in the real melt, compare speed with the real ffmpeg and open the real panel.
system: $(VENV)/.ready-to-test
	@missing=""; for p in $(SYSTEM); do command -v $$p >/dev/null || missing="$$missing $$p"; done; \
	$(PY) -c 'import PySide6.QtWidgets, PySide6.QtMultimedia' 2>/dev/null || missing="$$missing $(QT_SYSTEM)"; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
		else echo "Some tests will fail or be skipped. To run them: sudo apt-get install$$missing"; fi; fi

# Every string of the panel in the translations' files. What is new is left for a person to translate.
STRINGS := nle_panels/look/translations/pickup_de
strings: $(VENV)/.ready-to-test
	$(VENV)/bin/pyside6-lupdate $$(find nle_panels -name '*.py' | LC_ALL=C sort) -ts $(STRINGS).ts \
		-target-language de_DE -locations none -no-obsolete
	$(VENV)/bin/pyside6-lrelease $(STRINGS).ts -qm $(STRINGS).qm

clean:
	rm -rf $(VENV) demo_out bench_out soak_out
