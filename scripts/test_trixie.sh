#!/usr/bin/env bash
# Runs the whole test suite on Debian 13 (trixie) in a root of its own, as root: what `make test-trixie` does.
#
#   sudo scripts/test_trixie.sh                                                  the suite
#   sudo scripts/test_trixie.sh ".venv/bin/python -m pytest -q tests/engine"     a part of it, after `make setup`
#   sudo SUITE=sid scripts/test_trixie.sh                                        another Debian
#
# There QGIS 3.40 runs on Python 3.13 with numpy 2, and torch, torchvision, faiss and safetensors are Debian's own, older
# than those of requirements.txt. scripts/clean_root.sh makes the root (build/clean-root-trixie, 8 GB) and says what its
# settings are; CLEAN_ROOT_KEEP=1 goes on in the root of an earlier run.
set -euo pipefail
cd "$(dirname "$0")/.."

export CLEAN_ROOT_SUITE=${SUITE:-trixie} TORCH=system
if [ $# -gt 0 ]; then
    exec scripts/clean_root.sh setup "$@"
fi
exec scripts/clean_root.sh test
