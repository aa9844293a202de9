#!/usr/bin/env bash
# Records the captures beside it: real nginx and curl, in two network namespaces of our own.
#   record.sh        Linux, root; Debian: nginx-light curl tcpdump iproute2 ethtool
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
source "$here/networks.sh"
clean() {
  [[ -f $work/nginx.pid ]] && kill "$(cat "$work/nginx.pid")" 2>/dev/null || true
  remove_networks
  rm -rf "$work"
}
trap clean EXIT
make_networks
mkdir "$work/site"
printf '{"rows":[{"id":1,"name":"first"},{"id":2,"name":"second"}],"more":false}' > "$work/site/rows.json"
awk 'BEGIN { printf "["; for (i = 0; i < 300; i++) printf "%s{\"id\":%d,\"code\":\"P-%05d\"}", (i ? "," : ""), i, i; printf "]" }' > "$work/site/large.json"
chmod -R a+rX "$work"
cat > "$work/nginx.conf" <<CONF
user root; worker_processes 1; pid $work/nginx.pid; error_log $work/error.log;
events { worker_connections 64; }
http {
  log_format line '\$request_method \$request_uri \$status'; access_log $work/access.log line;
  types { application/json json; } gzip_types application/json;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  server { listen 10.99.0.2:80; root $work/site;
    location /packed/ { gzip on; alias $work/site/; }
    location = /accept { return 202 '{"state":"accepted"}'; }
    location = /gone { return 410; } location = /moved { return 301 /rows.json; } location = /failed { return 503; } }
}
CONF
ip netns exec "$answers" nginx -c "$work/nginx.conf"
ip netns exec "$answers" tcpdump -Z root -i down0 -s 0 -U -w "$here/nginx-curl.pcap" tcp port 80 2>/dev/null &
listener=$!
sleep 1
ask() { ip netns exec "$asks" curl -sS --max-time 10 "$@" > /dev/null; }
base=http://10.99.0.2
ask "$base/rows.json" "$base/rows.json?page=2&size=10" "$base/large.json"
ask -I "$base/rows.json"
ask --compressed "$base/packed/large.json" "$base/packed/large.json"
ask -d '{"total":1}' -H 'Content-Type: application/json' "$base/accept"
ask -u partner:not-a-secret "$base/rows.json"
ask -H 'Authorization: Bearer 0f1e2d3c4b5a69788796a5b4c3d2e1f0' "$base/orders/4711"
ask -H 'X-Api-Key: key-of-partner-nine-000000' -X DELETE "$base/orders/6f1c2b9e-9f52-4a2b-8a7c-3d1f0f8e2a11"
ask -L "$base/moved"; ask "$base/gone"; ask "$base/failed"
ask -0 "$base/rows.json"; ask -r 5-20 "$base/rows.json"
head -c 200000 /dev/zero > "$work/upload"; ask -H 'Expect: 100-continue' -T "$work/upload" "$base/accept" || true
sleep 1; kill -INT "$listener"; wait "$listener" || true
sort "$work/access.log" | uniq -c | awk '{$1=$1};1' > "$here/nginx-curl.log"
