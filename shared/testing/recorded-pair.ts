// Two ends of a connection in one process, and what they said to each other in order: real clients and servers (node:tls,
// node:http2) talk over it, and a TcpConversation is made of the record.
import { Duplex } from "node:stream"
import { type ConversationFields, TcpConversation } from "./packet-builder.ts"

interface Said {
  readonly from: "client" | "server"
  readonly bytes: Uint8Array
}

class End extends Duplex {
  /** What this end writes comes out of the other one. */
  other: End | null = null
  readonly #said: Said[]
  readonly #from: Said["from"]

  constructor(said: Said[], from: Said["from"]) {
    super()
    this.#said = said
    this.#from = from
  }

  override _read(): void {
    // What comes is pushed.
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#said.push({ from: this.#from, bytes: Uint8Array.from(chunk) })
    this.other!.push(Buffer.from(chunk))
    // Later, as on a network: an end must not be answered before it has finished speaking.
    setImmediate(done)
  }

  override _final(done: () => void): void {
    this.other!.push(null)
    done()
  }
}

export class RecordedPair {
  readonly client: Duplex
  readonly server: Duplex
  readonly #said: Said[] = []

  constructor() {
    const client = new End(this.#said, "client")
    const server = new End(this.#said, "server")
    client.other = server
    server.other = client
    this.client = client
    this.server = server
  }

  /** The conversation as a TCP session that loses nothing. */
  conversation(fields: ConversationFields = {}): TcpConversation {
    const talk = new TcpConversation(fields).open()
    for (const { from, bytes } of this.#said) {
      if (from === "client") talk.toServer(bytes)
      else talk.toClient(bytes)
    }
    return talk.finish()
  }
}
