import assert from "node:assert/strict"
import { createServer, type Server } from "node:net"
import { test } from "node:test"
import { findSpeaking } from "./probe.ts"

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(server.address() as { port: number }).port}`))
  })
}

test("the first server that speaks is found; a mute one, a closed port and a stranger are not it", async () => {
  const mute = createServer((socket) => socket.on("error", () => undefined))
  const stranger = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))
  const speaking = createServer((socket) => socket.write("INFO {}\r\n"))
  const [a, b, c] = await Promise.all([listen(mute), listen(stranger), listen(speaking)])
  try {
    assert.equal(await findSpeaking(["127.0.0.1:1", a, b, c], 60), c)
    await assert.rejects(findSpeaking(["127.0.0.1:1"], 60), /ECONNREFUSED/)
    await assert.rejects(findSpeaking([a], 60), /does not answer/)
    await assert.rejects(findSpeaking([b], 60), /does not speak NATS/)
  } finally {
    for (const server of [mute, stranger, speaking]) server.close()
  }
})
