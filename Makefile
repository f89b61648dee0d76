# Every target does the set-up it needs; `make` alone lists the targets.
VENV := .venv/bin/python

.PHONY: help setup test lint run demo clean
.DEFAULT_GOAL := help

help:  ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## QGIS and Xvfb where they are missing (root on Debian), and .venv; TORCH=cuda for the CUDA build of torch
	@scripts/setup.sh

test: setup  ## The whole test suite: the engine alone, then the plugin in QGIS
	@$(VENV) scripts/test.py

lint: setup  ## ruff and mypy
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(VENV) -m mypy

run: setup  ## Opens QGIS with the plugin, in a profile of its own under build/
	@$(VENV) scripts/open_qgis.py

demo: setup  ## Indexes the sample raster and queries one box in the real QGIS; results in build/demo
	@$(VENV) scripts/demo.py

clean:  ## Removes what was built; .venv stays
	rm -rf build .qgis-settings .pytest_cache .mypy_cache .ruff_cache
