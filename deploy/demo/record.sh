#!/usr/bin/env bash
# Records the demo capture: Meridian Freight's API behind a real nginx, its partners on the other side of a network
# cable (two network namespaces and a veth pair), tcpdump on the server's interface as a SPAN port would see it
# (offloads off: no segment is larger than the MTU). Takes about a minute and a half.
#
#   deploy/demo/record.sh [OUTDIR]      default: this folder; writes demo.pcap and demo.expected.json
#
# Root on Linux. Debian packages: nginx-light tcpdump iproute2 ethtool curl wget python3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "${1:-$here}" && pwd)
node=$here/../../node_modules/.bin/node

say() { printf 'record: %s\n' "$1" >&2; }
refuse() { say "$1"; exit 1; }
[ "$(uname -s)" = Linux ] || refuse "network namespaces need Linux"
[ "$(id -u)" = 0 ] || refuse "network namespaces need root"
[ -x "$node" ] || refuse "node_modules is missing: run npm start or npm test once"
for need in nginx:nginx-light tcpdump:tcpdump ip:iproute2 ethtool:ethtool curl:curl wget:wget python3:python3; do
  command -v "${need%%:*}" >/dev/null || refuse "${need%%:*} is missing: apt-get install ${need#*:}"
done

client=sdc$$ server=sds$$
work=$(mktemp -d)
recorder='' api=''
clean_up() {
  [ ! -f "$work/nginx.pid" ] || kill "$(cat "$work/nginx.pid")" 2>/dev/null || true
  [ -z "$recorder" ] || kill "$recorder" 2>/dev/null || true
  [ -z "$api" ] || kill "$api" 2>/dev/null || true
  ip netns del "$client" 2>/dev/null || true
  ip netns del "$server" 2>/dev/null || true
  rm -rf "/etc/netns/$client" "$work"
  rmdir /etc/netns 2>/dev/null || true
}
trap clean_up EXIT

edge=192.0.2.10 edge6=2001:db8:40::10
ip netns add "$client"
ip netns add "$server"
ip -n "$client" link add eth0 type veth peer name eth0 netns "$server"
ip -n "$server" addr add "$edge/32" dev eth0
ip -n "$server" addr add "$edge6/128" dev eth0 nodad
for address in $("$node" "$here/cast.ts"); do
  case $address in
    *:*) ip -n "$client" addr add "$address/128" dev eth0 nodad ;;
    *) ip -n "$client" addr add "$address/32" dev eth0 ;;
  esac
  default=${default:-$address}
done
for side in "$client" "$server"; do
  ip -n "$side" link set lo up
  ip -n "$side" link set eth0 up
  ip netns exec "$side" ethtool -K eth0 tso off gso off gro off tx off rx off sg off >/dev/null 2>&1 || true
  ip -n "$side" -6 route add default dev eth0
done
ip -n "$server" route add default dev eth0
ip -n "$client" route add default dev eth0 src "$default"
# Names resolve inside the client's namespace only: ip-netns(8) puts this file over /etc/hosts.
mkdir -p "/etc/netns/$client"
printf '127.0.0.1 localhost\n%s api.meridian.example partner.meridian.example legacy.meridian.example\n' "$edge" \
  >"/etc/netns/$client/hosts"

ip netns exec "$server" "$node" "$here/api-server.ts" "$work/api.sock" & api=$!
for _ in $(seq 50); do [ ! -S "$work/api.sock" ] || break; sleep 0.1; done
[ -S "$work/api.sock" ] || refuse "the API server did not start"
sed -e "s|@WORK@|$work|g" -e "s|@EDGE@|$edge|g" -e "s|@EDGE6@|$edge6|g" "$here/nginx.conf" >"$work/nginx.conf"
ip netns exec "$server" nginx -e "$work/error.log" -c "$work/nginx.conf"

ip netns exec "$server" tcpdump -Z root -i eth0 -B 65536 -s 0 -w "$work/demo.pcap" 'tcp port 80 or tcp port 8080' \
  2>"$work/tcpdump.log" & recorder=$!
for _ in $(seq 50); do ! grep -q 'listening on' "$work/tcpdump.log" || break; sleep 0.1; done

say "the partners are at work, about a minute and a half"
ip netns exec "$client" "$node" "$here/partners.ts"

# nginx closes what is still open before the recorder stops, so that every connection is whole.
kill -QUIT "$(cat "$work/nginx.pid")"
sleep 2
kill -INT "$recorder"
wait "$recorder" || true
recorder=''
packets=$(sed -n 's/^\([0-9]*\) packets captured.*/\1/p' "$work/tcpdump.log")
dropped=$(sed -n 's/^\([0-9]*\) packets dropped by kernel.*/\1/p' "$work/tcpdump.log")
[ "$dropped" = 0 ] || refuse "tcpdump dropped $dropped packets: record again on a quieter machine"
[ ! -s "$work/error.log" ] || cat "$work/error.log" >&2

"$node" "$here/count-log.ts" "$work/access.log" "$packets" >"$work/expected.json"
requests=$(wc -l <"$work/access.log")
if command -v tshark >/dev/null; then
  seen=$(tshark -r "$work/demo.pcap" -Y http.request -T fields -e http.request.method 2>/dev/null | tr ',' '\n' | wc -l)
  say "nginx answered $requests requests, tshark sees $seen in the capture"
fi
cp "$work/demo.pcap" "$out/demo.pcap"
cp "$work/expected.json" "$out/demo.expected.json"
chmod 644 "$out/demo.pcap" "$out/demo.expected.json"
say "$out/demo.pcap: $requests requests, $packets packets, $(stat -c %s "$out/demo.pcap") bytes, none dropped"
