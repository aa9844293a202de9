// The publishing half of a sensor in a process of its own, made to be killed: real batches, real spool, real link.
//
// In:  settings as JSON in the first argument; "clock N" on stdin shifts packet time by N µs. Out: on the book (a file) a line before a batch is
// handed over and one after, written before anything else happens; so whoever kills this process knows what it had handed over.
//
//   found BOOT SEQUENCE             the last batch of an earlier run that the spool has
//   intent BOOT SEQUENCE EVENTS     about to be handed over
//   done BOOT SEQUENCE DROPPED      handed over; exchanges that this run has dropped so far, inherited ones included
//   held N                          exchanges neither acknowledged nor dropped, five times a second
import { appendFileSync } from "node:fs"
import { Batcher } from "../../../sensor/publish/batcher.ts"
import { JetStreamLink } from "../../../sensor/publish/jetstream.ts"
import { type Link, type Message, PublisherCounters } from "../../../sensor/publish/link.ts"
import { Spool } from "../../../sensor/publish/spool/spool.ts"
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import { parseBusAddress } from "../../../shared/event/event-stream.ts"
import { flattenCounters } from "../../../shared/telemetry/counters.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../../shared/testing/event-traffic.ts"

export interface FaultSensorSettings {
  readonly url: string
  readonly place: string
  readonly book: string
  readonly boot: string
  /** Number of the run: makes keys of exchanges that no other has. */
  readonly run: number
  readonly spoolBytes: number
  readonly startUs: number
}

const TICK_MS = 10
const TELL_MS = 200
const EVENTS_A_TICK = 20
const BATCH_EVENTS = 50

const settings = JSON.parse(process.argv[2]!) as FaultSensorSettings
const note = (line: string): void => appendFileSync(settings.book, `${line}\n`)
const counters = new PublisherCounters()
const names = { tenant: "t", sensor: "edge" }
const spool = new Spool(counters.spool, {
  place: settings.place,
  names,
  bytesMax: settings.spoolBytes,
  say: (sentence) => process.stdout.write(`${sentence}\n`),
})
const last = spool.inherited.at(-1)
if (last !== undefined) note(`found ${last.boot} ${last.sequence}`)
const link = new JetStreamLink(counters, {
  ...{ ...names, address: parseBusAddress(settings.url)!, boot: settings.boot, spool },
  ...{ patienceMs: Number.POSITIVE_INFINITY, closeMs: 2000, ackTimeoutMs: 2000 },
  log: (sentence) => process.stdout.write(`${sentence}\n`),
})
const dropped = (): number =>
  Object.values(counters.dropped).reduce((sum, events) => sum + events, counters.spool.inheritedDropped)

/** Writes the book around each batch. */
const kept: Link = {
  send(message: Message): void {
    note(`intent ${settings.boot} ${message.sequence} ${message.events}`)
    link.send(message)
    note(`done ${settings.boot} ${message.sequence} ${dropped()}`)
  },
  get busy() {
    return link.busy
  },
  close: () => link.close(),
}
const batcher = new Batcher(kept, counters, {
  ...{ ...names, boot: settings.boot, keyEpoch: 1, eventsMax: BATCH_EVENTS, compress: true },
  ledger: () => flattenCounters({ published: counters }),
})
const events = trafficEvents({ ...B2B_TRAFFIC, events: 2000 })
let shiftUs = 0
let count = 0
const startedMs = performance.now()

function tick(): void {
  const nowUs = settings.startUs + shiftUs + Math.round((performance.now() - startedMs) * 1000)
  for (let n = 0; n < EVENTS_A_TICK; n++) {
    const like = events[count % events.length]!
    const event: ApiEvent = { ...like, startUs: nowUs + n, exchangeKey: settings.run * 2 ** 28 + ++count }
    batcher.publish(event)
  }
  batcher.advance(nowUs)
}
const ticker = setInterval(tick, TICK_MS)
const teller = setInterval(() => {
  const { acknowledged, exchanges, spool: disk } = counters
  const held = exchanges - acknowledged + disk.inheritedExchanges - disk.inheritedAcknowledged - dropped()
  note(`held ${held}`)
}, TELL_MS)

process.stdin.on("data", (chunk: Buffer) => {
  for (const line of chunk.toString().split("\n")) {
    if (line.startsWith("clock ")) shiftUs += Number(line.slice(6))
    else if (line === "quiet") {
      clearInterval(ticker)
      batcher.flush()
    }
  }
})
process.on("SIGTERM", () => {
  clearInterval(ticker)
  clearInterval(teller)
  void batcher.close().then(() => process.exit(0))
})
