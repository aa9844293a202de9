// A world as a sensor's batches: events in memory, with envelopes, watermarks and the notes of shapes.
import { type ApiEvent, EVENT_VERSION, type EventBatch } from "../../shared/event/api-event.ts"
import { EventMaker } from "./events.ts"
import type { Exchange } from "./exchange.ts"
import type { World } from "./world.ts"

export interface LabelledBatch {
  readonly batch: EventBatch
  /** The exchange of each event. */
  readonly exchanges: readonly Exchange[]
}

const BATCH_EVENTS = 1000

export interface BatchFields {
  readonly tenant?: string
  readonly sensor?: string
  readonly eventsPerBatch?: number
}

/** Batches in order of time; the last one says that it is. */
export function* batchesOf(world: World, fields: BatchFields = {}): Generator<LabelledBatch> {
  const maker = new EventMaker(world.api, world.impairment)
  const limit = fields.eventsPerBatch ?? BATCH_EVENTS
  let events: ApiEvent[] = []
  let exchanges: Exchange[] = []
  let [sequence, watermarkUs, lost] = [0, 0, 0]
  const close = (last: boolean): LabelledBatch => {
    const batch = {
      envelope: {
        version: EVENT_VERSION,
        tenant: fields.tenant ?? "default",
        sensor: fields.sensor ?? "simulated",
        boot: `world-${world.options.seed}`,
        sequence: ++sequence,
        keyEpoch: 1,
        watermarkUs,
        last,
        ledger: lost === 0 ? {} : { "tcp.gaps": lost },
      },
      events,
      shapes: maker.notes,
      tls: [],
    }
    const out = { batch, exchanges }
    events = []
    exchanges = []
    maker.notes = []
    return out
  }
  for (const day of world.days())
    for (const exchange of day) {
      const event = maker.of(exchange)
      if (event === null || event.state !== 0) lost++
      if (event === null) continue
      watermarkUs = exchange.timeUs
      events.push(event)
      exchanges.push(exchange)
      if (events.length >= limit) yield close(false)
    }
  yield close(true)
}
