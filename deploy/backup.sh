#!/bin/sh
# Back up Plan Register into a new folder of FOLDER: what is kept, the database, and uploaded files.
# Usage: backup.sh FOLDER [DAYS], in the folder of the installation (with .env and venv). PostgreSQL or SQLite.
# With DAYS, backups that are older are deleted afterwards, except the first of each month.
set -eu
umask 077
here=$(pwd)
setting() { sed -n "s/^$1=//p" "${ENV_FILE:-$here/.env}" 2>/dev/null | tail -1 | tr -d "\"'"; }
database=${DATABASE_URL:-$(setting DATABASE_URL)}
files=${FILES_DIR:-$(setting FILES_DIR)}
bucket=${FILES_BUCKET:-$(setting FILES_BUCKET)}

# The newest backup with files, whose files the new one shares.
before=
for each in "$1"/*Z/files; do
    [ -d "$each" ] && before=$each
done
to="$1/$(date -u +%Y%m%dT%H%M%SZ)"
mkdir -p "$to.unfinished"
# First, so that the backup has at least these records.
"$here/venv/bin/plan-register" describe_records "$to.unfinished/records.json"
case $database in
postgres*)
    # As libpq's variables: who lists processes sees their arguments, and a password may be in the address.
    PLAN_DATABASE=$database "$here/venv/bin/python" -c '
import os, sys
from psycopg.pq import Conninfo
for part in Conninfo.parse(os.environ.pop("PLAN_DATABASE").encode()):
    if part.envvar and part.val:
        os.environ[part.envvar.decode()] = part.val.decode()
os.execvp("pg_dump", ["pg_dump", "--format=custom", "--no-owner", "--file", sys.argv[1]])
' "$to.unfinished/database.dump"
    ;;
*)
    path=${database#sqlite:///}
    sqlite3 "${path:-$here/var/db.sqlite3}" "VACUUM INTO '$to.unfinished/database.sqlite3'"
    ;;
esac
# After the database: records name files, and files are only added. A backup has all of them, and takes disk for the new ones.
if [ -n "$bucket" ]; then
    "$here/venv/bin/plan-register" copy_files --to "$to.unfinished/files"
    mkdir -p "$to.unfinished/files"
else
    # Fails if the folder is not there: a backup without files would say that there are none.
    rsync --recursive --times --link-dest="$(realpath "${before:-$to.unfinished}")" "${files:-$here/var/files}/" "$to.unfinished/files/"
fi
mv "$to.unfinished" "$to"
# For `check_service` and /metrics. Before the first `migrate` there is nowhere to note it.
"$here/venv/bin/plan-register" note_backup
if [ -n "${2:-}" ]; then
    month=
    for each in "$1"/*Z; do
        name=${each##*/}
        # Of each month the first stays; names sort by time.
        [ "${name%??T*}" = "$month" ] && [ -n "$(find "$each" -maxdepth 0 -mtime "+$2")" ] && rm -r "$each"
        month=${name%??T*}
    done
fi
echo "$to"
