#!/usr/bin/env bash
# What the tests of PostGIS archives start: PostgreSQL >= 15 with PostGIS and pgvector >= 0.8, as programs only. No cluster
# is made and no service runs. Users need none of this; without it, for example without root, those tests are skipped.
#
# Debian 13 has pgvector ready made. On Debian 12 it is built from Debian's own source package, which the host of this
# machine's apt sources also holds; the checksum is that of Debian's archive.
set -euo pipefail
cd "$(dirname "$0")/.."

LOG=build/setup-database.log
PGVECTOR=pgvector_0.8.0.orig.tar.gz
PGVECTOR_SHA256=867a2c328d4928a5a9d6f052cd3bc78c7d60228a9b914ad32aa3db88e9de27b0
CREATECLUSTER=/etc/postgresql-common/createcluster.d/frors.conf

say() { printf 'setup: %s\n' "$*"; }

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

quietly() {
    mkdir -p build
    printf '\n$ %s\n' "$*" >>"$LOG"
    if ! "$@" >>"$LOG" 2>&1; then
        tail -n 25 "$LOG" >&2
        fail "This command failed: $* (the whole output is in $LOG)."
    fi
}

# The newest PostgreSQL that is installed; empty when none is.
installed() {
    local server
    server=$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V | tail -n 1 || true)
    [ -z "$server" ] || basename "$(dirname "$(dirname "$server")")"
}

has_extension() {
    local version
    version=$(installed)
    [ -n "$version" ] && [ -f "/usr/share/postgresql/$version/extension/$1.control" ]
}

# The version that the package postgresql of this Debian stands for.
offered() {
    apt-cache depends postgresql | sed -n 's/^ *Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1
}

install_packages() {
    say "Installing $* (details in $LOG)."
    if [ ! -e "$CREATECLUSTER" ] && ! command -v pg_createcluster >/dev/null; then
        mkdir -p "$(dirname "$CREATECLUSTER")"
        printf '# By FRORS: its tests make clusters of their own.\ncreate_main_cluster = false\n' >"$CREATECLUSTER"
    fi
    quietly apt-get -q install -y --no-install-recommends "$@"
}

build_pgvector() {
    local version=$1 host folder headers
    host=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' | grep -v security | head -n 1)
    [ -n "$host" ] || fail "pgvector is not here, and apt's sources name no host of Debian to take its source from."
    command -v gcc >/dev/null && command -v make >/dev/null && dpkg -s libc6-dev >/dev/null 2>&1 || install_packages gcc make libc6-dev
    say "Building pgvector for PostgreSQL $version from Debian's source (seconds)."
    folder=$(mktemp -d)
    trap "rm -rf '$folder'" EXIT
    headers=$folder/usr/include/postgresql/$version/server
    # Its headers alone: as a package it wants a compiler of 750 MB, which pgvector is not built with here.
    quietly env --chdir="$folder" apt-get -q -o APT::Sandbox::User=root download "postgresql-server-dev-$version"
    quietly dpkg-deb --extract "$folder"/postgresql-server-dev-*.deb "$folder"
    quietly /usr/lib/apt/apt-helper download-file "${host%/}/pool/main/p/pgvector/$PGVECTOR" "$folder/$PGVECTOR" "SHA256:$PGVECTOR_SHA256"
    mkdir "$folder/pgvector"
    tar --extract --file "$folder/$PGVECTOR" --directory "$folder/pgvector" --strip-components 1
    # OPTFLAGS: not for this very processor, so that a copy of the machine works on another.
    quietly make -C "$folder/pgvector" -j2 install "PG_CONFIG=/usr/lib/postgresql/$version/bin/pg_config" OPTFLAGS= with_llvm=no \
        "includedir_server=$headers"
}

if has_extension vector && has_extension postgis; then
    say "Ready: PostgreSQL $(installed) with PostGIS and pgvector."
    exit
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "PostgreSQL with PostGIS and pgvector is not here: tests of PostGIS archives will be skipped."
    exit
fi
export DEBIAN_FRONTEND=noninteractive
version=$(installed)
if ! has_extension postgis || [ -z "$version" ]; then
    quietly apt-get -q update
    version=${version:-$(offered)}
    [ -n "$version" ] || fail "apt offers no PostgreSQL."
    install_packages "postgresql-$version" "postgresql-$version-postgis-3" "postgresql-$version-postgis-3-scripts"
fi
if ! has_extension vector; then
    if apt-cache show "postgresql-$version-pgvector" >/dev/null 2>&1; then
        install_packages "postgresql-$version-pgvector"
    else
        build_pgvector "$version"
    fi
fi
has_extension vector && has_extension postgis || fail "PostgreSQL $version is installed, but its extensions are not (see $LOG)."
say "Ready: PostgreSQL $version with PostGIS and pgvector."
