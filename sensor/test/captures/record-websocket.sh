#!/usr/bin/env bash
# Records websocket.pcap: the library ws, and the client of Node, in two network namespaces of our own.
#   record-websocket.sh     Linux, root; node 24, npm; Debian: tcpdump iproute2 ethtool. ws is fetched into a folder that is thrown away.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
asks=sonde-asks-$$ answers=sonde-answers-$$ server=
clean() {
  [[ -n $server ]] && kill "$server" 2>/dev/null || true
  ip netns del "$asks" 2>/dev/null || true; ip netns del "$answers" 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT
cp "$here/websocket-peers.mjs" "$work/"
(cd "$work" && npm install --silent --ignore-scripts --no-save ws@8.23.0)
ip netns add "$asks"; ip netns add "$answers"
ip -n "$asks" link add up0 type veth peer name down0 netns "$answers"
ip -n "$asks" addr add 10.99.0.1/24 dev up0; ip -n "$answers" addr add 10.99.0.2/24 dev down0
ip -n "$asks" link set up0 up; ip -n "$answers" link set down0 up
ip netns exec "$asks" ethtool -K up0 tso off gso off gro off tx off rx off >/dev/null 2>&1 || true
ip netns exec "$answers" ethtool -K down0 tso off gso off gro off tx off rx off >/dev/null 2>&1 || true
rm -f "$here/websocket.log"
ip netns exec "$answers" node "$work/websocket-peers.mjs" serve 10.99.0.2 "$work/log" &
server=$!
ip netns exec "$answers" tcpdump -Z root -i down0 -s 0 -U -w "$here/websocket.pcap" tcp port 80 2>/dev/null &
listener=$!
sleep 2
ip netns exec "$asks" node "$work/websocket-peers.mjs" ask 10.99.0.2
sleep 1; kill -INT "$listener"; wait "$listener" || true
cp "$work/log" "$here/websocket.log"
