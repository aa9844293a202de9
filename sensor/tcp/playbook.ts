// Plays a TCP conversation written as lines of text and tells what the receiver was told, as lines of text. For tests.
//
//   "> 0 S"                    client, sequence number 0 (relative to its initial one), SYN; A is added where an ack is given
//   "< 0 S ack=1"              server
//   "> 1 'abc' ack=1 F"        payload in quotes; flags S F R U; win=0; cut=2: the capture kept 2 bytes of the payload
//   "+250ms", "+3s"            packet time passes (the clock is told)
//
//   "open", "> abc @0"         bytes, and how far their sender had received the other side since that was taken up
//   "> gap 5", "> odd 1", "> end fin", "close fin"
import assert from "node:assert/strict"
import { Packet, TcpFlag, Verdict } from "../decode/packet.ts"
import type { Side } from "../flow/flow.ts"
import { TcpCounters } from "./counters.ts"
import type { GapReceiver } from "./gap-receiver.ts"
import { TCP_DEFAULTS, type TcpOptions } from "./options.ts"
import { type SessionReceiver, type SessionReceiverFactory, type SessionView, StreamEnd } from "./session-receiver.ts"
import { Tcp } from "./tcp.ts"

const REASONS = Object.fromEntries(Object.entries(StreamEnd).map(([name, code]) => [code, name]))
const FLAGS: Readonly<Record<string, number>> = { S: TcpFlag.syn, F: TcpFlag.fin, R: TcpFlag.rst, U: TcpFlag.urg }

/** What a line of segment says. */
export interface SegmentLine {
  readonly fromClient: boolean
  readonly seq: number
  readonly flags: number
  readonly ack: number | undefined
  readonly payload: string
  /** Bytes of the payload that the capture kept. */
  readonly kept: number
  readonly window: number
}

export interface Start {
  /** Initial sequence numbers. */
  readonly client?: number
  readonly server?: number
  /** Port of the client: with 80 for the server, which of them is the lower endpoint of the flow. */
  readonly port?: number
  readonly zone?: number
}

export class Playbook implements SessionReceiverFactory {
  readonly counters = new TcpCounters()
  readonly log: string[] = []
  readonly sessions: SessionView[] = []
  readonly tcp: Tcp
  timeUs = 1_795_428_000_000_000
  readonly #start: Required<Start>
  readonly #packet = new Packet()

  constructor(options: Partial<TcpOptions> = {}, start: Start = {}, gaps?: GapReceiver) {
    this.tcp = new Tcp(this, this.counters, { ...TCP_DEFAULTS, ...options }, gaps)
    this.#start = { client: 1000, server: 5000, port: 40000, zone: 0, ...start }
    this.#packet.verdict = Verdict.tcp
    this.#packet.zone = this.#start.zone
  }

  /** Plays the lines and returns what was told meanwhile. */
  play(...lines: readonly string[]): string[] {
    const from = this.log.length
    for (const line of lines) {
      const pause = /^\+([\d.]+)(ms|s)$/.exec(line)
      if (pause === null) this.send(parseSegment(line))
      else {
        this.timeUs += Number(pause[1]) * (pause[2] === "s" ? 1_000_000 : 1000)
        // Told twice: the clock wants a second witness for a long pause.
        this.tcp.advance(this.timeUs - 1)
        this.tcp.advance(this.timeUs)
      }
      assertLedger(this.counters)
    }
    return this.log.slice(from)
  }

  /** Ends the input and returns what that brought. */
  flush(): string[] {
    const from = this.log.length
    this.tcp.flush(this.timeUs)
    assertLedger(this.counters)
    assert.equal(this.counters.heldBytes, 0)
    assert.equal(this.counters.active, 0)
    return this.log.slice(from)
  }

  send(line: SegmentLine, port = this.#start.port): void {
    const slack = 16
    const packet = this.#packet
    const client = { address: 0x0a000001, port }
    const server = { address: 0x0a000001, port: 80 }
    const [from, to] = line.fromClient ? [client, server] : [server, client]
    packet.src3 = from.address
    packet.srcPort = from.port
    packet.dst3 = to.address
    packet.dstPort = to.port
    packet.seq = (line.seq + (line.fromClient ? this.#start.client : this.#start.server)) | 0
    packet.ack = ((line.ack ?? 0) + (line.fromClient ? this.#start.server : this.#start.client)) | 0
    packet.flags = line.flags | (line.ack === undefined ? 0 : TcpFlag.ack)
    packet.window = line.window
    packet.timeUs = this.timeUs
    const bytes = Buffer.alloc(slack * 2 + line.payload.length, "#")
    bytes.write(line.payload, slack, "latin1")
    packet.payloadStart = slack
    packet.payloadEnd = slack + line.kept
    packet.payloadWire = line.payload.length
    this.tcp.onSegment(packet, bytes)
    // Receivers must not keep views of the batch.
    bytes.fill("?")
  }

  open(session: SessionView): SessionReceiver {
    this.log.push("open")
    this.sessions.push(session)
    const { log } = this
    const arrow = (side: Side) => (session.flow[side === 0 ? "port0" : "port1"] === 80 ? "<" : ">")
    return {
      onData(side, bytes, start, end, _timeUs, ackOffset) {
        const text = Buffer.from(bytes.subarray(start, end)).toString("latin1")
        const acknowledged = ackOffset - session.startOffset(side === 0 ? 1 : 0)
        log.push(`${arrow(side)} ${text}${ackOffset === -1 ? "" : ` @${acknowledged}`}`)
      },
      onGap: (side, length) => log.push(`${arrow(side)} gap ${length}`),
      onAnomaly: (side, code) => log.push(`${arrow(side)} odd ${code}`),
      onEnd: (side, reason) => log.push(`${arrow(side)} end ${REASONS[reason]}`),
      onClose: (reason) => log.push(`close ${REASONS[reason]}`),
    }
  }
}

export function parseSegment(line: string): SegmentLine {
  const match = /^([<>]) (-?\d+)(.*)$/.exec(line)
  if (match === null) throw new Error(`Not a segment: ${line}`)
  const rest = match[3]!
  const payload = /'([^']*)'/.exec(rest)?.[1] ?? ""
  const words = rest.replace(/'[^']*'/, "").split(" ")
  const number = (name: string) => {
    const word = words.find((each) => each.startsWith(`${name}=`))
    return word === undefined ? undefined : Number(word.slice(name.length + 1))
  }
  return {
    fromClient: match[1] === ">",
    seq: Number(match[2]),
    flags: words.flatMap((word) => (/^[SFRU]+$/.test(word) ? [...word] : [])).reduce((bits, f) => bits | FLAGS[f]!, 0),
    ack: number("ack"),
    payload,
    kept: number("cut") ?? payload.length,
    window: number("win") ?? 1000,
  }
}

/** Every captured byte is in one place. */
export function assertLedger(c: TcpCounters): void {
  const accounted =
    c.deliveredBytes +
    c.retransmittedBytes +
    c.lateBytes +
    c.keepAliveBytes +
    c.outOfWindowBytes +
    c.afterCloseBytes +
    c.strayBytes +
    c.shedBytes +
    c.heldBytes
  assert.equal(c.payloadBytes, accounted, "payload bytes that are in no counter")
  const closed = Object.values(c.closed).reduce((sum, each) => sum + each, 0)
  assert.equal(c.sessions, c.active + closed, "sessions that are in no counter")
}
