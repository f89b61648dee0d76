#!/usr/bin/env bash
# Runs make targets on this working tree inside a bare Debian 12 made by debootstrap: nothing but make and git in it.
#
#   sudo scripts/clean_root.sh demo test
#
# Tracked files and untracked ones that git does not ignore are copied in. The root is made anew unless CLEAN_ROOT_KEEP=1.
#   CLEAN_ROOT        where the root goes; default build/clean-root (needs 8 GB)
#   CLEAN_ROOT_BINDS  folders of this machine to show inside, read-only, separated by spaces (a wheel house, say)
#   CLEAN_ROOT_KEEP   1: go on in the root of an earlier run, its packages and its .venv kept
# apt's mirror is the one this machine's own apt sources name; pip's configuration is taken along. Pictures and logs of
# the demo come back in build/clean-root-output.
set -euo pipefail
cd "$(dirname "$0")/.."

SUITE=bookworm
ROOT=$(realpath -m "${CLEAN_ROOT:-build/clean-root}")
OUTPUT=$PWD/build/clean-root-output
INSIDE=/srv/frors-qgis

say() { printf 'clean root: %s\n' "$*"; }

[ "$(id -u)" = 0 ] || { say "debootstrap and chroot need root." >&2; exit 1; }
command -v debootstrap >/dev/null || { say "debootstrap is not installed." >&2; exit 1; }
# A mount namespace of its own: whatever is mounted below is gone when this script ends, however it ends.
if [ "${CLEAN_ROOT_UNSHARED:-}" != 1 ]; then
    CLEAN_ROOT_UNSHARED=1 exec unshare --mount --propagation private "$0" "$@"
fi
[ $# -gt 0 ] || set -- demo test

if [ "${CLEAN_ROOT_KEEP:-}" != 1 ] || [ ! -d "$ROOT/usr" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' "Codename: $SUITE" | head -n 1)
    [ -n "$mirror" ] || { say "apt's sources name no mirror of $SUITE." >&2; exit 1; }
    say "Making $SUITE in $ROOT from $mirror."
    rm -rf --one-file-system "$ROOT"
    mkdir -p "$ROOT"
    debootstrap --variant=minbase --include=make,git "$SUITE" "$ROOT" "$mirror" >"$ROOT.log" 2>&1 ||
        { tail -n 20 "$ROOT.log" >&2; exit 1; }
fi

say "Copying the working tree to $INSIDE."
mkdir -p "$ROOT$INSIDE"
find "$ROOT$INSIDE" -mindepth 1 -maxdepth 1 ! -name .venv ! -name build -exec rm -rf {} +
git ls-files --cached --others --exclude-standard -z | tar --create --null --files-from - --ignore-failed-read | tar --extract --directory "$ROOT$INSIDE"

mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
cp --dereference /etc/resolv.conf "$ROOT/etc/resolv.conf"
if [ -f /etc/pip.conf ]; then
    cp --dereference /etc/pip.conf "$ROOT/etc/pip.conf"
fi
for folder in ${CLEAN_ROOT_BINDS:-}; do
    mkdir -p "$ROOT$folder"
    mount --rbind "$folder" "$ROOT$folder"
    mount -o remount,bind,ro "$ROOT$folder"
done
# pip's settings and the certificates of this machine's network go along; nothing else of the environment does.
mapfile -t environment < <(env | grep -E '^(PIP_[A-Z_]+|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|TORCH)=' | grep -v '^PIP_CERT=' || true)
certificates=${PIP_CERT:-${SSL_CERT_FILE:-}}
if [ -n "$certificates" ]; then
    cp --dereference "$certificates" "$ROOT/srv/certificates.crt"
    environment+=(PIP_CERT=/srv/certificates.crt SSL_CERT_FILE=/srv/certificates.crt)
fi

status=0
for target in "$@"; do
    say "make $target"
    started=$SECONDS
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "${environment[@]}" chroot "$ROOT" make -C "$INSIDE" "$target" || status=$?
    say "make $target ended with $status after $((SECONDS - started)) s."
    [ "$status" = 0 ] || break
done
rm -rf "$OUTPUT"
mkdir -p "$OUTPUT"
for item in demo setup.log tests; do
    [ ! -e "$ROOT$INSIDE/build/$item" ] || cp -r "$ROOT$INSIDE/build/$item" "$OUTPUT/"
done
exit "$status"
