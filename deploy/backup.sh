#!/bin/sh
# Back up Plan Register into a new folder of FOLDER: what is kept, the database, and uploaded files.
# Usage: backup.sh FOLDER, in the folder of the installation (with .env and venv). PostgreSQL or SQLite.
set -eu
umask 077
here=$(pwd)
setting() { sed -n "s/^$1=//p" "${ENV_FILE:-$here/.env}" 2>/dev/null | tail -1; }
database=${DATABASE_URL:-$(setting DATABASE_URL)}
files=${FILES_DIR:-$(setting FILES_DIR)}
bucket=${FILES_BUCKET:-$(setting FILES_BUCKET)}

to="$1/$(date -u +%Y%m%dT%H%M%SZ)"
mkdir -p "$to.unfinished"
# First, so that the backup has at least these records.
"$here/venv/bin/plan-register" describe_records "$to.unfinished/records.json"
case $database in
postgres*) pg_dump --format=custom --no-owner --file="$to.unfinished/database.dump" "$database" ;;
*)
    path=${database#sqlite:///}
    sqlite3 "${path:-$here/var/db.sqlite3}" "VACUUM INTO '$to.unfinished/database.sqlite3'"
    ;;
esac
# After the database: records name files, and files are only added.
files=${files:-$here/var/files}
if [ -n "$bucket" ]; then
    files=$to.unfinished/files
    "$here/venv/bin/plan-register" copy_files --to "$files"
fi
mkdir -p "$files"
tar --create --gzip --file="$to.unfinished/files.tar.gz" --directory="$files" .
[ -z "$bucket" ] || rm -r "$files"
mv "$to.unfinished" "$to"
echo "$to"
