#!/bin/sh
# Back up Plan Register into a new folder of FOLDER: what is kept, the database, and uploaded files.
# Usage: backup.sh FOLDER, in the folder of the installation (with .env and venv). PostgreSQL or SQLite.
set -eu
umask 077
here=$(pwd)
setting() { sed -n "s/^$1=//p" "${ENV_FILE:-$here/.env}" 2>/dev/null | tail -1 | tr -d "\"'"; }
database=${DATABASE_URL:-$(setting DATABASE_URL)}
files=${FILES_DIR:-$(setting FILES_DIR)}
bucket=${FILES_BUCKET:-$(setting FILES_BUCKET)}

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
# After the database: records name files, and files are only added.
if [ -n "$bucket" ]; then
    files=$to.unfinished/files
    "$here/venv/bin/plan-register" copy_files --to "$files"
    mkdir -p "$files"
fi
# Fails if the folder is not there: a backup without files would say that there are none.
tar --create --gzip --file="$to.unfinished/files.tar.gz" --directory="${files:-$here/var/files}" .
[ -z "$bucket" ] || rm -r "$files"
mv "$to.unfinished" "$to"
echo "$to"
