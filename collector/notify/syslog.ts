// Syslog over UDP (RFC 5426), TCP with octet counting (RFC 6587) and TLS (RFC 5425).
//
// Syslog has no answers. Over TCP and TLS a connection is made for each message and closed by us first: a receiver that closes its side
// too has read all of it, and one that is gone or resets is noticed. Incidents are rare, so this costs nothing. Over UDP only a host that
// says "port unreachable" at once is noticed.
import { createSocket } from "node:dgram"
import { isIP, type Socket, connect as tcpConnect } from "node:net"
import { connect as tlsConnect } from "node:tls"
import { cefOf } from "./cef.ts"
import { type Channel, delivered, type Message, type Outcome, refused, unreachable } from "./channel.ts"
import { ecsOf } from "./ecs.ts"
import { reasonOf } from "./failures.ts"
import { severityOf } from "./severity.ts"
import { countOctets, syslogMessage } from "./syslog-message.ts"

export const SYSLOG_TIMEOUT_MS = 10_000
/** A receiver that does not close its side has had its time to complain. */
const GRACE_MS = 500
/** How long an unreachable port has to say so. */
const UDP_GRACE_MS = 30

export type Transport = "udp" | "tcp" | "tls"

export interface SyslogTls {
  /** PEM; null: those of the system. */
  readonly ca: string | null
  /** Our own, for receivers that ask for one. */
  readonly certificate: string | null
  readonly key: string | null
}

export interface SyslogSettings {
  readonly name: string
  readonly lanes: readonly string[]
  readonly host: string
  readonly port: number
  readonly transport: Transport
  readonly format: "cef" | "ecs"
  readonly facility: number
  /** Of a message without its count. */
  readonly bytesMax: number
  readonly tls: SyslogTls
  readonly version: string
  /** HOSTNAME of the messages. */
  readonly from: string
  readonly proc: string
  readonly timeoutMs?: number
}

/** Longest header: everything before MSG, and a byte order mark. */
const HEADER_BYTES_MAX = 400

export class Syslog implements Channel {
  readonly kind = "syslog"
  readonly name: string
  readonly lanes: readonly string[]
  readonly target: string
  readonly #settings: SyslogSettings
  readonly #timeoutMs: number

  constructor(settings: SyslogSettings) {
    const { name, lanes, transport, host, port, format } = settings
    this.name = name
    this.lanes = lanes
    this.target = `${transport} ${host.includes(":") ? `[${host}]` : host}:${port}, ${format}`
    this.#settings = settings
    this.#timeoutMs = settings.timeoutMs ?? SYSLOG_TIMEOUT_MS
  }

  async deliver(message: Message, signal: AbortSignal): Promise<Outcome> {
    const bytes = this.messageOf(message)
    const { bytesMax, transport } = this.#settings
    if (bytes.length > bytesMax) return refused(`The message takes ${bytes.length} bytes, more than ${bytesMax}.`)
    try {
      if (transport === "udp") await this.#sendDatagram(bytes)
      else await this.#sendStream(countOctets(bytes), signal)
      return delivered(transport === "udp" ? "It was sent; UDP does not say more." : "The receiver took it.")
    } catch (error) {
      return unreachable(`${this.target.replace(/,.*/, "")} cannot be told: ${reasonOf(error)}.`)
    }
  }

  async close(): Promise<void> {}

  messageOf({ notice, madeMs }: Message): Buffer {
    const { format, version, facility, bytesMax, from, proc } = this.#settings
    const room = bytesMax - Math.min(HEADER_BYTES_MAX, from.length + proc.length + 120)
    return syslogMessage({
      facility,
      severity: severityOf(notice).syslog,
      atMs: madeMs,
      host: from,
      app: "sonde-collector",
      proc,
      id: `incident.${notice.kind}`,
      text: format === "cef" ? cefOf(notice, version, room) : ecsOf(notice, version, madeMs, room),
    })
  }

  async #sendDatagram(bytes: Buffer): Promise<void> {
    const { host, port } = this.#settings
    const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4")
    try {
      await new Promise<void>((resolve, reject) => {
        socket.on("error", reject)
        socket.connect(port, host, (error?: Error) => {
          if (error !== undefined && error !== null) return reject(error)
          socket.send(bytes, (failure) => {
            if (failure === null) setTimeout(resolve, UDP_GRACE_MS)
            else reject(failure)
          })
        })
      })
    } finally {
      socket.close()
    }
  }

  #sendStream(bytes: Buffer, signal: AbortSignal): Promise<void> {
    const { transport } = this.#settings
    const socket = transport === "tls" ? this.#tls() : tcpConnect(this.#place)
    return new Promise<void>((resolve, reject) => {
      let isSent = false
      const timers = [setTimeout(() => end(new TimeoutError()), this.#timeoutMs)]
      const abort = (): void => end(new TimeoutError())
      const end = (error?: Error): void => {
        for (const timer of timers) clearTimeout(timer)
        signal.removeEventListener("abort", abort)
        socket.destroy()
        if (error === undefined) resolve()
        else reject(error)
      }
      signal.addEventListener("abort", abort)
      socket.once(transport === "tls" ? "secureConnect" : "connect", () => socket.end(bytes))
      socket.once("finish", () => {
        isSent = true
        timers.push(setTimeout(end, GRACE_MS))
      })
      socket.on("error", end)
      socket.once("close", () => end(isSent ? undefined : new Error("the receiver closed the connection")))
      // What it says is not looked at, but has to be read for its end to be seen.
      socket.resume()
    })
  }

  get #place(): { host: string; port: number } {
    return { host: this.#settings.host, port: this.#settings.port }
  }

  #tls(): Socket {
    const { ca, certificate, key } = this.#settings.tls
    return tlsConnect({
      ...this.#place,
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      ...(isIP(this.#settings.host) === 0 && { servername: this.#settings.host }),
      ...(ca !== null && { ca }),
      ...(certificate !== null && { cert: certificate }),
      ...(key !== null && { key }),
    })
  }
}

class TimeoutError extends Error {
  override readonly name = "TimeoutError"
}
