#!/usr/bin/env bash
# Records websocket.pcap: the library ws, and the client of Node, in two network namespaces of our own.
#   record-websocket.sh     Linux, root; node 24, npm; Debian: tcpdump iproute2 ethtool. ws is fetched into a folder that is thrown away.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
source "$here/networks.sh"
clean() {
  [[ -n $server ]] && kill "$server" 2>/dev/null || true
  remove_networks
  rm -rf "$work"
}
trap clean EXIT
cp "$here/websocket-peers.mjs" "$work/"
(cd "$work" && npm install --silent --ignore-scripts --no-save ws@8.23.0)
make_networks
rm -f "$here/websocket.log"
ip netns exec "$answers" node "$work/websocket-peers.mjs" serve 10.99.0.2 "$work/log" &
server=$!
ip netns exec "$answers" tcpdump -Z root -i down0 -s 0 -U -w "$here/websocket.pcap" tcp port 80 2>/dev/null &
listener=$!
sleep 2
ip netns exec "$asks" node "$work/websocket-peers.mjs" ask 10.99.0.2
sleep 1; kill -INT "$listener"; wait "$listener" || true
cp "$work/log" "$here/websocket.log"
