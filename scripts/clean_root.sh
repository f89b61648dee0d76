#!/usr/bin/env bash
# Runs make targets on this working tree inside a bare Debian made by debootstrap: nothing but make and git in it.
#
#   sudo scripts/clean_root.sh demo test
#
# Tracked files and untracked ones that git does not ignore are copied in. The root is made anew unless CLEAN_ROOT_KEEP=1.
#   CLEAN_ROOT_SUITE  which Debian; default bookworm (12); trixie is 13
#   CLEAN_ROOT        where the root goes; default build/clean-root, for other suites build/clean-root-SUITE (needs 8 GB)
#   CLEAN_ROOT_BINDS  folders of this machine to show inside, read-only, separated by spaces (a wheel house, say)
#   CLEAN_ROOT_KEEP   1: go on in the root of an earlier run, its packages and its .venv kept
# apt's mirror is the one this machine's own apt sources name; pip's configuration is taken along. Where debootstrap is
# not installed, its package is unpacked below build/ and used from there. An argument with a space in it is no target but
# a command, run by a shell in the working tree. Pictures, logs and reports come back in build/clean-root-output, for other
# suites in build/clean-root-SUITE-output.
set -euo pipefail
cd "$(dirname "$0")/.."

SUITE=${CLEAN_ROOT_SUITE:-bookworm}
PLACE=build/clean-root
[ "$SUITE" = bookworm ] || PLACE+=-$SUITE
ROOT=$(realpath -m "${CLEAN_ROOT:-$PLACE}")
OUTPUT=$PWD/$PLACE-output
INSIDE=/srv/frors-qgis

say() { printf 'clean root: %s\n' "$*"; }

fail() {
    say "$*" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "debootstrap and chroot need root."
# A mount namespace of its own: whatever is mounted below is gone when this script ends, however it ends.
if [ "${CLEAN_ROOT_UNSHARED:-}" != 1 ]; then
    CLEAN_ROOT_UNSHARED=1 exec unshare --mount --propagation private "$0" "$@"
fi
[ $# -gt 0 ] || set -- demo test

# The Debian mirror of this machine's own apt: the one that it takes the suite from, else the one of any suite of Debian.
find_mirror() {
    local wanted=('Created-By: Packages' 'Origin: Debian' 'Component: main') found
    found=$(apt-get indextargets --format '$(REPO_URI)' "${wanted[@]}" "Codename: $SUITE" | head -n 1)
    [ -n "$found" ] || found=$(apt-get indextargets --format '$(REPO_URI)' "${wanted[@]}" | grep -v security | head -n 1)
    printf '%s' "$found"
}

find_debootstrap() {
    local package=$PWD/build/debootstrap
    DEBOOTSTRAP=debootstrap
    command -v debootstrap >/dev/null && return
    if [ ! -x "$package/usr/sbin/debootstrap" ]; then
        mkdir -p "$package"
        (cd "$package" && apt-get -q -o APT::Sandbox::User=root download debootstrap && dpkg-deb --extract ./*.deb .) >"$package.log" 2>&1 ||
            { cat "$package.log" >&2; fail "debootstrap is neither installed nor to be had from apt."; }
    fi
    export DEBOOTSTRAP_DIR=$package/usr/share/debootstrap
    DEBOOTSTRAP=$package/usr/sbin/debootstrap
}

if [ "${CLEAN_ROOT_KEEP:-}" != 1 ] || [ ! -d "$ROOT/usr" ]; then
    mirror=$(find_mirror)
    [ -n "$mirror" ] || fail "apt's sources name no mirror of Debian."
    find_debootstrap
    say "Making $SUITE in $ROOT from $mirror."
    rm -rf --one-file-system "$ROOT"
    mkdir -p "$ROOT"
    "$DEBOOTSTRAP" --variant=minbase --include=make,git,ca-certificates "$SUITE" "$ROOT" "$mirror" >"$ROOT.log" 2>&1 || {
        tail -n 20 "$ROOT.log" >&2
        fail "No root of $SUITE can be made from $mirror; the whole output is in $ROOT.log."
    }
    # A mirror may keep an old state of unstable. That it is Debian's is checked all the same.
    echo 'Acquire::Check-Valid-Until "false";' >"$ROOT/etc/apt/apt.conf.d/90clean-root"
fi

say "Copying the working tree to $INSIDE."
mkdir -p "$ROOT$INSIDE"
find "$ROOT$INSIDE" -mindepth 1 -maxdepth 1 ! -name .venv ! -name build -exec rm -rf {} +
git ls-files --cached --others --exclude-standard -z | tar --create --null --files-from - --ignore-failed-read | tar --extract --directory "$ROOT$INSIDE"

mount -t proc proc "$ROOT/proc"
mount -t sysfs -o ro sysfs "$ROOT/sys"
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
    [[ $target == *" "* ]] || target="make $target"
    say "$target"
    started=$SECONDS
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "${environment[@]}" \
        chroot "$ROOT" sh -c "cd $INSIDE && $target" || status=$?
    say "$target: ended with $status after $((SECONDS - started)) s."
    [ "$status" = 0 ] || break
done
rm -rf "$OUTPUT"
mkdir -p "$OUTPUT"
for item in demo first_use setup.log tests; do
    [ ! -e "$ROOT$INSIDE/build/$item" ] || cp -r "$ROOT$INSIDE/build/$item" "$OUTPUT/"
done
exit "$status"
