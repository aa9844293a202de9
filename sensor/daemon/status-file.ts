// How a running sensor is, in a file that `sonde-sensor status` and scripts read: no port is opened for it.
//
// In:  counters, asked for every few seconds. Out: one JSON object, replaced whole, so that a reader never sees half of it; removed at the
// end. A file that cannot be written is said once: the sensor's work does not depend on it.
import { renameSync, rmSync, writeFileSync } from "node:fs"
import process from "node:process"
import { VERSION } from "../../shared/config/version.ts"
import { busName, parseBusAddress } from "../../shared/event/event-stream.ts"

/** What `lately` looks back on, ms. */
const LATELY_MS = 60_000
export const STATUS_MS = 5000

export interface StatusIdentity {
  readonly version: string
  readonly sensor: string
  readonly tenant: string
  readonly pid: number
  readonly interfaces: readonly string[]
  /** Where it publishes, without credentials; "" for a measuring run. */
  readonly server: string
}

/** Of one moment. */
export interface StatusFigures {
  readonly packets: number
  /** Null where the kernel does not tell. */
  readonly kernelDrops: number | null
  readonly exchanges: number
  readonly acknowledged: number
  readonly dropped: number
}

export interface SensorStatus extends StatusIdentity {
  /** Wall clock, ISO 8601. */
  readonly started: string
  readonly written: string
  readonly total: StatusFigures
  /** The same over the last `seconds`, at most a minute. */
  readonly lately: StatusFigures & { readonly seconds: number }
  readonly overloadStep: number
  /** The loss ledger by dotted name, without zeros. */
  readonly ledger: Readonly<Record<string, number>>
}

export interface StatusNow {
  readonly figures: StatusFigures
  readonly overloadStep: number
  readonly ledger: Readonly<Record<string, number>>
}

/** What the settings say of a sensor. */
export interface StatusSettings {
  readonly sensor: string
  readonly tenant: string
  readonly interface: readonly string[]
  readonly nats: string
}

export class StatusFile {
  readonly #path: string
  readonly #identity: StatusIdentity
  readonly #startedMs: number
  readonly #say: (sentence: string) => void
  #past: { readonly atMs: number; readonly figures: StatusFigures }[] = []
  #isBroken = false

  constructor(path: string, settings: StatusSettings, startedMs: number, say: (sentence: string) => void) {
    const { sensor, tenant, interface: interfaces, nats } = settings
    const address = parseBusAddress(nats)
    const server = address === null ? "" : busName(address)
    this.#path = path
    this.#identity = { version: VERSION, sensor, tenant, pid: process.pid, interfaces, server }
    this.#startedMs = startedMs
    this.#say = say
  }

  write(now: StatusNow, nowMs: number): void {
    const past = this.#past.filter(({ atMs }) => atMs <= nowMs && nowMs - atMs <= LATELY_MS)
    const since = past[0] ?? { atMs: this.#startedMs, figures: NOTHING }
    this.#past = [...past, { atMs: nowMs, figures: now.figures }]
    const status: SensorStatus = {
      ...this.#identity,
      started: new Date(this.#startedMs).toISOString(),
      written: new Date(nowMs).toISOString(),
      total: now.figures,
      lately: { seconds: Math.max(0, nowMs - since.atMs) / 1000, ...difference(now.figures, since.figures) },
      overloadStep: now.overloadStep,
      ledger: now.ledger,
    }
    try {
      const next = `${this.#path}.next`
      writeFileSync(next, `${JSON.stringify(status)}\n`, { mode: 0o640 })
      renameSync(next, this.#path)
      this.#isBroken = false
    } catch (error) {
      if (!this.#isBroken) this.#say(`The status file ${this.#path} cannot be written: ${(error as Error).message}.`)
      this.#isBroken = true
    }
  }

  close(): void {
    try {
      rmSync(this.#path, { force: true })
    } catch {
      // It was said when it could not be written; a file that stays tells its age.
    }
  }
}

const NOTHING: StatusFigures = { packets: 0, kernelDrops: 0, exchanges: 0, acknowledged: 0, dropped: 0 }

function difference(now: StatusFigures, before: StatusFigures): StatusFigures {
  return {
    packets: now.packets - before.packets,
    kernelDrops: now.kernelDrops === null || before.kernelDrops === null ? null : now.kernelDrops - before.kernelDrops,
    exchanges: now.exchanges - before.exchanges,
    acknowledged: now.acknowledged - before.acknowledged,
    dropped: now.dropped - before.dropped,
  }
}
