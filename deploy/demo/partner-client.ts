// What the demo's partners call with: HTTP clients bound to one of the client side's addresses.
//
// In:  a method, a target, fields, a body. Out: the answer, read whole and decoded. Every exchange is a real one by a
// real client: node:http with and without keep-alive, curl and wget as processes, a raw socket that pipelines.

import { spawn } from "node:child_process"
import { Agent, request as httpRequest, type IncomingMessage } from "node:http"
import { connect } from "node:net"
import { brotliDecompressSync, gunzipSync } from "node:zlib"

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is; its length is stated. */
  readonly body?: string
}

export interface ClientOptions {
  readonly edge: string
  readonly port?: number
  readonly host: string
  readonly source: string
  /** Connections kept open and reused; 0: a connection for each request. */
  readonly connections: number
  readonly headers: Readonly<Record<string, string>>
}

export class PartnerClient {
  readonly #options: ClientOptions
  readonly #agent: Agent

  constructor(options: ClientOptions) {
    this.#options = options
    this.#agent = new Agent({ keepAlive: options.connections > 0, maxSockets: Math.max(1, options.connections) })
  }

  get(target: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("GET", target, { headers })
  }

  sendJson(method: string, target: string, value: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const body = JSON.stringify(value)
    return this.send(method, target, { headers: { "content-type": "application/json", ...headers }, body })
  }

  async send(method: string, target: string, ask: Ask = {}): Promise<Answer> {
    try {
      return await this.#once(method, target, ask)
    } catch (error) {
      // nginx may close a kept connection just as it is used again; the server has not answered, so ask once more.
      if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error
      return this.#once(method, target, ask)
    }
  }

  #once(method: string, target: string, ask: Ask): Promise<Answer> {
    const { edge, port = 80, host, source, headers } = this.#options
    const length = ask.body === undefined ? {} : { "content-length": String(Buffer.byteLength(ask.body)) }
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        {
          host: edge,
          port,
          localAddress: source,
          agent: this.#agent,
          method,
          path: target,
          headers: { host, ...headers, ...ask.headers, ...length },
        },
        (response) => {
          const parts: Buffer[] = []
          response.on("data", (part: Buffer) => parts.push(part))
          response.on("end", () => {
            const body = decode(Buffer.concat(parts), response.headers["content-encoding"])
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
          })
          response.on("error", reject)
        },
      )
      sent.on("error", reject)
      sent.end(ask.body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function decode(body: Buffer, coding: string | undefined): string {
  if (body.length === 0 || coding === undefined) return body.toString()
  return (coding === "br" ? brotliDecompressSync(body) : gunzipSync(body)).toString()
}

/** Runs a program to its end and gives what it wrote; a client that fails is a failed recording. */
export function runClient(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] })
    let output = ""
    child.stdout.setEncoding("latin1")
    child.stdout.on("data", (part: string) => {
      output += part
    })
    child.on("error", reject)
    child.on("close", (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${program} ${args.join(" ")} ended with ${code}`))
    })
  })
}

/**
 * Writes all `requests` at once and waits until as many answers have come, several times over one connection
 * (RFC 9112 section 9.3.2). The answers' bodies must not hold "HTTP/1.1 ".
 */
export function pipeline(
  edge: string,
  source: string,
  rounds: readonly (readonly string[])[],
  pauseMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: edge, port: 80, localAddress: source, noDelay: true })
    let round = -1
    let answers = 0
    const next = (): void => {
      round++
      answers = 0
      const requests = rounds[round]
      if (requests === undefined) socket.end()
      else socket.write(requests.join(""))
    }
    socket.setEncoding("latin1")
    socket.on("connect", next)
    socket.on("data", (part: string) => {
      answers += part.split("HTTP/1.1 ").length - 1
      if (answers === rounds[round]?.length) setTimeout(next, pauseMs)
    })
    socket.on("close", () => resolve())
    socket.on("error", reject)
  })
}
