#!/usr/bin/env bash
# Records specified.pcap: an API with published documents, behind a real nginx, in two network namespaces of our own.
#   record.sh        Linux, root; Debian: nginx-light curl tcpdump iproute2 ethtool, and the packages of package-lock.json
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
node=$root/node_modules/.bin/node
work=$(mktemp -d)
source "$root/sensor/test/captures/networks.sh"
server=
clean() {
  [[ -f $work/nginx.pid ]] && kill "$(cat "$work/nginx.pid")" 2>/dev/null || true
  [[ -n $server ]] && kill "$server" 2>/dev/null || true
  remove_networks
  rm -rf "$work"
}
trap clean EXIT
make_networks
ip -n "$answers" link set lo up
cat > "$work/nginx.conf" <<CONF
user root; worker_processes 1; pid $work/nginx.pid; error_log $work/error.log;
events { worker_connections 64; }
http {
  log_format line '\$request_method \$uri \$status'; access_log $work/access.log line;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  server { listen 10.99.0.2:80;
    location / { proxy_pass http://127.0.0.1:8080; proxy_set_header Host \$host; } }
}
CONF
ip netns exec "$answers" "$node" "$here/parcels-server.ts" 8080 &
server=$!
ip netns exec "$answers" nginx -c "$work/nginx.conf"
ip netns exec "$answers" tcpdump -Z root -i down0 -s 0 -U -w "$here/specified.pcap" tcp port 80 2>/dev/null &
listener=$!
sleep 1
ip netns exec "$asks" "$node" "$here/parcels-client.ts" http://10.99.0.2
ip netns exec "$asks" curl -sS -H 'Host: parcels.example' -H 'Authorization: Bearer 8f14e45fceea167a5a36dedd4bea2543' \
  http://10.99.0.2/v2/parcels http://10.99.0.2/v2/depots/altona > /dev/null
sleep 1; kill -INT "$listener"; wait "$listener" || true
sort "$work/access.log" | uniq -c | awk '{$1=$1};1' > "$here/specified.log"
