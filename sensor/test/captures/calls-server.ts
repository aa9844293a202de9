// The server of record-calls.sh: answers JSON, an error of Connect, gRPC-Web envelopes, server-sent events, by the path.
//   node calls-server.ts ADDRESS
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { setTimeout as wait } from "node:timers/promises"

const envelope = (flags: number, text: string): Buffer => {
  const prefix = Buffer.alloc(5)
  prefix[0] = flags
  prefix.writeUInt32BE(Buffer.byteLength(text), 1)
  return Buffer.concat([prefix, Buffer.from(text)])
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = "" } = request
  for await (const _ of request);
  if (url.startsWith("/events") || url === "/mcp") {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" })
    for (let i = 1; i <= 3; i++) {
      response.write(`: alive\n\nevent: message\nid: ${i}\ndata: {"n":${i}}\n\n`)
      await wait(50)
    }
    response.end()
  } else if (url.endsWith("/Fail")) {
    response
      .writeHead(404, { "Content-Type": "application/json" })
      .end('{"code":"not_found","message":"no such order"}')
  } else if (request.headers["content-type"]?.startsWith("application/grpc-web")) {
    response.writeHead(200, { "Content-Type": "application/grpc-web+proto" })
    response.end(
      Buffer.concat([envelope(0, "one"), envelope(0, "two"), envelope(0x80, "grpc-status: 7\r\ngrpc-message: no\r\n")]),
    )
  } else response.writeHead(200, { "Content-Type": "application/json" }).end('{"data":{"ok":true}}')
}

createServer((request, response) => void answer(request, response)).listen(80, process.argv[2])
