#!/bin/sh
# Prepare another installation beside that in /srv/plan-register, with its code and nothing else of it. As root.
# Usage: beside.sh NAME PORT: accounts plan_NAME…, the database plan_NAME, the folder /srv/plan-NAME and units plan-NAME-…;
# pages are on PORT and health checks on the port after it. It starts nothing.
set -eu
name=$1 port=$2
case $name in
*[!a-z0-9]* | [!a-z]* | register) echo "NAME is a word of small letters and digits, and not register." >&2 && exit 2 ;;
esac
code=$(dirname "$(realpath "$0")")
first=/srv/plan-register here=/srv/plan-$name user=plan_$name
[ -e $first/venv ] || { echo "There is no $first/venv. Install the first one." >&2 && exit 1; }
[ ! -e "$here" ] || { echo "There is $here already." >&2 && exit 1; }

install -d "$here"
useradd --system --no-create-home --home-dir "$here" --shell /usr/sbin/nologin "$user"
for each in owner backup; do
    useradd --system --no-create-home --home-dir "$here" --shell /usr/sbin/nologin --groups "$user" "${user}_$each"
done
install -d -o "$user" -g "$user" -m 0750 "$here/files"
install -d -o "${user}_backup" -g "${user}_backup" -m 0700 "$here/backups"
install -d -o "${user}_owner" -g "$user" "$here/staticfiles"
ln -s $first/venv "$here/venv"
ln -s $first/backup.sh "$here/backup.sh"
cat > "$here/names" <<END
OWNER=${user}_owner APPLICATION=$user KEEPER=${user}_backup
SERVICES=plan-$name READY=http://127.0.0.1:$((port + 1))/readyz
END

renamed() {
    sed -e "s|/srv/plan-register|$here|g; s|plan-register-|plan-$name-|g; s|plan_owner|${user}_owner|g; s|plan_backup|${user}_backup|g" \
        -e "s|=plan\$|=$user|; s|TO plan;|TO $user;|; s|127.0.0.1:8000|127.0.0.1:$port|; s|127.0.0.1:8001|127.0.0.1:$((port + 1))|" "$1"
}
for each in "$code"/systemd/plan-register-*.*; do
    to=/etc/systemd/system/$(basename "$each" | sed "s|^plan-register-|plan-$name-|")
    if [ -d "$each" ]; then cp -r "$each" "$to"; else renamed "$each" > "$to"; fi
done

renamed "$code/grants.sql" > "$here/grants.sql"
su postgres -c "createuser ${user}_owner && createuser $user"
su postgres -c "createdb --owner=${user}_owner --encoding=UTF8 --template=template0 $user"
su postgres -c "psql -q $user" < "$here/grants.sql"
cd /etc/postgresql/*/main
for each in "$user $user" "${user}_backup $user" "${user}_owner ${user}_owner"; do
    echo "$user $each" >> pg_ident.conf
done
sed -i "1i local $user,${user}_restored $user,${user}_owner peer map=$user" pg_hba.conf
su postgres -c "psql -qAtc 'SELECT pg_reload_conf()'" > /dev/null

# New secrets, and the settings of the first as a beginning.
secret() { python3 -c "import secrets; print(secrets.token_urlsafe($1))"; }
grep -v -e '^SECRET_KEY=' -e '^SEALING_KEYS=' -e '^METRICS_' -e '^AWS_' -e '^FILES_' -e '^DATABASE_URL=' -e '^OIDC_' $first/.env > "$here/.env"
cat >> "$here/.env" <<END
SECRET_KEY=$(secret 50)
SEALING_KEYS=$(secret 32)
DATABASE_URL=postgresql://$user@%2Fvar%2Frun%2Fpostgresql/$user
FILES_DIR=$here/files
END
chown "root:$user" "$here/.env"
chmod 0640 "$here/.env"
cat <<END
Change the host, mail and country in $here/.env. Then:
cd $here
su ${user}_owner -s /bin/sh -c "DATABASE_URL=postgresql://${user}_owner@%2Fvar%2Frun%2Fpostgresql/$user venv/bin/plan-register migrate"
su $user -s /bin/sh -c "venv/bin/plan-register mark_files"
su ${user}_owner -s /bin/sh -c "venv/bin/plan-register collectstatic --no-input"
su $user -s /bin/sh -c "venv/bin/plan-register createsuperuser"
systemctl daemon-reload
systemctl enable --now plan-$name-web plan-$name-worker
for each in /etc/systemd/system/plan-$name-*.timer; do systemctl enable --now \$(basename \$each); done
END
