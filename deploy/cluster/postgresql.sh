#!/bin/sh
# A PostgreSQL server of its own for a cluster, where none is there already.
#
#   postgresql.sh make DIR [ADDRESS [PORT]]   make it: database and role "broadsheet"
#   postgresql.sh start DIR
#   postgresql.sh stop DIR
#
# As any user but root, who owns DIR afterwards. ADDRESS is where the other machines reach it
# (127.0.0.1 when there are none). DIR/url then holds what [data] database_file is to hold on
# each machine: the URL with its password. Let no firewall open the port to strangers.
set -eu
PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)"
umask 077
verb=$1 dir=$2

case $verb in
make)
  address=${3:-127.0.0.1} port=${4:-5432}
  mkdir -p "$dir/socket"
  # Whoever reaches the socket inside DIR is its owner; from elsewhere it takes the password.
  initdb -D "$dir/data" -U postgres -E UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host=scram-sha-256 >/dev/null
  cat >>"$dir/data/postgresql.conf" <<EOF
listen_addresses = '$address'
port = $port
unix_socket_directories = '$dir/socket'
password_encryption = scram-sha-256
# About 20 for each run and worker, 10 for each process of each web server, and some to spare.
max_connections = 300
# A machine that is gone is noticed within half a minute.
tcp_keepalives_idle = 10
tcp_keepalives_interval = 5
tcp_keepalives_count = 4
EOF
  echo "host all broadsheet samenet scram-sha-256" >>"$dir/data/pg_hba.conf"
  password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  "$0" start "$dir"
  psql -q -h "$dir/socket" -p "$port" -U postgres <<EOF
CREATE ROLE broadsheet LOGIN PASSWORD '$password';
CREATE DATABASE broadsheet OWNER broadsheet;
EOF
  echo "postgresql+psycopg://broadsheet:$password@$address:$port/broadsheet" >"$dir/url"
  ;;
start) pg_ctl -D "$dir/data" -l "$dir/log" -w start >/dev/null ;;
stop) pg_ctl -D "$dir/data" -m fast -w stop >/dev/null ;;
*) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
