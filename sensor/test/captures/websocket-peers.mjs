// @ts-nocheck: ws is there only while recording
// Real WebSocket peers for record-websocket.sh: the library ws as server and client, and the client that Node brings along.
//   node websocket-peers.mjs serve ADDRESS LOG      node websocket-peers.mjs ask ADDRESS
// The server writes a line a conversation when it is over: path, subprotocol, messages and bytes it received and sent, close code.
import { appendFileSync } from "node:fs"
import { createServer } from "node:http"
import { setTimeout as wait } from "node:timers/promises"
import WebSocketClient, { WebSocketServer } from "ws"

const [role, address, log] = process.argv.slice(2)

function serve() {
  const http = createServer((_request, response) => response.end("plain"))
  const choose = (offered) => (offered.has("graphql-transport-ws") ? "graphql-transport-ws" : [...offered][0])
  const shared = { noServer: true, handleProtocols: choose, maxPayload: 100_000 }
  const plain = new WebSocketServer({ ...shared, perMessageDeflate: false })
  const deflating = new WebSocketServer({ ...shared, perMessageDeflate: { threshold: 0 } })
  http.on("upgrade", (request, socket, head) => {
    const path = request.url.split("?")[0]
    if (path === "/refused") return socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
    if (path === "/ignored") return socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain")
    const server = path === "/chat" ? deflating : plain
    server.handleUpgrade(request, socket, head, (peer) => converse(peer, path))
  })
  http.listen(80, address)
}

function converse(peer, path) {
  const got = { messages: 0, bytes: 0 }
  const sent = { messages: 0, bytes: 0 }
  const send = (text, options) => {
    sent.messages++
    sent.bytes += Buffer.byteLength(text)
    peer.send(text, options)
  }
  peer.on("error", () => {})
  peer.on("message", (message) => {
    got.messages++
    got.bytes += message.length
    if (path === "/gone") return peer.terminate()
    if (path === "/feed") peer.ping("are you there")
    send(path === "/feed" ? Buffer.alloc(70_000, "f") : `{"echo":${message.length}}`)
  })
  peer.on("close", (code) => {
    const both = [got, sent].map(({ messages, bytes }) => `${messages}/${bytes}`).join(" ")
    appendFileSync(log, `${path} ${peer.protocol || "-"} ${both} ${code}\n`)
  })
  send("welcome")
}

const opened = (socket) => new Promise((resolve) => socket.addEventListener("open", resolve))
const closed = (socket) => new Promise((resolve) => socket.addEventListener("close", resolve))

async function ask() {
  const url = `ws://${address}`
  const chat = new WebSocket(`${url}/chat?room=7`, ["mqtt", "graphql-transport-ws"])
  await opened(chat)
  for (let i = 0; i < 5; i++) chat.send(JSON.stringify({ secret: "S3cretToken99", text: "the same words again and again".repeat(i) }))
  await wait(300)
  chat.close(1000, "done")
  await closed(chat)

  const packed = new WebSocketClient(`${url}/chat`, { perMessageDeflate: { threshold: 0 } })
  await opened(packed)
  for (let i = 0; i < 3; i++) packed.send("the same words again and again".repeat(20))
  await wait(200)
  packed.close(1001)
  await closed(packed)

  const feed = new WebSocketClient(`${url}/feed`, { perMessageDeflate: false })
  await opened(feed)
  feed.send("one ", { fin: false })
  feed.ping("between the fragments")
  feed.send("message ", { fin: false })
  feed.send("in three frames")
  feed.send(Buffer.alloc(300, "b"))
  await wait(300)
  feed.close(4001, "S3cretToken99")
  await closed(feed)

  const gone = new WebSocketClient(`${url}/gone`, { perMessageDeflate: false })
  gone.on("error", () => {})
  await opened(gone)
  gone.send("bye")
  await closed(gone)

  const large = new WebSocketClient(`${url}/large`, { perMessageDeflate: false })
  large.on("error", () => {})
  await opened(large)
  large.send(Buffer.alloc(120_000, "l"))
  await closed(large)

  const silent = new WebSocket(`${url}/silent`)
  await opened(silent)
  silent.close()
  await closed(silent)

  for (const path of ["/refused", "/ignored"]) {
    const refused = new WebSocketClient(`${url}${path}`)
    refused.on("error", () => {})
    await new Promise((resolve) => refused.on("close", resolve))
  }
}

if (role === "serve") serve()
else await ask()
