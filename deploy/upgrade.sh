#!/bin/sh
# Upgrade Plan Register to the release whose code this script is part of, or go back to the one before. As root, in the
# folder of the installation.
# Usage: upgrade.sh [--dry-run] [--further-node | --back]
#
# On the first node it backs up, installs, migrates, reloads and checks. Then run it on each further node, one after the
# other, with --further-node: it installs, reloads and checks there. --back puts the code before the upgrade into place;
# the database stays as it is, because the earlier release runs on it.
set -eu
dry='' node='' back=''
for each in "$@"; do
    case $each in
    --dry-run) dry=yes ;;
    --further-node) node=yes ;;
    --back) back=yes ;;
    *)
        echo "Usage: upgrade.sh [--dry-run] [--further-node | --back]" >&2
        exit 2
        ;;
    esac
done
here=$(pwd)
code=$(dirname "$(dirname "$(realpath "$0")")")
# An installation beside the first says here what its accounts and units are called (beside.sh).
# shellcheck disable=SC1091
[ ! -f names ] || . ./names
services=${SERVICES:-plan-register}
owner=${OWNER:-plan_owner} user=${APPLICATION:-plan} keeper=${KEEPER:-plan_backup}
units=${UNITS:-/etc/systemd/system}
ready=${READY:-http://127.0.0.1:8001/readyz}

refuse() {
    echo "$*" >&2
    exit 1
}
run() {
    echo "+ $*"
    [ -n "$dry" ] || "$@"
}
as() {
    echo "+ as $1: $2"
    [ -n "$dry" ] || su "$1" -s /bin/sh -c "$2"
}
start() { # start RELEASE: let the web server and the worker run the code that is installed, and see that they do
    run systemctl daemon-reload
    run systemctl reload "$services-web"
    run systemctl restart "$services-worker"
    echo "+ wait until $ready says: ready, Release: $1"
    [ -z "$dry" ] || return 0
    for _ in $(seq 60); do
        said=$(curl --silent --max-time 5 "$ready" || true)
        case $said in
        "ready
Release: $1"*) return 0 ;;
        esac
        sleep 1
    done
    refuse "After a minute this node is not ready with $1. It says: $said"
}

{ [ -x venv/bin/plan-register ] && [ -r .env ]; } || refuse "Start upgrade.sh in the folder of the installation, which has .env and venv."
# Not by `plan-register version`, which says Django's in releases before 2.0.0.
now=$(venv/bin/python -c "import importlib.metadata as m; print(m.version('trafficking-plan'))")
url=$(sed -n 's/^DATABASE_URL=//p' .env | tail -1 | tr -d "\"'")
as_owner="DATABASE_URL='${OWNER_URL:-$(echo "$url" | sed "s|://[^@/]*@|://$owner@|")}' venv/bin/plan-register migrate"

if [ -n "$back" ]; then
    [ -d venv.before ] || refuse "There is no venv.before, so there is nothing to go back to."
    before=$(venv.before/bin/python -c "import importlib.metadata as m; print(m.version('trafficking-plan'))")
    echo "From $now back to $before. The database stays as it is."
    run mv venv venv.after
    run mv venv.before venv
    as "$owner" "venv/bin/plan-register collectstatic --no-input"
    # Of a release that does not say its number, that it is ready is all there is to see.
    run systemctl reload "$services-web"
    run systemctl restart "$services-worker"
    as "$user" "venv/bin/plan-register check_service"
    exit
fi

new=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$code/trafficking_plan/__init__.py")
[ -n "$new" ] || refuse "$code is not the code of a release."
[ "$(printf '%s\n%s\n' "$now" "$new" | sort -V | tail -1)" = "$new" ] || refuse "$new is earlier than $now, which is installed. To go back: upgrade.sh --back"
free=$(df --output=avail -m . | tail -1)
[ "$free" -ge 1000 ] || refuse "$free MB are free in $here. Free 1,000 MB and run it again."
grep -q '^SEALING_KEYS=.' .env || refuse ".env has no SEALING_KEYS, which is needed. See docs/operations.md, \"Configure\"."
echo "From $now to $new."

step="Nothing was changed."
trap '[ $? -eq 0 ] || echo "upgrade.sh did not finish. $step" >&2' EXIT
[ -n "$node" ] || as "$keeper" "./backup.sh $here/backups"
# The code of an installation beside the first is the first one's, which was upgraded before.
if [ ! -L venv ]; then
    run rm -rf venv.before venv.after
    run cp --archive venv venv.before
    step="The code is half installed; the running service has the old one. Put it back: rm -r venv && mv venv.before venv"
    lock=requirements.lock
    # Those of object storage, figures and traces are in another lock.
    if venv/bin/python -c "import importlib.util as u, sys; sys.exit(not any(map(u.find_spec, ('storages', 'prometheus_client', 'opentelemetry'))))"; then
        lock=deploy/extras.lock
    fi
    run venv/bin/pip install --quiet --require-hashes --only-binary :all: --requirement "$code/$lock" --requirement "$code/deploy/build.lock"
    run venv/bin/pip install --quiet --no-deps --no-build-isolation --force-reinstall "$code"
    run install -m 0755 "$code/deploy/backup.sh" backup.sh
    run cp -r "$code"/deploy/systemd/plan-register-* "$units/"
fi
as "$owner" "venv/bin/plan-register collectstatic --no-input"
step="The new code is installed and the service still runs the old one. Run upgrade.sh again, or go back: $0 --back"
if [ -z "$node" ]; then
    # It gives up after ten seconds if a table is in use.
    as "$owner" "$as_owner || { sleep 10; $as_owner; } || { sleep 30; $as_owner; }"
fi
step="The database is of $new, on which $now runs too. Run upgrade.sh again, or go back: $0 --back"
start "$new"
as "$user" "venv/bin/plan-register check_service"
if [ -z "$node" ]; then
    echo "This node runs $new. On each further node: $0 --further-node. To go back: $0 --back"
fi
