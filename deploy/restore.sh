#!/bin/sh
# Restore a backup of Plan Register. As root, in the folder of the installation.
# Usage: restore.sh [--dry-run] [--no-render] [--into-place] BACKUP
#
# Without --into-place the running service is not touched: the backup goes into the database NAME_restored and the folder
# `restored`, and is checked. With it, a copy that was found sound then takes the place of the database and of the files;
# what was there stays as NAME_lost and `files_lost`. Everybody has to sign in again. --no-render makes no paper anew: with
# other versions of the libraries than at issue the bytes differ.
set -eu
dry='' place='' check='check_restore --against restored.json'
while [ $# -gt 1 ]; do
    case $1 in
    --dry-run) dry=yes ;;
    --into-place) place=yes ;;
    --no-render) check="$check --no-render" ;;
    *) break ;;
    esac
    shift
done
if [ $# -ne 1 ] || [ "${1#-}" != "$1" ]; then
    echo "Usage: restore.sh [--dry-run] [--no-render] [--into-place] BACKUP" >&2
    exit 2
fi
backup=${1%/}
here=$(pwd)
grants=$(dirname "$(realpath "$0")")/grants.sql
# An installation beside the first says here what its accounts and units are called (beside.sh).
# shellcheck disable=SC1091
[ ! -f names ] || . ./names
owner=${OWNER:-plan_owner} user=${APPLICATION:-plan}
units="${SERVICES:-plan-register}-web ${SERVICES:-plan-register}-worker"
[ ! -f grants.sql ] || grants=$here/grants.sql

refuse() {
    echo "$*" >&2
    exit 1
}
run() {
    echo "+ $*"
    [ -n "$dry" ] || "$@"
}
as() { # as ACCOUNT COMMAND [FILE for its input]
    echo "+ as $1: $2${3:+ < $3}"
    [ -n "$dry" ] || su "$1" -s /bin/sh -c "$2" < "${3:-/dev/null}"
}
ask() { su postgres -c "psql -qAt postgres" <<END
$1
END
}

# --- What stops it before anything is done --------------------------------------------------

for each in records.json database.dump; do
    [ -s "$backup/$each" ] || refuse "$backup has no $each, so it is not a whole backup. Choose another folder."
done
[ -d "$backup/files" ] || [ -s "$backup/files.tar.gz" ] || refuse "$backup has no uploaded files, so it is not a whole backup. Choose another folder."
{ [ -x venv/bin/plan-register ] && [ -r .env ]; } || refuse "Start restore.sh in the folder of the installation, which has .env and venv."
url=$(sed -n 's/^DATABASE_URL=//p' .env | tail -1 | tr -d "\"'")
files=$(sed -n 's/^FILES_DIR=//p' .env | tail -1 | tr -d "\"'")
bucket=$(sed -n 's/^FILES_BUCKET=//p' .env | tail -1 | tr -d "\"'")
files=${files:-$here/var/files}
name=${url%%\?*}
name=${name##*/}
case $url in
postgres*) ;;
*) refuse "DATABASE_URL in .env is not PostgreSQL. With SQLite, stop the service and copy the database and the files to their places." ;;
esac
lost=${name}_lost copy=${name}_restored
if [ -n "$place" ]; then
    [ -z "$(ask "SELECT 1 FROM pg_database WHERE datname = '$lost'")" ] || refuse "There is a database $lost, from an earlier restore. Drop it, or rename it, once nobody needs it."
    [ -n "$bucket" ] || [ ! -e "${files}_lost" ] || refuse "There is ${files}_lost, from an earlier restore. Remove it, or rename it, once nobody needs it."
fi

# --- Beside the running service, and checked ------------------------------------------------

run rm -rf restored restored.json
as postgres "PGOPTIONS=--client-min-messages=warning dropdb --if-exists $copy"
as postgres "createdb --owner=$owner --encoding=UTF8 --template=template0 $copy"
as postgres "psql -q -v ON_ERROR_STOP=1 $copy" "$grants"
as "$owner" "pg_restore --no-owner --no-privileges --exit-on-error --username=$owner --dbname=$copy" "$backup/database.dump"
run install -d -m 0750 restored
if [ -d "$backup/files" ]; then
    run rsync --recursive --times "$backup/files/" restored/
else
    run tar --extract --gzip --directory=restored --file="$backup/files.tar.gz"
fi
run chown -R "$user:$user" restored
run chmod -R u=rwX,g=rX,o= restored
run install -m 0644 "$backup/records.json" restored.json
as "$user" "DATABASE_URL='$(echo "$url" | sed "s|/$name\$|/$copy|; s|/$name?|/$copy?|")' FILES_BUCKET= FILES_DIR='$here/restored' venv/bin/plan-register $check"
if [ -z "$place" ]; then
    echo "The backup is sound. It is in the database $copy and in $here/restored."
    exit
fi

# --- Into place ------------------------------------------------------------------------------

# Whoever was signed in when the backup was made is not signed in now.
as postgres "psql -qc 'DELETE FROM django_session' -c 'DELETE FROM usersessions_usersession' $copy"
half_way="Nothing was moved. The service is started again as it was."
moved=''
allow="ALTER DATABASE \"$name\" ALLOW_CONNECTIONS true"
back() {
    code=$?
    trap - EXIT
    [ $code -eq 0 ] && exit
    echo "restore.sh did not finish. $half_way" >&2
    # Half a restore serves nobody.
    # shellcheck disable=SC2086
    [ -n "$dry$moved" ] || { ask "$allow" || true; systemctl start $units; }
    exit $code
}
trap back EXIT
# shellcheck disable=SC2086
run systemctl stop $units
# Both names change or neither; other nodes and timers are cut off until the files are in place too.
swap=/dev/null
if [ -z "$dry" ]; then
    swap=$(mktemp)
    chmod 0644 "$swap"
    cat > "$swap" <<END
$(there=$(ask "SELECT 1 FROM pg_database WHERE datname = '$name'"); [ -z "$there" ] || echo "ALTER DATABASE \"$name\" ALLOW_CONNECTIONS false;")
ALTER DATABASE "$copy" ALLOW_CONNECTIONS false;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('$name', '$copy') AND pid <> pg_backend_pid();
BEGIN;
$([ -z "$(ask "SELECT 1 FROM pg_database WHERE datname = '$name'")" ] || echo "ALTER DATABASE \"$name\" RENAME TO \"$lost\";")
ALTER DATABASE "$copy" RENAME TO "$name";
COMMIT;
END
fi
as postgres "psql -qAt -v ON_ERROR_STOP=1 postgres" "$swap" > /dev/null
moved=yes
[ -n "$dry" ] || rm -f restored.json "$swap"
half_way="The database is the restored one, and lets nobody in: as a superuser, run $allow"
if [ -n "$bucket" ]; then
    as postgres "psql -qc '$allow' postgres"
    half_way="The database is the restored one, and not all files are back. Run this, then start the service: venv/bin/plan-register copy_files --from $here/restored"
    as "$user" "venv/bin/plan-register copy_files --from '$here/restored'"
else
    half_way="The database is the restored one, and its files are still in $here/restored. Move them to $files, run $allow as a superuser, and start the service."
    [ ! -e "$files" ] || run mv "$files" "${files}_lost"
    run mv restored "$files"
    as postgres "psql -qc '$allow' postgres"
fi
half_way="The backup is in place. See what the last command said."
# shellcheck disable=SC2086
run systemctl start $units
as "$user" "venv/bin/plan-register check_service"
echo "The backup is in place. What was there before: the database $lost, ${files}_lost. Roles and API keys that were ended since the backup are open again: end them."
