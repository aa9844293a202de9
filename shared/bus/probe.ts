// Finds a NATS server that speaks, before the client library is let loose on it.
//
// A NATS server sends "INFO ..." as soon as a connection is made. The library leaves its socket open for good when a
// server takes the connection and then says nothing (measured with 3.4: one a try), so a daemon that tries for ever would
// run out of descriptors, and a command could not end.
import { connect } from "node:net"

const GREETING = "INFO "

/** The first of `servers` (host:port) that greets like NATS within `timeoutMs`; rejects with the last one's reason. */
export async function findSpeaking(servers: readonly string[], timeoutMs: number): Promise<string> {
  let reason = new Error("no server is named")
  for (const server of servers) {
    try {
      await probe(server, timeoutMs)
      return server
    } catch (error) {
      reason = error as Error
    }
  }
  throw reason
}

function probe(server: string, timeoutMs: number): Promise<void> {
  const colon = server.lastIndexOf(":")
  const host = server.slice(0, colon).replace(/^\[|\]$/g, "")
  return new Promise((resolve, reject) => {
    const socket = connect(Number(server.slice(colon + 1)), host)
    let greeting = ""
    const timer = setTimeout(() => end(new Error(`${server} does not answer`)), timeoutMs)
    const end = (error?: Error): void => {
      clearTimeout(timer)
      socket.destroy()
      if (error === undefined) resolve()
      else reject(error)
    }
    socket.on("data", (chunk) => {
      greeting += chunk.toString("latin1", 0, GREETING.length)
      if (greeting.length < GREETING.length) return
      end(greeting.startsWith(GREETING) ? undefined : new Error(`${server} does not speak NATS`))
    })
    socket.on("error", end)
    socket.on("close", () => end(new Error(`${server} closed the connection`)))
  })
}
