// A TCP relay on loopback that a network's faults are played with: cut, refuse, delay.
import { connect, createServer, type Server, type Socket } from "node:net"

export class Relay {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false
  #delayMs = 0

  private constructor(server: Server, port: number) {
    this.#server = server
    this.port = port
  }

  static async to(target: number): Promise<Relay> {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
    const relay = new Relay(server, (server.address() as { port: number }).port)
    server.on("connection", (near) => relay.#join(near, target))
    return relay
  }

  /** Ends all connections, in the middle of whatever they were saying, and takes no more until `heal`. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Each piece of bytes waits for so long, ms. */
  delay(ms: number): void {
    this.#delayMs = ms
  }

  heal(): void {
    this.#isCut = false
    this.#delayMs = 0
  }

  close(): void {
    this.cut()
    this.#server.close()
  }

  #join(near: Socket, target: number): void {
    if (this.#isCut) {
      near.destroy()
      return
    }
    const far = connect(target, "127.0.0.1")
    this.#pipe(near, far)
    this.#pipe(far, near)
  }

  #pipe(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    let last = Promise.resolve()
    from.on("data", (chunk) => {
      // In order: each piece follows the one before it.
      const due = performance.now() + this.#delayMs
      last = last.then(async () => {
        const left = due - performance.now()
        if (left > 0) await new Promise((done) => setTimeout(done, left))
        if (!to.destroyed) to.write(chunk)
      })
    })
    from.on("error", () => undefined)
    from.on("close", () => {
      this.#sockets.delete(from)
      void last.then(() => to.destroy())
    })
  }
}
