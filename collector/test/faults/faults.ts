// Faults at random moments, and a ledger that must add up afterwards: events in the store = exchanges handed over - drops that are named.
//
// Everything is drawn from a seed; what happens between two faults is up to the machine.
import { setTimeout as pause } from "node:timers/promises"
import { lcg } from "../../../shared/testing/event-traffic.ts"
import { expectedOf, heldOf, Plant, until } from "./plant.ts"

export interface FaultsOptions {
  readonly seed: number
  readonly faults: number
  /** Only faults whose names have this in them; "" for all. */
  readonly only?: string
  readonly say: (line: string) => void
}

export interface FaultsResult {
  readonly counts: Readonly<Record<string, number>>
  /** Handed over by sensors; named as dropped by them; in the store. */
  readonly events: number
  readonly dropped: number
  readonly applied: number
  readonly addsUp: boolean
  /** What the processes said last, when it does not add up. */
  readonly said: string
}

type Fault = (plant: Plant, random: () => number) => Promise<void>

const upTo = (random: () => number, ms: number): Promise<void> => pause(random() * ms)

type Signal = "SIGKILL" | "SIGTERM"

/** Ends the sensor and starts it again within `awayMs`; `meanwhile` is done to what it leaves. */
const sensorEnds =
  (signal: Signal, awayMs: number, meanwhile: (plant: Plant) => void = () => undefined): Fault =>
  async (plant, random) => {
    await plant.endSensor(signal)
    meanwhile(plant)
    await upTo(random, awayMs)
    plant.startSensor()
  }

const collectorEnds =
  (signal: Signal, awayMs: number): Fault =>
  async (plant, random) => {
    await plant.endCollector(signal)
    await upTo(random, awayMs)
    plant.startCollector()
  }

const linkCut =
  (side: "sensorSide" | "collectorSide"): Fault =>
  async (plant, random) => {
    plant[side].cut()
    await upTo(random, 1500)
    plant[side].heal()
  }

const diskFull =
  (owner: "sensor" | "collector"): Fault =>
  async (plant, random) => {
    plant.fillDisk(owner)
    await upTo(random, 1500)
    plant.freeDisk(owner)
  }

const FAULTS: Readonly<Record<string, Fault>> = {
  "sensor killed": sensorEnds("SIGKILL", 400),
  "sensor killed, end of the spool torn": sensorEnds("SIGKILL", 400, (plant) => plant.tearSpool()),
  "sensor stopped": sensorEnds("SIGTERM", 200),
  "collector killed": collectorEnds("SIGKILL", 500),
  "collector stopped": collectorEnds("SIGTERM", 200),
  "nats-server killed": async ({ nats }, random) => {
    await nats.kill()
    await upTo(random, 1000)
    await nats.restart()
  },
  "link of the sensor cut": linkCut("sensorSide"),
  "link of the collector cut": linkCut("collectorSide"),
  "links slow": async ({ sensorSide, collectorSide }, random) => {
    sensorSide.delay(random() * 300)
    collectorSide.delay(random() * 300)
    await upTo(random, 1500)
    sensorSide.heal()
    collectorSide.heal()
  },
  "clock of sensor and collector moved": async (plant, random) => {
    // By minutes, hours or days, either way; it stays there until the next time.
    plant.moveClock((random() < 0.5 ? -1 : 1) * 60 ** (1 + 2.4 * random()))
  },
  "packet time moved": async (plant, random) => {
    plant.tellSensor(`clock ${Math.round((random() - 0.5) * 7200 * 1e6)}`)
  },
  "backup brought back": async (plant, random) => {
    const file = `backup-${Math.floor(random() * 1e9)}`
    if (!plant.backup(file)) return
    await upTo(random, 1000)
    await plant.endCollector(random() < 0.5 ? "SIGKILL" : "SIGTERM")
    plant.restore(file)
    plant.startCollector()
  },
}
const DISK_FAULTS: Readonly<Record<string, Fault>> = {
  "disk of the sensor full": diskFull("sensor"),
  "disk of the collector full": diskFull("collector"),
}

/** For a collector that is far behind after hundreds of faults. */
const DRAIN_MS = 180_000
const SETTLE_MS = 1500

export async function runFaults({ seed, faults, only = "", say }: FaultsOptions): Promise<FaultsResult> {
  const random = lcg(seed)
  const counts: Record<string, number> = {}
  const plant = await Plant.start()
  try {
    const kinds = Object.entries({ ...FAULTS, ...(plant.hasDisks ? DISK_FAULTS : {}) }).filter(([name]) =>
      name.includes(only),
    )
    if (kinds.length === 0) throw new Error(`No fault has "${only}" in its name.`)
    for (let n = 1; n <= faults; n++) {
      await pause(100 + random() * 600)
      const [name, fault] = kinds[Math.floor(random() * kinds.length)]!
      counts[name] = (counts[name] ?? 0) + 1
      say(`${String(n).padStart(4)}  ${name}`)
      await fault(plant, random)
    }
    return { counts, ...(await settle(plant)) }
  } finally {
    await plant.stop()
  }
}

/** No more input; then everything that is held must arrive. */
export async function settle(plant: Plant): Promise<Omit<FaultsResult, "counts">> {
  await pause(1000)
  plant.tellSensor("quiet")
  await until(DRAIN_MS, () => heldOf(plant.book) === 0)
  await plant.endSensor("SIGTERM")
  const { events, dropped } = expectedOf(plant.book)
  await until(DRAIN_MS, async () => ((await plant.applied()) ?? 0) >= events - dropped)
  await pause(SETTLE_MS)
  const applied = (await plant.applied()) ?? -1
  const addsUp = applied === events - dropped
  return { events, dropped, applied, addsUp, said: addsUp ? "" : plant.said }
}
