#!/bin/sh
# One process of a cluster, in the foreground, for any supervisor.
#
#   node.sh run NAME        watches the clock, and works; one is enough, two survive each other
#   node.sh worker NAME     works; as many as you like
#   node.sh serve PORT      answers requests; as many as you like
#
# Run it in the deployment folder. Each process gets a data folder of its own below NODES
# (default: nodes): its lock and its name are there, and nothing else that counts. The same NAME
# is the same node: what it had in hand when it was killed it takes up at its next start.
set -eu
[ $# -ge 2 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
role=$1 name=$2
shift 2
export BROADSHEET_DATA__DIRECTORY="${NODES:-$PWD/nodes}/$role-$name"
unset NODES
if [ "$role" = serve ]; then
  export BROADSHEET_SERVER__PORT="$name"
fi
exec ${BROADSHEET:-broadsheet} "$role" "$@"
