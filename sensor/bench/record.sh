#!/usr/bin/env bash
# Records the benchmark captures: nginx serves, wrk asks, tcpdump listens on the server's end of a veth pair, as a mirror
# port would. Two namespaces of our own; nothing leaves the machine.
#
#   record.sh DIRECTORY [SECONDS]        Linux, root; Debian: nginx-light wrk tcpdump iproute2 ethtool
#
#   api.pcap     keep-alive JSON API: ids, query, JWT; four reads to one write
#   mixed.pcap   JSON documents of 300 B to 110 KB, some gzipped and chunked
#   short.pcap   a connection a request
#   bulk.pcap    4 MiB responses, faster than tcpdump writes: the capture has real gaps
set -euo pipefail
directory=${1:?usage: record.sh DIRECTORY [SECONDS]}
seconds=${2:-4}
missing=()
for tool in nginx wrk tcpdump ip ethtool; do command -v "$tool" >/dev/null || missing+=("$tool"); done
if ((${#missing[@]})); then
  echo "record.sh needs ${missing[*]}: apt-get install nginx-light wrk tcpdump iproute2 ethtool" >&2
  exit 1
fi
if ((EUID)); then echo "record.sh makes network namespaces and so needs root." >&2; exit 1; fi
mkdir -p "$directory/site"
directory=$(cd "$directory" && pwd)
asks=sonde-asks-$$ answers=sonde-answers-$$
clean() {
  [[ -f $directory/nginx.pid ]] && kill "$(cat "$directory/nginx.pid")" 2>/dev/null || true
  ip netns del "$asks" 2>/dev/null || true
  ip netns del "$answers" 2>/dev/null || true
}
trap clean EXIT

ip netns add "$asks"; ip netns add "$answers"
ip -n "$asks" link add up0 type veth peer name down0 netns "$answers"
ip -n "$asks" addr add 10.99.0.1/24 dev up0; ip -n "$answers" addr add 10.99.0.2/24 dev down0
ip -n "$asks" link set up0 up; ip -n "$answers" link set down0 up
ip netns exec "$asks" ethtool -K up0 tso off gso off gro off tx off rx off >/dev/null 2>&1 || true
ip netns exec "$answers" ethtool -K down0 tso off gso off gro off tx off rx off >/dev/null 2>&1 || true

# Documents of four sizes, deterministic.
for size in 2 20 130 900; do
  awk -v n="$size" 'BEGIN { srand(n); printf "{\"rows\":["
    for (i = 0; i < n; i++) printf "%s{\"id\":%d,\"code\":\"P-%05d\",\"title\":\"Part %d\",\"cost\":%.2f,\"labels\":[\"x\",\"y\"]}", (i ? "," : ""), rand() * 1e6, i, i, rand() * 400
    printf "],\"more\":false}" }' > "$directory/site/$size.json"
done
head -c 4194304 /dev/urandom > "$directory/site/large.bin"
chmod -R a+rX "$directory"

cat > "$directory/nginx.conf" <<CONF
user root; worker_processes 1; pid $directory/nginx.pid; error_log $directory/nginx.error;
events { worker_connections 2048; }
http {
  access_log off; keepalive_requests 1000000; types { } default_type application/json;
  client_body_temp_path $directory/t1; proxy_temp_path $directory/t2; fastcgi_temp_path $directory/t3;
  uwsgi_temp_path $directory/t4; scgi_temp_path $directory/t5;
  server {
    listen 10.99.0.2:80; listen 10.99.0.2:81 http2;
    location /api/ {
      if (\$request_method = POST) { return 201 '{"state":"accepted","reference":"\$request_id"}'; }
      return 200 '{"reference":"\$request_id","state":"open","total":84.10,"currency":"EUR","buyer":{"id":90117,"name":"Buyer One","mail":"buyer.one@example.com"},"lines":[{"code":"P-00017","count":3},{"code":"P-00940","count":1}],"path":"\$uri"}';
    }
    location /plain/ { alias $directory/site/; }
    location /packed/ { gzip on; gzip_types application/json; alias $directory/site/; }
  }
}
CONF
ip netns exec "$answers" nginx -c "$directory/nginx.conf"

cat > "$directory/api.lua" <<'LUA'
local kinds = { "orders", "parcels", "invoices", "clients", "returns" }
local bearer = "Bearer eyJhbGciOiJSUzI1NiJ9.eyJhenAiOiJwYXJ0bmVyLTciLCJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJleHAiOjIwMDAwMDAwMDB9.c2lnbmVkLXNpZ25lZC1zaWduZWQtc2lnbmVk"
local count = 0
function request()
  count = count + 1
  local id = math.random(1, 60000)
  local fields = { Authorization = bearer, Accept = "application/json", ["User-Agent"] = "northwind-client/2.4", ["X-Trace"] = string.format("%08x%06x", count, id) }
  local kind = kinds[math.random(#kinds)]
  if count % 5 == 0 then
    fields["Content-Type"] = "application/json"
    return wrk.format("POST", "/api/v2/" .. kind, fields, '{"client":' .. id .. ',"total":42.5,"lines":[{"code":"P-00017","count":3}]}')
  end
  return wrk.format("GET", "/api/v2/" .. kind .. "/" .. id .. "?embed=lines&size=" .. (id % 50), fields)
end
LUA
cat > "$directory/mixed.lua" <<'LUA'
local places = { "/plain/2.json", "/plain/20.json", "/plain/20.json", "/plain/130.json", "/plain/130.json", "/packed/130.json", "/plain/900.json" }
function request() return wrk.format("GET", places[math.random(#places)], { ["Accept-Encoding"] = "gzip", ["X-Api-Key"] = "key-of-partner-nine-000000" }) end
LUA
cat > "$directory/short.lua" <<'LUA'
function request() return wrk.format("GET", "/api/v2/orders/" .. math.random(1, 60000), { Connection = "close", Authorization = "Basic YWNtZTpub3QtYS1zZWNyZXQ=" }) end
LUA

record() { # NAME SECONDS CONNECTIONS PATH [SCRIPT [PORT]], port 81: HTTP/2, the script a list of URLs
  ip netns exec "$answers" tcpdump -Z root -i down0 -B 65536 -s 0 -w "$directory/$1.pcap" tcp port "${6:-80}" 2>"$directory/$1.tcpdump" &
  local listener=$!
  sleep 1
  if [[ ${6:-80} = 81 ]]; then
    ip netns exec "$asks" h2load -t1 -c"$3" -m4 -D"$2" -i "$directory/$5" -H 'accept: application/json' \
      -H 'user-agent: northwind-client/2.4' -H "authorization: $bearer" >"$directory/$1.wrk"
  else ip netns exec "$asks" wrk -t1 -c"$3" -d"$2s" ${5:+-s "$directory/$5"} "http://10.99.0.2$4" >"$directory/$1.wrk"; fi
  sleep 1
  kill -INT "$listener"; wait "$listener" || true
  echo "$1: $(awk '/requests in/ {print $1} /^requests:/ {print $2}' "$directory/$1.wrk") requests, $(stat -c %s "$directory/$1.pcap") bytes"
}
record api "$seconds" 40 / api.lua
record mixed "$(((seconds + 1) / 2))" 20 / mixed.lua
record short "$seconds" 20 / short.lua
# The reads of api again, as HTTP/2.
bearer=$(awk -F'"' '/^local bearer/ {print $2}' "$directory/api.lua")
if command -v h2load >/dev/null; then
  awk 'BEGIN { srand(2); for (i = 0; i < 5000; i++) printf "http://10.99.0.2:81/api/v2/orders/%d?embed=lines&size=%d\n", rand() * 60000, i % 50 }' > "$directory/api.uris"
  record api-http2 "$seconds" 40 / api.uris 81
else echo "h2load is not installed (Debian: nghttp2-client): no workload of HTTP/2."; fi
record bulk 1 4 /plain/large.bin
rm -rf "$directory/site" "$directory"/t[1-5]
