// Keys that others push: a unix socket that takes lines of key logs.
//
// In:  a path; up to CONNECTIONS_MAX writers, each with lines of its own. Out: whole lines of all of them.
// The socket is made with mode 0600, so that only this user and root can write to it. A socket that a dead sensor left behind is
// replaced, one that somebody listens on is not. Throws WorldError where it cannot be made.
import { chmodSync, lstatSync, unlinkSync } from "node:fs"
import { connect, createServer, type Server, type Socket } from "node:net"
import process from "node:process"
import { WorldError } from "../../shared/config/program.ts"
import { type TakeLines, WholeLines } from "./whole-lines.ts"

/** Writers at once. One more is refused and said. */
export const CONNECTIONS_MAX = 64
const MODE = 0o600

export class KeySocket {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async listen(path: string, take: TakeLines, say: (sentence: string) => void): Promise<KeySocket> {
    const server = createServer()
    const socket = new KeySocket(server)
    server.maxConnections = CONNECTIONS_MAX
    server.on("connection", (connection) => socket.#accept(connection, take))
    let hasRefused = false
    server.on("drop", () => {
      if (!hasRefused) say(`Key socket: more than ${CONNECTIONS_MAX} writers at once; one was refused.`)
      hasRefused = true
    })
    await removeStale(path)
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) => reject(new WorldError(`--keylog-socket: ${path}: ${error.message}.`)))
      // Nobody else may write to it, not even for the moment before its mode is set.
      const umask = process.umask(0o177)
      server.listen(path, resolve)
      process.umask(umask)
    })
    chmodSync(path, MODE)
    server.on("error", (error) => say(`Key socket: ${error.message}.`))
    return socket
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #accept(socket: Socket, take: TakeLines): void {
    const lines = new WholeLines(take)
    this.#sockets.add(socket)
    socket.on("data", (bytes: Buffer) => {
      lines.push(bytes)
      bytes.fill(0)
    })
    socket.on("error", () => undefined)
    socket.on("close", () => {
      lines.end()
      this.#sockets.delete(socket)
    })
  }
}

/** Removes a socket on which nobody listens. */
async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw new WorldError(`--keylog-socket: ${path} is there and is no socket.`)
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy()
      resolve(true)
    })
    probe.on("error", () => resolve(false))
  })
  if (isAlive) throw new WorldError(`--keylog-socket: somebody listens on ${path} already.`)
  unlinkSync(path)
}
