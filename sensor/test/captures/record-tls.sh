#!/usr/bin/env bash
# Records the tls-*.pcap beside it, with the keys of their sessions (NAME.keys, NSS key log) and nginx's own log of what was asked
# (NAME.log): real nginx, curl and openssl, in two network namespaces of our own.
#   record-tls.sh [NAME...]    all of them, or those named. Linux, root; Debian: nginx-light curl openssl tcpdump iproute2 ethtool
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
source "$here/networks.sh"
listener=
clean() {
  [[ -f $work/nginx.pid ]] && kill "$(cat "$work/nginx.pid")" 2>/dev/null || true
  [[ -n $listener ]] && kill -INT "$listener" 2>/dev/null || true
  remove_networks
  rm -rf "$work"
}
trap clean EXIT
make_networks

# An authority, a server with two names, an address and a mailbox in its certificate, and a client.
cd "$work"
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3650 -subj "/O=Example/CN=Example Test CA" 2>/dev/null
issue() { # NAME SUBJECT EXTENSIONS
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -out "$1.pem" -extfile <(printf '%s' "$3") 2>/dev/null
}
issue server "/CN=partner-api.example.com" "subjectAltName=DNS:partner-api.example.com,DNS:*.orders.example.com,IP:10.99.0.2,email:ops@example.com"
issue client "/O=Partner Nine/CN=partner-nine" "subjectAltName=email:jane.doe@partner-nine.example"
mkdir site
printf '{"rows":[{"id":1,"name":"first"},{"id":2,"name":"second"}],"more":false}' > site/rows.json
awk 'BEGIN { printf "["; for (i = 0; i < 900; i++) printf "%s{\"id\":%d,\"code\":\"P-%05d\"}", (i ? "," : ""), i, i; printf "]" }' > site/large.json
chmod -R a+rX "$work"
listen() { printf 'server { listen 10.99.0.2:%s; ssl_certificate %s/server.pem; ssl_certificate_key %s/server.key; root %s/site; %s\n location = /accept { return 202 "{}"; } location = /gone { return 410; } }\n' "$1" "$work" "$work" "$work" "$2"; }
# Each path has a status of its own, so that a wrong pair shows. The answers of the second line have 4 to 40 KB.
for i in 1 2 3; do head -c $((i * i * 4500)) site/large.json > "site/part-$i.json"; done
pairs() {
  local code
  for code in 200 201 202 203 207 226 401 403 404 409; do printf 'location = /s/%s { return %s "{}"; } ' $code $code; done
  for i in 1 2 3; do printf 'error_page 41%s /part-%s.json; location = /s/41%s { return 41%s; } ' $i $i $i $i; done
}
cat > nginx.conf <<CONF
user root; worker_processes 1; pid $work/nginx.pid; error_log $work/error.log;
events { worker_connections 64; }
http {
  log_format line '\$request_method \$request_uri \$status \$ssl_protocol \$ssl_cipher \$ssl_session_reused\$ssl_early_data'; access_log $work/access.log line;
  types { application/json json; }
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  $(listen "443 ssl http2" "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0; ssl_early_data on; ssl_session_cache shared:a:1m;")
  $(listen "444 ssl" "ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;")
  $(listen "445 ssl" "ssl_protocols TLSv1.2 TLSv1.3; ssl_client_certificate $work/ca.pem; ssl_verify_client on;")
  $(listen "446 ssl" "ssl_protocols TLSv1.3; ssl_ecdh_curve secp384r1;")
  $(listen "447 ssl" "ssl_protocols TLSv1.2; ssl_session_tickets off; ssl_session_cache shared:b:1m;")
  $(listen "449 ssl" "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0; $(pairs)")
  $(listen "448 ssl proxy_protocol" "ssl_protocols TLSv1.2 TLSv1.3;")
}
CONF
ip netns exec "$answers" nginx -c "$work/nginx.conf"

wanted=("$@")
# True when NAME is to be recorded, and then the recording has begun.
begin() {
  name=$1
  [[ ${#wanted[@]} = 0 || " ${wanted[*]} " = *" $name "* ]] || return 1
  rm -f "$here/$name.keys"; : > "$work/access.log"
  ip netns exec "$answers" tcpdump -Z root -i down0 -s 0 -U -w "$here/$name.pcap" tcp 2>/dev/null &
  listener=$!
  sleep 0.7
}
end() {
  sleep 2; kill -INT "$listener"; wait "$listener" || true; listener=
  sort "$work/access.log" | uniq -c | awk '{$1=$1};1' > "$here/$name.log"
}
ask() { SSLKEYLOGFILE="$here/$name.keys" ip netns exec "$asks" curl -sS --max-time 10 --cacert "$work/ca.pem" --connect-to ::10.99.0.2: "$@" > /dev/null; }
# Sends standard input through openssl's client; goes on reading until the server closes.
talk() { ip netns exec "$asks" timeout 10 openssl s_client -connect "10.99.0.2:$1" -servername partner-api.example.com -CAfile "$work/ca.pem" -keylogfile "$here/$name.keys" "${@:2}" > /dev/null 2>&1; }
get() { printf 'GET %s HTTP/1.1\r\nHost: partner-api.example.com\r\nConnection: %s\r\n\r\n' "$1" "${2:-close}"; }
base=https://partner-api.example.com

if begin tls-old; then
  for version in 1.0 1.1; do ask --tlsv1.0 --tls-max $version --ciphers 'AES128-SHA:@SECLEVEL=0' "$base:444/rows.json"; done
  ask --tlsv1.0 --tls-max 1.0 --ciphers 'ECDHE-RSA-AES256-SHA:@SECLEVEL=0' "$base:444/rows.json?page=2"
  get /rows.json | talk 444 -tls1 -cipher 'AES256-SHA:@SECLEVEL=0' -no_etm -ign_eof
  end
fi

if begin tls-1.2; then
  for cipher in ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-CHACHA20-POLY1305 ECDHE-RSA-AES256-SHA384 ECDHE-RSA-AES128-SHA256 AES128-SHA AES128-GCM-SHA256 AES128-CCM AES256-CCM8; do
    ask --http1.1 --tls-max 1.2 --ciphers "$cipher:@SECLEVEL=0" "$base/rows.json?cipher=$cipher"
  done
  get /rows.json | talk 443 -tls1_2 -cipher AES128-SHA256 -no_etm -ign_eof
  cat > "$work/no-ems.cnf" <<CONF
openssl_conf = a
[a]
ssl_conf = b
[b]
system_default = c
[c]
Options = -ExtendedMasterSecret
CONF
  get /gone | OPENSSL_CONF="$work/no-ems.cnf" talk 443 -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256 -ign_eof
  ask --http2 --tls-max 1.2 "$base/rows.json" "$base/large.json"
  ask --http1.1 --tls-max 1.2 -d '{"total":1}' -H 'Content-Type: application/json' "$base/accept"
  end
fi

if begin tls-1.3; then
  for cipher in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256; do
    ask --http1.1 --tls13-ciphers "$cipher" "$base/rows.json?cipher=$cipher" "$base/large.json"
  done
  ask --http2 "$base/rows.json" "$base/large.json" "$base/gone"
  ask --http1.1 -d '{"total":1}' -H 'Content-Type: application/json' -H 'X-Api-Key: key-of-partner-nine-000000' "$base/accept"
  end
fi

if begin tls-mutual; then
  for version in 1.2 1.3; do
    ask --http1.1 --tls-max $version --cert "$work/client.pem" --key "$work/client.key" "$base:445/rows.json"
    ask --http1.1 --tls-max $version "$base:445/rows.json" || true
  done
  end
fi

if begin tls-resumed; then
  # By session id, by ticket, by pre-shared key: a second connection of the same curl.
  ask -H 'Connection: close' "$base:447/rows.json" "$base:447/rows.json?again"
  ask --http1.1 --tls-max 1.2 -H 'Connection: close' "$base/rows.json" "$base/rows.json?again"
  ask --http1.1 -H 'Connection: close' "$base/rows.json" "$base/rows.json?again"
  # Early data: the request is sent with the first flight.
  (get /rows.json; sleep 0.3) | talk 443 -tls1_3 -sess_out "$work/session" -ign_eof
  get '/rows.json?early' > "$work/early"
  (sleep 0.5) | talk 443 -tls1_3 -sess_in "$work/session" -early_data "$work/early" -ign_eof
  end
fi

if begin tls-odd; then
  # HelloRetryRequest: the server wants a group for which the client sent no key.
  ask "$base:446/rows.json"
  # New keys in the middle, on both sides.
  (get /rows.json keep-alive; sleep 0.4; printf 'K\n'; sleep 0.4; get '/rows.json?after-key-update'; sleep 0.4) | talk 443 -tls1_3
  # Handshake messages in several records.
  get /rows.json | talk 443 -tls1_2 -max_send_frag 512 -ign_eof -alpn "http/1.1,$(printf 'protocol-%02d,' {1..40})last"
  get /rows.json | talk 443 -tls1_3 -max_send_frag 512 -ign_eof -alpn "http/1.1,$(printf 'protocol-%02d,' {1..40})last"
  # Behind the PROXY protocol.
  ask --haproxy-protocol "$base:448/rows.json"
  # Refused: no version in common.
  ask --tlsv1.3 "$base:447/rows.json" || true
  # Not HTTP inside.
  printf 'QUIT\r\n' | talk 443 -tls1_2 -ign_eof
  end
fi

if begin tls-pairs; then
  printf 'openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nOptions = -EncryptThenMac\n' > no-etm.cnf
  urls=()
  for code in 201 411 202 412 404 203 413 403 207 226; do urls+=("$base:449/s/$code?n=${#urls[@]}"); done
  for cipher in TLS_AES_128_GCM_SHA256 TLS_CHACHA20_POLY1305_SHA256; do ask --tls13-ciphers $cipher "${urls[@]}"; done
  for cipher in ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-CHACHA20-POLY1305 ECDHE-RSA-AES128-SHA256; do ask --tls-max 1.2 --ciphers $cipher "${urls[@]}"; done
  OPENSSL_CONF="$work/no-etm.cnf" ask --tls-max 1.2 --ciphers ECDHE-RSA-AES256-SHA384 "${urls[@]}"
  for version in 1.0 1.1; do ask --tlsv1.0 --tls-max $version --ciphers 'AES128-SHA:@SECLEVEL=0' "${urls[@]}"; done
  # What is sent, too, in several records.
  awk 'BEGIN { for (i = 0; i < 4000; i++) printf "%04d-line\n", i }' > upload
  ask --data-binary @upload "$base:449/s/409" --next -sS --max-time 10 --cacert "$work/ca.pem" --connect-to ::10.99.0.2: --data-binary @upload "$base:449/s/401"
  end
fi

if begin tls-turns; then
  # Early data that the server refuses: the ticket is another server's.
  (get /rows.json; sleep 0.3) | talk 443 -tls1_3 -sess_out "$work/session" -ign_eof
  get '/s/201?early' > early
  (sleep 0.3; get '/s/202?after'; sleep 0.3) | talk 449 -tls1_3 -sess_in "$work/session" -early_data early -ign_eof
  # Renegotiation: a second handshake inside the first, with new keys; openssl's own server allows it.
  ip netns exec "$answers" openssl s_server -accept 10.99.0.2:450 -www -client_renegotiation -cert server.pem -key server.key -cipher ALL:@SECLEVEL=0 -ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256 > /dev/null 2>&1 &
  server=$!
  sleep 0.4
  for options in "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256" "-tls1_2 -cipher AES256-SHA256" "-tls1_1 -cipher AES128-SHA:@SECLEVEL=0"; do
    (printf 'R\n'; sleep 0.4; printf 'GET /turned HTTP/1.0\r\n\r\n'; sleep 0.3) | talk 450 $options
  done
  # New keys of one side alone; ciphers that few use.
  (printf 'k\n'; sleep 0.3; printf 'GET /updated HTTP/1.0\r\n\r\n'; sleep 0.3) | talk 450 -tls1_3
  for cipher in CAMELLIA128-SHA256 ECDHE-ARIA128-GCM-SHA256 AES256-CCM; do (printf 'GET /rare HTTP/1.0\r\n\r\n'; sleep 0.3) | talk 450 -tls1_2 -cipher "$cipher:@SECLEVEL=0"; done
  for cipher in TLS_AES_128_CCM_SHA256 TLS_AES_128_CCM_8_SHA256; do (printf 'GET /rare HTTP/1.0\r\n\r\n'; sleep 0.3) | talk 450 -tls1_3 -ciphersuites $cipher; done
  kill "$server"
  end
fi
