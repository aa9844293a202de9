// Prints ns and bytes an event for encoding and decoding B2B traffic in batches of 1000.
import { B2B_TRAFFIC, trafficEvents } from "../testing/event-traffic.ts"
import { type Envelope, EVENT_VERSION } from "./api-event.ts"
import { BatchEncoder, decodeBatch } from "./event-codec.ts"

const BATCH = 1000
const ROUNDS = 30
const events = trafficEvents(B2B_TRAFFIC)
const ledger = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`stage.some_counter_${i}`, i * 1000]))

function envelope(sequence: number): Envelope {
  return {
    version: EVENT_VERSION,
    tenant: "default",
    sensor: "bench",
    boot: "b",
    sequence,
    keyEpoch: 1,
    watermarkUs: events.at(-1)!.startUs,
    last: false,
    ledger,
  }
}

for (const compress of [false, true]) {
  const encoder = new BatchEncoder({ compress })
  let messages: Uint8Array[] = []
  let encodeNs = 0
  let decodeNs = 0
  for (let round = 0; round < ROUNDS; round++) {
    messages = []
    const t0 = process.hrtime.bigint()
    for (let i = 0; i < events.length; i++) {
      encoder.add(events[i]!)
      if (encoder.events === BATCH) messages.push(encoder.encode(envelope(messages.length + 1)))
    }
    const t1 = process.hrtime.bigint()
    for (const message of messages) if (!decodeBatch(message).ok) throw new Error("a batch does not decode")
    const t2 = process.hrtime.bigint()
    if (round < 5) continue
    encodeNs += Number(t1 - t0)
    decodeNs += Number(t2 - t1)
  }
  const bytes = messages.reduce((sum, message) => sum + message.length, 0)
  const per = (ns: number): string => (ns / (events.length * (ROUNDS - 5))).toFixed(0)
  process.stdout.write(
    `${compress ? "deflate" : "plain  "} encode ${per(encodeNs)} ns, decode ${per(decodeNs)} ns, ${(bytes / events.length).toFixed(1)} bytes an event\n`,
  )
}
