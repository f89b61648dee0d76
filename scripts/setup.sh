#!/usr/bin/env bash
# Makes everything `make demo` and `make test` need: QGIS >= 3.40 (kept when it is there), Xvfb, and .venv.
# Run it as often as you like: when nothing is to be done it says so at once. `scripts/setup.sh qgis` makes QGIS and Xvfb alone.
#
#   PYTHON   the interpreter that QGIS uses; default /usr/bin/python3
#   TORCH    cpu or cuda: which build of torch to have; unset keeps the one that is installed, else takes the CPU build;
#            system: the torch, torchvision, faiss and safetensors of the Debian below, whatever their versions
set -euo pipefail
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-/usr/bin/python3}
TORCH=${TORCH:-}
ONLY=${1:-}
VENV=.venv
STAMP=$VENV/.frors-setup
LOG=build/setup.log
QGIS_WANTED=3.40
TORCH_VERSION=$(sed -n 's/^torch==//p' requirements.txt)
TORCH_CPU_INDEX=https://download.pytorch.org/whl/cpu

say() { printf 'setup: %s\n' "$*"; }

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

# Runs a noisy command with its output in the log; shows the end of the log when the command fails.
quietly() {
    mkdir -p "$(dirname "$LOG")"
    printf '\n$ %s\n' "$*" >>"$LOG"
    if ! "$@" >>"$LOG" 2>&1; then
        tail -n 25 "$LOG" >&2
        fail "This command failed: $* (the whole output is in $LOG)."
    fi
}

# Runs a command that may fail, with its output in the log.
attempt() {
    mkdir -p "$(dirname "$LOG")"
    printf '\n$ %s\n' "$*" >>"$LOG"
    "$@" >>"$LOG" 2>&1
}

fingerprint() {
    { cat requirements.txt requirements-learning.txt requirements-exchange.txt requirements-cluster.txt requirements-dev.txt constraints.txt scripts/setup.sh; "$PYTHON" -V; } 2>&1 | sha256sum | cut -d ' ' -f 1
}

torch_installed() {
    "$VENV/bin/python" -c 'import importlib.metadata as m; print(m.version("torch"))' 2>/dev/null || true
}

# Whether a package lies in the environment itself, not in the system below it.
is_own() {
    compgen -G "$VENV/lib/python3*/site-packages/$1" >/dev/null
}

torch_is_wanted() {
    case "$TORCH:$(torch_installed)" in
        system:?*) ! is_own torch ;;
        ":$TORCH_VERSION"* | "cpu:$TORCH_VERSION+cpu" | "cuda:$TORCH_VERSION" | "cuda:$TORCH_VERSION+cu"*) return 0 ;;
        *) return 1 ;;
    esac
}

# ------------------------------------------------------------------------------------------------ the system

APT=() # options for apt-get and apt-cache

qgis_is_recent() {
    command -v qgis >/dev/null && [ -x "$PYTHON" ] &&
        "$PYTHON" -c 'import sys; from osgeo import gdal; from qgis.core import Qgis; sys.exit(Qgis.versionInt() < 34000)' 2>/dev/null
}

python_makes_environments() {
    [ -x "$PYTHON" ] && "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null
}

system_has_torch() {
    [ "$TORCH" != system ] || "$PYTHON" -c 'import faiss, safetensors, torch, torchvision' 2>/dev/null
}

windows_can_open() {
    [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || { command -v xvfb-run && command -v xauth; } >/dev/null
}

# The version of QGIS that apt would take, without its epoch; empty when apt knows none.
qgis_candidate() {
    apt-cache "${APT[@]}" policy qgis | sed -n 's/^ *Candidate: \([0-9]*:\)\{0,1\}\([0-9].*\)/\2/p'
}

is_recent() {
    [ -n "$1" ] && dpkg --compare-versions "$1" ge "$QGIS_WANTED"
}

# Adds the backports suite of this Debian, on the host from which this machine's apt already takes the suite itself.
add_backports() {
    local suite=$1 host option=
    host=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' "Codename: $suite" | head -n 1)
    [ -n "$host" ] || fail "QGIS $QGIS_WANTED or newer comes from $suite-backports, but apt's sources name no host for $suite; add one and try again."
    if [ -f /usr/share/keyrings/debian-archive-keyring.gpg ]; then
        option='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] '
    fi
    say "Adding $suite-backports from $host to apt (/etc/apt/sources.list.d/frors-backports.list)."
    printf 'deb %s%s %s-backports main\n' "$option" "$host" "$suite" >/etc/apt/sources.list.d/frors-backports.list
    quietly apt-get -q update
}

# Lets apt take QGIS, and nothing but QGIS, from backports where the suite itself has an older one.
choose_qgis_release() {
    local suite
    is_recent "$(qgis_candidate)" && return
    suite=$(. /etc/os-release && [ "${ID:-}" = debian ] && printf '%s' "${VERSION_CODENAME:-}") ||
        fail "apt offers QGIS $(qgis_candidate), but FRORS needs $QGIS_WANTED or newer; install it from qgis.org and try again."
    apt-cache madison qgis | grep -q "$suite-backports" || add_backports "$suite"
    PREFERENCES=$(mktemp)
    trap 'rm -f "$PREFERENCES"' EXIT
    printf 'Package: src:qgis\nPin: release n=%s-backports\nPin-Priority: 990\n' "$suite" >"$PREFERENCES"
    chmod a+r "$PREFERENCES"
    APT+=(-o "Dir::Etc::Preferences=$PREFERENCES")
    is_recent "$(qgis_candidate)" ||
        fail "Neither $suite nor $suite-backports has QGIS $QGIS_WANTED or newer; install it from qgis.org and try again."
}

set_up_system() {
    local packages=() wanted=()
    qgis_is_recent || { wanted+=("QGIS $QGIS_WANTED or newer with its Python bindings"); packages+=(qgis python3-qgis ca-certificates); }
    [ "$ONLY" = qgis ] || python_makes_environments || { wanted+=("python3-venv"); packages+=(python3-venv); }
    system_has_torch || { wanted+=("torch, torchvision, faiss and safetensors for $PYTHON"); packages+=(python3-torch python3-torchvision python3-faiss python3-safetensors); }
    # A bare system has no font: windows would show no text, and QGIS would complain that it cannot fetch Open Sans.
    windows_can_open || { wanted+=("xvfb and xauth"); packages+=(xvfb xauth fonts-dejavu-core fonts-open-sans); }
    [ ${#packages[@]} -gt 0 ] || return 0

    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "Please install $(printf '%s, ' "${wanted[@]}" | sed 's/, $//') with your package manager, then run this again."
    fi
    say "Not here yet: $(printf '%s, ' "${wanted[@]}" | sed 's/, $//'). Asking apt."
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get -q update
    qgis_is_recent || choose_qgis_release
    say "Installing ${packages[*]} (a few minutes on a bare system; details in $LOG)."
    quietly apt-get "${APT[@]}" -q install -y --no-install-recommends "${packages[@]}"
    qgis_is_recent || fail "QGIS is installed, but $PYTHON cannot import it; set PYTHON to the interpreter that QGIS uses."
    system_has_torch || fail "The system's torch is installed, but $PYTHON cannot import it."
}

# ------------------------------------------------------------------------------------------------ the environment

PIP=("$VENV/bin/python" -m pip --disable-pip-version-check --no-input)

# The CPU build: from wherever this machine's pip looks, else from PyTorch's own index, else PyPI's build.
install_cpu_torch() {
    say "Installing torch $TORCH_VERSION, the CPU build (200 MB); minutes, details in $LOG."
    attempt "${PIP[@]}" install --no-deps "torch==$TORCH_VERSION+cpu" && return
    say "This machine's pip does not offer it; asking PyTorch's own index."
    attempt "${PIP[@]}" --timeout 15 --retries 1 install --no-deps --index-url "$TORCH_CPU_INDEX" "torch==$TORCH_VERSION+cpu" && return
    say "No CPU build to be had; taking the build of PyPI (it can be 3 GB with its CUDA libraries)."
    quietly "${PIP[@]}" install --no-deps "torch===$TORCH_VERSION"
}

install_torch() {
    torch_is_wanted && return
    [ "$TORCH" != system ] || fail "$VENV does not see the system's torch."
    if [ "$TORCH" = cuda ]; then
        say "Installing torch $TORCH_VERSION, the CUDA build (about 3 GB with its libraries)."
        # Three equal signs: exactly this version, not 2.13.0+cpu, which pip would call newer.
        quietly "${PIP[@]}" install --no-deps --force-reinstall "torch===$TORCH_VERSION"
    else
        install_cpu_torch
    fi
}

# The lines of requirement files but for what the system brings when TORCH=system, and for sympy, of which torch then says
# itself which version it wants.
wanted_lines() {
    local left_out='^(-r|$)'
    [ "$TORCH" != system ] || left_out+='|^(torch|torchvision|faiss-cpu|safetensors|sympy)=='
    grep -hEv "$left_out" "$@"
}

install_requirements() {
    say "Installing the other requirements; details in $LOG."
    mkdir -p build
    wanted_lines requirements.txt requirements-learning.txt requirements-exchange.txt requirements-cluster.txt requirements-dev.txt >build/setup-requirements.txt
    wanted_lines constraints.txt >build/setup-constraints.txt
    [ "$TORCH" != system ] || printf 'torch==%s\n' "$(torch_installed)" >>build/setup-constraints.txt
    quietly "${PIP[@]}" install --requirement build/setup-requirements.txt --constraint build/setup-constraints.txt
}

set_up_environment() {
    if [ "$TORCH" = system ] && is_own torch; then
        say "$VENV has a torch of its own; making it anew on the system's."
        rm -rf "$VENV"
    fi
    if [ -e "$VENV" ] && [ "$("$VENV/bin/python" -V 2>&1)" != "$("$PYTHON" -V)" ]; then
        say "$VENV belongs to another Python; making it anew."
        rm -rf "$VENV"
    fi
    if [ ! -x "$VENV/bin/pip" ]; then
        say "Making $VENV on $PYTHON ($("$PYTHON" -V)), which sees QGIS and GDAL."
        quietly "$PYTHON" -m venv --system-site-packages "$VENV"
    fi
    install_torch
    install_requirements
    # GDAL and numpy from different worlds install without a word and fail on import: look now.
    quietly "$VENV/bin/python" -c 'import faiss, numpy, safetensors, torch; from osgeo import gdal_array'
    fingerprint >"$STAMP"
}

case "$TORCH" in
    '' | cpu | cuda | system) ;;
    *) fail "TORCH=$TORCH is none of cpu, cuda and system." ;;
esac
case "$ONLY" in
    '' | qgis) ;;
    *) fail "$ONLY is no part of the set-up; qgis is one." ;;
esac
set_up_system
if [ "$ONLY" = qgis ]; then
    say "Ready: QGIS $("$PYTHON" -c 'from qgis.core import Qgis; print(Qgis.version())' 2>/dev/null)."
    exit
fi
if [ ! -f "$STAMP" ] || [ "$(cat "$STAMP")" != "$(fingerprint)" ] || ! torch_is_wanted; then
    set_up_environment
fi
say "Ready: QGIS $("$PYTHON" -c 'from qgis.core import Qgis; print(Qgis.version())' 2>/dev/null), torch $(torch_installed), $("$PYTHON" -V)."
