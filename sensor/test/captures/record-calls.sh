#!/usr/bin/env bash
# Records calls.pcap: curl asking calls-server.ts for operations inside one URL, in two network namespaces of our own.
#   record-calls.sh     Linux, root; node 24; Debian: curl tcpdump iproute2 ethtool
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
server=
source "$here/networks.sh"
clean() {
  [[ -n $server ]] && kill "$server" 2>/dev/null || true
  remove_networks
}
trap clean EXIT
make_networks
ip netns exec "$answers" node "$here/calls-server.ts" 10.99.0.2 &
server=$!
ip netns exec "$answers" tcpdump -Z root -i down0 -s 0 -U -w "$here/calls.pcap" tcp port 80 2>/dev/null &
listener=$!
sleep 2
base=http://10.99.0.2
ask() { ip netns exec "$asks" curl -sS --max-time 10 "$@" > /dev/null; }
json() { ask -H 'Content-Type: application/json' -d "$2" "${@:3}" "$base$1"; }
orders='query GetOrders($q: String) { orders(q: $q) { id items { sku } } me: viewer { id } }'
# Often enough that shapes are sampled and names must not be.
for _ in 1 2 3 4 5 6 7 8; do
  json /graphql "{\"operationName\":\"GetOrders\",\"variables\":{\"q\":\"S3cretToken99\"},\"query\":\"$orders\"}"
  json /graphql '{"query":"mutation { pay(card: \"S3cretToken99\") { ok } }"}'
done
json /graphql '[{"query":"{ a }"},{"query":"query B { b }"}]'
json /graphql '{"operationName":"Known","extensions":{"persistedQuery":{"version":1,"sha256Hash":"S3cretToken99"}}}'
ask -G --data-urlencode "query=$orders" --data-urlencode 'variables={"q":"S3cretToken99"}' "$base/graphql"
ask -F 'operations={"query":"mutation Up($f: Upload!) { up(file: $f) }","variables":{"f":null}}' -F 'map={"0":["variables.f"]}' -F '0=@/etc/hostname' "$base/graphql"
json /rpc '{"jsonrpc":"2.0","method":"orders.list","params":{"q":"S3cretToken99"},"id":1}'
json /rpc '[{"jsonrpc":"2.0","method":"b.get","id":1},{"jsonrpc":"2.0","method":"a.get","id":2}]'
json /mcp '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}}'
json /mcp '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search","arguments":{"q":"S3cretToken99"}}}' -H 'Mcp-Session-Id: S3cretToken99'
envelope() { printf '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body><m:%s xmlns:m="urn:x"><id>S3cretToken99</id></m:%s></s:Body></s:Envelope>' "$1" "$1"; }
ask -H 'Content-Type: text/xml' -H 'SOAPAction: "urn:orders#GetOrder"' -d "$(envelope GetOrder)" "$base/soap"
ask -H 'Content-Type: application/soap+xml' -d "$(envelope CancelOrder)" "$base/soap"
ask -H 'Content-Type: text/xml' -d '<?xml version="1.0"?><methodCall><methodName>orders.list</methodName></methodCall>' "$base/RPC2"
json '/v1.0/$batch' '{"requests":[{"id":"1","method":"GET","url":"/me/messages"},{"id":"2","method":"POST","url":"/orders"}]}'
json /shop.v1.Orders/Get '{}' -H 'Connect-Protocol-Version: 1'
json /shop.v1.Orders/Fail '{}' -H 'Connect-Protocol-Version: 1'
printf '\0\0\0\0\002hi' | ask -H 'Content-Type: application/grpc-web+proto' --data-binary @- "$base/shop.v1.Orders/List"
ask "$base/events?topic=a"
sleep 1; kill -INT "$listener"; wait "$listener" || true
