// What the API hands out about sensors, field by field: their state, what they saw and missed, as a whole, by interface,
// worker and zone, and over time.
import { Ledger } from "./models.ts"
import { Count, Counts, NullableNumber, ref, type Static, Time, Type } from "./schema.ts"

const STATES = ["running", "silent", "finished"] as const
const State = Type.Unsafe<(typeof STATES)[number]>({
  type: "string",
  enum: [...STATES],
  description:
    "running: heard, or not yet missed; silent: has not ended, and was not heard for longer than sensor.silence; finished: said that it ended (captures are read to their end).",
})
const Heard = Time("When the latest batch came to the bus, by the wall clock; null when nobody noted it.")
const Drops = NullableNumber(
  "Packets dropped by the kernel; null where some cannot be counted, and none were: unknown is not zero.",
)
const PacketLoss = NullableNumber("Kernel drops / (packets + kernel drops); null when unknown, or without packets.")
const ByteLoss = NullableNumber("Gap bytes / (payload bytes + gap bytes); null without payload.")

const counts = {
  packets: Count("Packets delivered to the decoder."),
  kernelDrops: Drops,
  duplicates: Count("Packets that the mirror showed more than once."),
  payloadBytes: Count("TCP payload captured."),
  gapBytes: Count("TCP payload that never came."),
  exchanges: Count("Exchanges put together."),
  incomplete: Count("Of the exchanges: those not seen whole."),
  resyncs: Count("Boundaries between messages lost."),
  evictions: Count("Sessions pushed out of a full table."),
  packetLoss: PacketLoss,
  byteLoss: ByteLoss,
}

export const SensorPort = Type.Object(
  {
    name: Type.String({ description: "Interface." }),
    packets: Count("Packets delivered."),
    bytes: Count("Captured bytes of those packets."),
    kernelDrops: Drops,
    packetLoss: PacketLoss,
    other: Counts("Its other counters: freezes of the ring, links that went down, and so on."),
  },
  { $id: "SensorPort" },
)

export const SensorZone = Type.Object(
  {
    name: Type.String({ description: "VLAN or tunnel." }),
    packets: Count("TCP packets."),
    payloadBytes: Count("TCP payload captured."),
    gapBytes: Count("TCP payload that never came."),
    gaps: Count("Places where it is missing."),
    byteLoss: ByteLoss,
  },
  { $id: "SensorZone" },
)

export const SensorWorker = Type.Object(
  {
    worker: Type.Integer({ minimum: 0, description: "Number within the run, from 0." }),
    boot: Type.String(),
    restarts: Count("How often it was started again."),
    state: State,
    lastHeard: Heard,
    watermark: Time("Greatest packet time reached."),
    ...counts,
    overloadStep: Count("Step of degradation in force."),
  },
  { $id: "SensorWorker" },
)

export const Sensor = Type.Object(
  {
    id: Type.String(),
    tenant: Type.String(),
    state: State,
    lastHeard: Heard,
    run: Type.String({ description: "The present run; its workers' boots begin with it." }),
    runs: Count("Runs so far."),
    boot: Type.String({ description: "Boot of the latest batch." }),
    sequence: Count("Latest batch of this boot."),
    workers: Count("Workers of the present run."),
    keyEpoch: Type.Integer({ description: "Pseudonym key in force." }),
    watermark: Time("Greatest packet time reached."),
    firstBatch: Time("Packet time of the first batch."),
    exchanges: Count("Events received."),
    copies: Count("Of them: left out on arrival, because another sensor had shown the exchange."),
    batches: Count("Batches received."),
    missingBatches: Count("Batches missing between two that arrived."),
    finished: Type.Boolean({ description: "True when the present run ended by itself." }),
    flags: Counts("Events by quality flag."),
    loss: Type.Object({
      ...counts,
      unknownInterfaces: Count("Interfaces whose loss cannot be counted, in the present run."),
    }),
    overload: Type.Object({
      step: Count("Step of degradation in force: 0 is none."),
      stepMax: Count("The highest there ever was."),
      raised: Count("Steps taken."),
      lowered: Count("Steps taken back."),
      shedBytes: Count("TCP payload of flows that were kept out."),
    }),
    perWorker: Type.Array(ref(SensorWorker), { description: "Workers of the present run, since their last start." }),
    perPort: Type.Array(ref(SensorPort), { description: "Interfaces, over all runs." }),
    perZone: Type.Array(ref(SensorZone), { description: "VLANs and tunnels, over all runs." }),
    ledger: ref(Ledger),
  },
  { $id: "Sensor" },
)

export const STEPS = ["minute", "hour", "day"] as const
export const SensorPoint = Type.Object(
  {
    at: Time("Start of the minute, hour or day of packet time."),
    ...counts,
    unknownInterfaces: Count("Interfaces whose loss could not be counted."),
    overloadStep: Count("Highest step of degradation."),
  },
  { $id: "SensorPoint" },
)

export const SensorHistory = Type.Object(
  {
    step: Type.Unsafe<(typeof STEPS)[number]>({ type: "string", enum: [...STEPS] }),
    items: Type.Array(ref(SensorPoint)),
    next: Type.Unsafe<null>({ type: "null" }),
    total: Count("Points."),
  },
  { $id: "SensorHistory" },
)

export const SENSOR_SHARED = [SensorPort, SensorZone, SensorWorker, Sensor, SensorPoint, SensorHistory]

export type Sensor = Static<typeof Sensor>
export type SensorWorker = Static<typeof SensorWorker>
export type SensorPort = Static<typeof SensorPort>
export type SensorZone = Static<typeof SensorZone>
export type SensorPoint = Static<typeof SensorPoint>
export type SensorHistory = Static<typeof SensorHistory>
