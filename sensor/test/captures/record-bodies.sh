#!/usr/bin/env bash
# Records bodies.pcap beside it: bodies of every kind and coding between real curl and nginx, in two network namespaces of our own.
#   record-bodies.sh   Linux, root; Debian: nginx-light curl zstd tcpdump iproute2 ethtool; node for brotli and protobuf
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
awk 'BEGIN { printf "{\"rows\":["; for (i = 0; i < 200; i++) printf "%s{\"id\":%d,\"code\":\"P-%05d\"}", (i ? "," : ""), i, i; printf "]}" }' > "$work/site/rows"
gzip -9nk -S .gzip "$work/site/rows"
zstd -q -19 "$work/site/rows" -o "$work/site/rows.zstd"
node -e 'const z = require("node:zlib"), f = require("node:fs"), p = process.argv[1]
  const rows = f.readFileSync(p)
  f.writeFileSync(p + ".br", z.brotliCompressSync(rows)); f.writeFileSync(p + ".deflate", z.deflateSync(rows))
  f.writeFileSync(p + ".raw", z.deflateRawSync(rows)); f.writeFileSync(p + ".twice", z.brotliCompressSync(z.gzipSync(rows)))
  f.writeFileSync(p + ".proto", Buffer.from("0896011205416461204f1a0208021a020803", "hex"))' "$work/site/rows"
printf '<?xml version="1.0"?><orders xmlns="urn:example"><order id="7"><total>12.50</total><sku>A-1</sku></order></orders>' > "$work/site/orders.xml"
printf '{"seq":1,"level":"info"}\n{"seq":2,"level":"warn","cause":null}\n' > "$work/site/log.ndjson"
head -c 30000 /dev/urandom > "$work/photo.png"
chmod -R a+rX "$work"
coded() { echo "location = /$1 { default_type application/json; alias $work/site/rows.$1; add_header Content-Encoding '$2'; }"; }
cat > "$work/nginx.conf" <<CONF
user root; worker_processes 1; pid $work/nginx.pid; error_log $work/error.log;
events { worker_connections 64; }
http {
  log_format line '\$request_method \$request_uri \$status'; access_log $work/access.log line;
  types { application/json json; application/xml xml; application/x-ndjson ndjson; application/x-protobuf proto; }
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  server { listen 10.99.0.2:80; root $work/site;
    $(coded gzip gzip) $(coded zstd zstd) $(coded br br) $(coded deflate deflate) $(coded raw deflate) $(coded twice 'gzip, br')
    location = /accept { return 202 '{"state":"accepted"}'; } }
}
CONF
ip netns exec "$answers" nginx -c "$work/nginx.conf"
ip netns exec "$answers" tcpdump -Z root -i down0 -s 0 -U -w "$here/bodies.pcap" tcp port 80 2>/dev/null &
listener=$!
sleep 1
ask() { ip netns exec "$asks" curl -sS --max-time 10 "$@" > /dev/null; }
base=http://10.99.0.2
for coding in gzip zstd br deflate raw twice; do ask "$base/$coding"; done
ask "$base/orders.xml" "$base/log.ndjson" "$base/rows.proto"
ask -d 'user[name]=Ada&user[mail]=ada%40example.com&tags[]=a&tags[]=b&page=2&agree' "$base/accept"
ask --data-urlencode 'note=two words' --data-urlencode 'when=2026-11-24' "$base/accept"
ask -F 'title=Hello' -F 'count=12' -F "photo=@$work/photo.png;type=image/png" -F 'meta={"a":1};type=application/json' "$base/accept"
ask -F 'one=1' -F '=<'"$work/site/log.ndjson"';type=text/plain' "$base/accept"
ask -H 'Content-Type: text/xml' -H 'SOAPAction: "urn:GetOrder"' -d '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><GetOrder><id>7</id></GetOrder></s:Body></s:Envelope>' "$base/accept"
ask -H 'Content-Type: application/x-protobuf' --data-binary "@$work/site/rows.proto" "$base/accept"
ask -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary "@$work/site/rows.gzip" "$base/accept"
ask -H 'Content-Type: application/x-www-form-urlencoded' -d '{"json":"as a form"}' "$base/accept"
sleep 1; kill -INT "$listener"; wait "$listener" || true
sort "$work/access.log" | uniq -c | awk '{$1=$1};1' > "$here/bodies.log"
