#!/usr/bin/env bash
# Records the captures of HTTP/2 beside it: real clients and servers over the loopback of a network namespace of our own. Each
# capture has the servers' own log beside it: "METHOD target status" a line, counted; of gRPC "/pkg.Service/Method outcome".
#   record-http2.sh        Linux, root; Debian: nghttp2-client nghttp2-server nghttp2-proxy nginx-light curl tcpdump iproute2
#                          nodejs npm (grpc-js is fetched for the recording only) golang golang-google-grpc-dev
set -euo pipefail
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
space=sonde-http2-$$
started=()
clean() {
  for pid in "${started[@]:-}"; do [[ -n $pid ]] && kill "$pid" 2>/dev/null || true; done
  ip netns del "$space" 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT
ip netns add "$space"
ip -n "$space" link set lo up mtu 1500
ip netns exec "$space" ethtool -K lo tso off gso off gro off >/dev/null 2>&1 || true
within() { ip netns exec "$space" "$@"; }
serve() { ip netns exec "$space" "$@" & started+=($!); }
begin() { # NAME
  ip netns exec "$space" tcpdump -Z root -i lo -s 0 -U -w "$here/$1.pcap" tcp 2>/dev/null & listener=$!
  started+=("$listener")
  sleep 2
}
end() { sleep 1; kill -INT "$listener"; wait "$listener" || true; }
counted() { sort | uniq -c | awk '{$1=$1};1'; }

site=$work/site
mkdir -p "$site/v1/orders"
printf '{"rows":[{"id":1,"name":"first"},{"id":2,"name":"second"}],"more":false}' > "$site/rows.json"
awk 'BEGIN { printf "["; for (i = 0; i < 200; i++) printf "%s{\"id\":%d,\"code\":\"P-%05d\"}", (i ? "," : ""), i, i; printf "]" }' > "$site/large.json"
for id in 17 18 19; do printf '{"id":%d,"state":"sent"}' "$id" > "$site/v1/orders/$id"; done
printf '{"total":1}' > "$work/one"
chmod -R a+rX "$work"

nginx_http2() {
  cat > "$work/nginx.conf" <<CONF
user root; worker_processes 1; pid $work/nginx.pid; error_log $work/error.log; daemon off;
events { worker_connections 64; }
http {
  log_format line '\$request_method \$request_uri \$status'; access_log $work/access.log line;
  types { application/json json; } default_type application/json; gzip_types application/json;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  server { listen 127.0.0.1:8080 http2; root $site;
    location /packed/ { gzip on; alias $site/; }
    location = /accept { return 202 '{"state":"accepted"}'; }
    location = /gone { return 410; } location = /failed { return 503; } }
}
CONF
  serve nginx -c "$work/nginx.conf"
  sleep 1
}

curl_asks() {
  local base=http://127.0.0.1:8080
  # This curl cannot use a connection by prior knowledge twice: one URL a call, nghttp and h2load keep theirs.
  ask() { within curl -sS --http2-prior-knowledge --max-time 10 "$@" > /dev/null || true; }
  within nghttp -n "$base/rows.json" "$base/rows.json?page=2&size=10" "$base/large.json" "$base/v1/orders/17" "$base/v1/orders/18"
  ask -I "$base/rows.json"
  ask --compressed "$base/packed/large.json"
  ask -d @"$work/one" -H 'Content-Type: application/json' "$base/accept"
  ask -u partner:not-a-secret "$base/v1/orders/19"
  ask -H 'Authorization: Bearer 0f1e2d3c4b5a69788796a5b4c3d2e1f0' "$base/orders/4711"
  ask -H 'X-Api-Key: key-of-partner-nine-000000' -X DELETE "$base/orders/6f1c2b9e-9f52-4a2b-8a7c-3d1f0f8e2a11"
  ask -b 'a=1; session=0123456789ABCDEF0123456789ABCDEF' "$base/gone"
  ask "$base/failed"
  ask -r 5-20 "$base/rows.json"
  within nghttp -n -H 'Authorization: Bearer 0f1e2d3c4b5a69788796a5b4c3d2e1f0' "$base"/v1/orders/{17,18,19} "$base/rows.json"
  head -c 20000 /dev/zero > "$work/upload"
  ask -T "$work/upload" "$base/accept"
}

begin h2-nginx-curl
nginx_http2
curl_asks
within h2load -n 40 -c 2 -m 5 http://127.0.0.1:8080/v1/orders/17 > /dev/null
end
counted < "$work/access.log" > "$here/h2-nginx-curl.log"

# h2c: curl and nghttp ask a proxy to upgrade; nghttpd behind it pushes, pads and sends trailers.
begin h2-upgrade-push
serve nghttpd --no-tls -a 127.0.0.1 -d "$site" -b 20 -p /rows.json=/large.json --trailer 'x-sum: 7' 8081
serve nghttpx --workers=1 --frontend='127.0.0.1,8082;no-tls' --backend='127.0.0.1,8081;;proto=h2' --no-ocsp --conf=/dev/null \
  --accesslog-file="$work/proxy.log" --accesslog-format='$request $status' --accesslog-write-early --errorlog-file="$work/proxy.err"
sleep 1
within curl -sS --http2 --max-time 10 http://127.0.0.1:8082/v1/orders/18 http://127.0.0.1:8082/v1/orders/19 > /dev/null
within nghttp -u -n http://127.0.0.1:8082/v1/orders/17 http://127.0.0.1:8082/large.json
within nghttp -n -b 50 -a http://127.0.0.1:8081/rows.json
within nghttp -n -d "$work/one" -H 'content-type: application/json' --trailer 'x-client-sum: 1' http://127.0.0.1:8081/v1/orders/17
within nghttp -n -w 8 -c 0 http://127.0.0.1:8081/large.json http://127.0.0.1:8081/nothing
end
awk '{ print $1, $2, $NF }' "$work/proxy.log" | counted > "$here/h2-upgrade-push.log"

cat > "$work/peers.js" <<'JS'
const http2 = require("node:http2")
const log = []
const server = http2.createServer()
server.on("stream", (stream, headers) => {
  const path = headers[":path"]
  const answer = (status, body, more = {}) => {
    log.push(`${headers[":method"]} ${path} ${status}`)
    stream.respond({ ":status": status, "content-type": "application/json", "x-served-by": "node-7", ...more })
    stream.end(body)
  }
  stream.on("error", () => {})
  if (path === "/early") {
    // Answers before the body is there, and asks for no more of it.
    answer(413, '{"error":"too large"}')
    stream.close(0)
  } else if (path === "/hints") {
    stream.additionalHeaders({ ":status": 103, link: "</style.css>; rel=preload" })
    answer(200, "{}")
  } else if (path === "/trailers") {
    log.push(`GET ${path} 200`)
    stream.respond({ ":status": 200, "content-type": "text/plain" }, { waitForTrailers: true })
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "12345" }))
    stream.end("with trailers")
  } else if (path === "/push") {
    stream.pushStream({ ":path": "/pushed/1" }, (_error, pushed) => {
      log.push("GET /pushed/1 200")
      pushed.respond({ ":status": 200, "content-type": "application/json" })
      pushed.end('{"pushed":true}')
    })
    answer(200, '{"page":true}')
  } else if (path === "/abandoned") {
    stream.resume()
  } else {
    let size = 0
    stream.on("data", (chunk) => (size += chunk.length))
    stream.on("end", () => answer(200, JSON.stringify({ path, size })))
  }
})
server.listen(8083, "127.0.0.1", async () => {
  const ask = (session, headers, body, cancel) =>
    new Promise((resolve) => {
      const stream = session.request({ "user-agent": "partner-sdk/3.2 (node)", ...headers }, { endStream: body === undefined })
      stream.on("error", () => {})
      stream.on("close", resolve)
      stream.on("data", () => {})
      if (body !== undefined) stream.end(body)
      if (cancel) setTimeout(() => stream.close(http2.constants.NGHTTP2_CANCEL), 30)
    })
  const session = http2.connect("http://127.0.0.1:8083", { settings: { headerTableSize: 65536 } })
  session.on("stream", (pushed) => pushed.on("data", () => {}))
  for (const path of ["/hints", "/trailers", "/push", "/early"]) await ask(session, { ":path": path, ":method": path === "/early" ? "POST" : "GET" }, path === "/early" ? Buffer.alloc(30000, "e") : undefined)
  await ask(session, { ":path": "/abandoned", ":method": "GET" }, undefined, true)
  const token = "Bearer 0f1e2d3c4b5a69788796a5b4c3d2e1f0"
  await Promise.all([1, 2, 3, 4, 5, 6].map((id) => ask(session, { ":path": `/v1/orders/${id}?expand=items`, authorization: token, "x-request-id": `r-${id}` })))
  await Promise.all([7, 8].map((id) => ask(session, { ":path": `/v1/orders/${id}`, ":method": "PUT", authorization: token, "content-type": "application/json" }, JSON.stringify({ id, note: "n".repeat(500) }))))
  // A head of many large fields: CONTINUATION.
  await ask(session, { ":path": "/large-head", ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`x-large-${i}`, `${i}`.repeat(1500)])) })
  session.close()
  server.close()
  require("node:fs").writeFileSync(process.argv[2], `${log.join("\n")}\n`)
})
JS
begin h2-node
within node "$work/peers.js" "$work/node.log"
end
counted < "$work/node.log" > "$here/h2-node.log"

# gRPC: the same service in two implementations, asked by the client of the other kind of streaming each.
cat > "$work/grpc.js" <<'JS'
const grpc = require("@grpc/grpc-js")
const log = []
const raw = { requestSerialize: (b) => b, requestDeserialize: (b) => b, responseSerialize: (b) => b, responseDeserialize: (b) => b }
const method = (name, requestStream, responseStream) => ({ path: `/shop.v1.Orders/${name}`, requestStream, responseStream, ...raw })
const service = {
  Get: method("Get", false, false), Upload: method("Upload", true, false), List: method("List", false, true), Chat: method("Chat", true, true),
  Fail: method("Fail", false, false), Half: method("Half", false, true),
}
const done = (name, code) => log.push(`/shop.v1.Orders/${name} ${code}`)
const server = new grpc.Server()
server.addService(service, {
  Get: (call, callback) => { done("Get", 0); callback(null, Buffer.concat([Buffer.from("got "), call.request])) },
  Upload: (call, callback) => { let size = 0; call.on("data", (b) => (size += b.length)); call.on("end", () => { done("Upload", 0); callback(null, Buffer.from(`${size}`)) }) },
  List: (call) => { for (let i = 0; i < 5; i++) call.write(Buffer.alloc(200 * i, "r")); done("List", 0); call.end() },
  Chat: (call) => { call.on("data", (b) => call.write(b)); call.on("end", () => { done("Chat", 0); call.end() }) },
  Fail: (_call, callback) => { done("Fail", 5); callback({ code: grpc.status.NOT_FOUND, details: "no such order" }) },
  Half: (call) => { call.write(Buffer.from("one")); done("Half", 13); call.emit("error", { code: grpc.status.INTERNAL, details: "broke" }) },
})
server.bindAsync("127.0.0.1:8084", grpc.ServerCredentials.createInsecure(), async () => {
  const Client = grpc.makeGenericClientConstructor(service, "Orders")
  const client = new Client("127.0.0.1:8084", grpc.credentials.createInsecure())
  const unary = (name, body) => new Promise((resolve) => client[name](body, () => resolve()))
  const drain = (call) => new Promise((resolve) => { call.on("data", () => {}); call.on("error", resolve); call.on("end", resolve) })
  for (let i = 0; i < 4; i++) await unary("Get", Buffer.from(`order ${i}`))
  await unary("Get", Buffer.alloc(30000, "l"))
  await new Promise((resolve) => { const call = client.Upload(() => resolve()); for (let i = 0; i < 6; i++) call.write(Buffer.alloc(100, "u")); call.end() })
  await drain(client.List(Buffer.from("all")))
  const chat = client.Chat()
  for (let i = 0; i < 3; i++) chat.write(Buffer.from(`say ${i}`))
  chat.end()
  await drain(chat)
  await unary("Fail", Buffer.from("x"))
  await drain(client.Half(Buffer.from("x")))
  client.close()
  server.tryShutdown(() => { require("node:fs").writeFileSync(process.argv[2], `${log.join("\n")}\n`) })
})
JS
(cd "$work" && npm init -y > /dev/null && npm install --ignore-scripts --no-audit --no-fund @grpc/grpc-js@1.14.7 > /dev/null)
begin h2-grpc-node
within node "$work/grpc.js" "$work/grpc.log"
end
counted < "$work/grpc.log" > "$here/h2-grpc-node.log"

mkdir "$work/go"
cat > "$work/go/main.go" <<'GO'
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type rawCodec struct{}

func (rawCodec) Marshal(v interface{}) ([]byte, error)      { return *(v.(*[]byte)), nil }
func (rawCodec) Unmarshal(b []byte, v interface{}) error    { *(v.(*[]byte)) = append([]byte(nil), b...); return nil }
func (rawCodec) Name() string                               { return "proto" }
func (rawCodec) String() string                             { return "proto" }

var mutex sync.Mutex
var lines []string

func done(name string, err error) error {
	mutex.Lock()
	lines = append(lines, fmt.Sprintf("%s %d", name, status.Code(err)))
	mutex.Unlock()
	return err
}

func serve(_ interface{}, stream grpc.ServerStream) error {
	name, _ := grpc.MethodFromServerStream(stream)
	var count, size int
	for {
		var message []byte
		if err := stream.RecvMsg(&message); err == io.EOF {
			break
		} else if err != nil {
			return done(name, err)
		}
		count++
		size += len(message)
		if strings.HasSuffix(name, "/Chat") {
			stream.SendMsg(&message)
		}
	}
	if strings.HasSuffix(name, "/Fail") {
		return done(name, status.Error(codes.PermissionDenied, "not yours"))
	}
	answer := []byte(fmt.Sprintf("%d messages, %d bytes", count, size))
	times := 1
	if strings.HasSuffix(name, "/List") {
		times = 7
	} else if strings.HasSuffix(name, "/Chat") {
		times = 0
	}
	for i := 0; i < times; i++ {
		stream.SendMsg(&answer)
	}
	return done(name, nil)
}

func main() {
	listener, _ := net.Listen("tcp", "127.0.0.1:8085")
	server := grpc.NewServer(grpc.CustomCodec(rawCodec{}), grpc.UnknownServiceHandler(serve))
	go server.Serve(listener)
	client, err := grpc.Dial("127.0.0.1:8085", grpc.WithInsecure(),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{})))
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	call := func(name string, messages int, size int) {
		stream, err := client.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, "/stock.v2.Warehouse/"+name)
		if err != nil {
			return
		}
		body := []byte(strings.Repeat("g", size))
		for i := 0; i < messages; i++ {
			stream.SendMsg(&body)
		}
		stream.CloseSend()
		for {
			var answer []byte
			if stream.RecvMsg(&answer) != nil {
				return
			}
		}
	}
	for i := 0; i < 5; i++ {
		call("Get", 1, 20)
	}
	call("Upload", 9, 700)
	call("List", 1, 3)
	call("Chat", 4, 30)
	call("Fail", 1, 5)
	client.Close()
	server.GracefulStop()
	os.WriteFile(os.Args[1], []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}
GO
(cd "$work/go" && GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$work/cache" GOFLAGS=-p=1 go build -o "$work/grpc-go" main.go)
begin h2-grpc-go
within "$work/grpc-go" "$work/grpc-go.log"
end
counted < "$work/grpc-go.log" > "$here/h2-grpc-go.log"
