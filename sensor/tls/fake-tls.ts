// For the tests of this folder: builds records and handshake messages, plays them into the TLS stage, and writes down what comes out.
// Every play adds up the stage's ledger and asserts that nothing is held in the end, whatever the test is about.
import assert from "node:assert/strict"
import { Flow, type Side } from "../flow/flow.ts"
import { type SessionReceiver, type SessionView, StreamEnd } from "../tcp/session-receiver.ts"
import { TlsCounters } from "./counters.ts"
import type { Decryption } from "./decryption.ts"
import { TLS_DEFAULTS, type TlsOptions } from "./options.ts"
import { ContentType } from "./record-header.ts"
import { Tls } from "./tls.ts"
import { TLS_REASON_NAMES } from "./tls-reason.ts"
import { TLS_STATE_NAMES, type TlsAccount } from "./tls-receiver.ts"

export const CLIENT: Side = 0
export const SERVER: Side = 1

export const u8 = (value: number): Buffer => Buffer.from([value])
export const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255])
export const u24 = (value: number): Buffer => Buffer.from([value >> 16, (value >> 8) & 255, value & 255])
const all = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts)
const list8 = (bytes: Uint8Array): Buffer => all(u8(bytes.length), bytes)
export const list16 = (bytes: Uint8Array): Buffer => all(u16(bytes.length), bytes)
export const list24 = (bytes: Uint8Array): Buffer => all(u24(bytes.length), bytes)
const numbers = (values: readonly number[]): Buffer => all(...values.map(u16))

export const record = (type: number, content: Uint8Array, version = 0x0303): Buffer =>
  all(u8(type), u16(version), list16(content))
export const handshake = (...messages: readonly Uint8Array[]): Buffer => record(ContentType.handshake, all(...messages))
export const changeCipher = record(ContentType.changeCipherSpec, u8(1))
export const alert = (level: number, description: number): Buffer =>
  record(ContentType.alert, Buffer.from([level, description]))
/** Bytes that look encrypted, the same in each run. */
export const noise = (length: number, seed = 1): Buffer => {
  const bytes = Buffer.alloc(length)
  let state = seed
  for (let i = 0; i < length; i++) {
    state = Math.imul(state, 1103515245) + 12345
    bytes[i] = state >>> 24
  }
  return bytes
}
export const application = (length: number, seed?: number): Buffer =>
  record(ContentType.applicationData, noise(length, seed))
export const message = (type: number, body: Uint8Array): Buffer => all(u8(type), list24(body))

export const extension = (type: number, body: Uint8Array = Buffer.alloc(0)): Buffer => all(u16(type), list16(body))
export const serverNameExtension = (name: string): Buffer =>
  extension(0, list16(all(u8(0), list16(Buffer.from(name, "latin1")))))
export const alpnExtension = (...names: readonly string[]): Buffer =>
  extension(16, list16(all(...names.map((name) => list8(Buffer.from(name, "latin1"))))))
export const signaturesExtension = (...values: readonly number[]): Buffer => extension(13, list16(numbers(values)))
export const versionsExtension = (...values: readonly number[]): Buffer => extension(43, list8(numbers(values)))

export interface ClientHelloParts {
  readonly version?: number
  readonly random?: Uint8Array
  readonly sessionId?: Uint8Array
  readonly ciphers?: readonly number[]
  /** Null: none at all, as before TLS 1.2. */
  readonly extensions?: readonly Uint8Array[] | null
}

export function clientHello({
  version = 0x0303,
  random = Buffer.alloc(32, 0xc1),
  sessionId = Buffer.alloc(0),
  ciphers = [0x1301, 0xc02f],
  extensions = [serverNameExtension("api.example.com"), alpnExtension("h2", "http/1.1")],
}: ClientHelloParts = {}): Buffer {
  const tail = extensions === null ? [] : [list16(all(...extensions))]
  return message(1, all(u16(version), random, list8(sessionId), list16(numbers(ciphers)), list8(u8(0)), ...tail))
}

export interface ServerHelloParts {
  readonly version?: number
  readonly random?: Uint8Array
  readonly sessionId?: Uint8Array
  readonly cipher?: number
  readonly extensions?: readonly Uint8Array[]
}

export function serverHello({
  version = 0x0303,
  random = Buffer.alloc(32, 0x5e),
  sessionId = Buffer.alloc(0),
  cipher = 0xc02f,
  extensions = [],
}: ServerHelloParts = {}): Buffer {
  return message(2, all(u16(version), random, list8(sessionId), u16(cipher), u8(0), list16(all(...extensions))))
}

/** ServerHello of TLS 1.3. */
export const serverHello13 = (parts: ServerHelloParts = {}): Buffer =>
  serverHello({ cipher: 0x1301, ...parts, extensions: [extension(43, u16(0x0304)), ...(parts.extensions ?? [])] })

export const certificateMessage = (...certificates: readonly Uint8Array[]): Buffer =>
  message(11, list24(all(...certificates.map(list24))))

export type Step =
  | { readonly side: Side; readonly bytes: Buffer; readonly timeUs?: number }
  | { readonly side: Side; readonly gap: number }

export const c = (...bytes: readonly Uint8Array[]): Step => ({ side: CLIENT, bytes: all(...bytes) })
export const s = (...bytes: readonly Uint8Array[]): Step => ({ side: SERVER, bytes: all(...bytes) })
export const gap = (side: Side, length: number): Step => ({ side, gap: length })
export const at = (timeUs: number, step: Step): Step => ({ ...step, timeUs })

export interface PlayOptions {
  readonly midstream?: boolean
  readonly initiator?: number
  readonly options?: Partial<TlsOptions>
  readonly decryption?: Decryption
  /** Length of the next piece of a step's bytes; whole by default. */
  readonly cut?: (left: number) => number
}

/** A TlsAccount, kept. */
export type Kept = ReturnType<typeof kept>

const kept = (account: TlsAccount) => ({
  client: account.client,
  isFirst: account.isFirst,
  startUs: account.startUs,
  totalUs: account.totalUs,
  requestBytes: account.requestBytes,
  responseBytes: account.responseBytes,
  serverName: account.serverName,
  version: account.version,
  alpn: account.alpn,
  ja4: account.ja4,
  cipher: account.cipher,
  names: account.certificate?.names ?? null,
  clientName: account.clientCertificate?.subject ?? null,
  state: TLS_STATE_NAMES[account.state],
  reason: TLS_REASON_NAMES[account.reason],
  isResumed: account.isResumed,
  hasEarlyData: account.hasEarlyData,
})

export class Stage {
  readonly accounts: Kept[] = []
  readonly counters = new TlsCounters()
  readonly tls: Tls
  #fed = 0

  constructor({ options = {}, decryption }: PlayOptions = {}) {
    const receiver = { onTls: (account: TlsAccount) => void this.accounts.push(kept(account)) }
    this.tls = new Tls(receiver, this.counters, { ...TLS_DEFAULTS, ...options }, decryption)
  }

  open({ midstream = false, initiator = midstream ? -1 : CLIENT }: PlayOptions = {}): SessionReceiver {
    const flow = new Flow(4, new Int32Array(8), 40000, 443, 0, 0)
    const session: SessionView = {
      flow,
      midstream,
      initiator,
      secured: null,
      hasSeen: () => true,
      sequenceAt: (_side, offset) => offset,
      startOffset: () => 0,
      takeRetransmitted: () => false,
    }
    return this.tls.open(session, 0)
  }

  feed(session: SessionReceiver, steps: readonly Step[], cut?: (left: number) => number): void {
    for (const step of steps) {
      if ("gap" in step) {
        session.onGap(step.side, step.gap, 1)
        continue
      }
      const { side, bytes, timeUs = 1 } = step
      this.#fed += bytes.length
      for (let pos = 0; pos < bytes.length; ) {
        const length =
          cut === undefined ? bytes.length : Math.max(1, Math.min(bytes.length - pos, cut(bytes.length - pos)))
        // A slab of its own, with strangers on both sides: reading past the end would show.
        const slab = Buffer.concat([Buffer.alloc(8, "#"), bytes.subarray(pos, pos + length), Buffer.alloc(8, "#")])
        session.onData(side, slab, 8, slab.length - 8, timeUs, -1)
        slab.fill("#")
        pos += length
      }
    }
  }

  close(session: SessionReceiver): void {
    session.onEnd(0, StreamEnd.fin, 2)
    session.onEnd(1, StreamEnd.fin, 2)
    session.onClose(StreamEnd.fin, 2)
  }

  /** The equations of counters.ts, when all sessions are closed. */
  check(): void {
    const n = this.counters
    const dark = Object.values(n.darkBytes).reduce((sum, one) => sum + one, 0)
    const bytes = n.framingBytes + n.handshakeBytes + n.readBytes + n.malformedBytes + dark
    assert.equal(bytes, this.#fed, `bytes: ${JSON.stringify(n)}`)
    assert.equal(n.sessions, n.read + n.partly + n.unread)
    assert.equal(this.tls.heldBytes, 0)
  }
}

/** One session from its first step to its end. */
export function play(steps: readonly Step[], options: PlayOptions = {}): { accounts: Kept[]; counters: TlsCounters } {
  const stage = new Stage(options)
  const session = stage.open(options)
  stage.feed(session, steps, options.cut)
  stage.close(session)
  stage.check()
  return { accounts: stage.accounts, counters: stage.counters }
}
