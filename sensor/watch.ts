// A live run as a service: started, watched, told to read its configuration again, stopped.
//
// In:  a live run, what cli.ts hears from signals. Out: what the service manager, Prometheus and the log are told.
import type { Settled } from "../shared/config/options.ts"
import { WorldError } from "../shared/config/program.ts"
import type { RUN_OPTIONS, RunValues } from "./config.ts"
import { parseMetricsAddress } from "./daemon/metrics-address.ts"
import { MetricsServer, sensorMetrics } from "./daemon/metrics-server.ts"
import type { ServiceManager } from "./daemon/service-manager.ts"
import { STATUS_MS, StatusFile, type StatusNow } from "./daemon/status-file.ts"
import { ledgerCounters } from "./ledger.ts"
import type { Live } from "./live-run.ts"

/** Options that a reload takes over; the others need a restart, and the log says so. */
const RELOADED: readonly string[] = ["filter", "config"]

export interface Attendants {
  readonly manager: ServiceManager
  /** Settles the options once more. */
  readonly again: () => Promise<Settled<typeof RUN_OPTIONS>>
  readonly say: (sentence: string) => void
  /** "": none is kept. */
  readonly statusFile: string
}

export class Watch {
  readonly #live: Live
  readonly #attendants: Attendants
  #values: RunValues
  #packets = 0
  #atMs = performance.now()

  constructor(live: Live, values: RunValues, attendants: Attendants) {
    this.#live = live
    this.#values = values
    this.#attendants = attendants
  }

  /** Runs until the end; resolves when everything is acknowledged, rejects with the error of the world that ended it. */
  async run(): Promise<void> {
    const { manager } = this.#attendants
    const metrics = await this.#startMetrics()
    const file = this.#statusFile()
    const tell = (): void => {
      manager.status(this.#status())
      file?.write(this.#now(), Date.now())
    }
    const status = setInterval(tell, STATUS_MS)
    try {
      const ended = this.#live.run()
      manager.ready(this.#status())
      file?.write(this.#now(), Date.now())
      await ended
    } finally {
      clearInterval(status)
      manager.stopping()
      metrics?.close()
      file?.close()
    }
  }

  stop(): void {
    this.#attendants.manager.stopping()
    this.#live.stop()
  }

  /** Reads the configuration again. A mistake in it changes nothing, and is said. */
  async reload(): Promise<void> {
    const { manager, again, say } = this.#attendants
    manager.reloading(performance.now() * 1000)
    const { values, mistakes } = await again()
    for (const mistake of mistakes) say(`Reload refused: ${mistake}`)
    if (mistakes.length === 0) {
      const changed = Object.keys(values).filter((name) => !isSame(name, values, this.#values))
      for (const name of changed.filter((one) => !RELOADED.includes(one)))
        say(`Reload: "${name}" has changed, and takes a restart.`)
      try {
        this.#live.reload(values)
        this.#values = { ...this.#values, filter: values.filter }
        say("Reload: the configuration is in force.")
      } catch (error) {
        say(`Reload refused: ${(error as Error).message}`)
      }
    }
    manager.ready(this.#status())
  }

  async #startMetrics(): Promise<MetricsServer | null> {
    const address = parseMetricsAddress(this.#values.metrics)
    if (address === null) return null
    const labels = { sensor: this.#values.sensor }
    try {
      return await MetricsServer.start(address, () => sensorMetrics(ledgerCounters(this.#live.counters), labels))
    } catch (error) {
      throw new WorldError(`--metrics ${this.#values.metrics} cannot be listened on: ${(error as Error).message}.`)
    }
  }

  #statusFile(): StatusFile | null {
    const { statusFile, say } = this.#attendants
    return statusFile === "" ? null : new StatusFile(statusFile, this.#values, Date.now(), say)
  }

  #now(): StatusNow {
    const { capture, published, overload } = this.#live.counters
    const { exchanges, acknowledged } = published
    const dropped = Object.values(published.dropped).reduce((sum, events) => sum + events, 0)
    return {
      figures: { packets: capture.packets, kernelDrops: capture.kernelDrops, exchanges, acknowledged, dropped },
      overloadStep: overload.step,
      ledger: ledgerCounters(this.#live.counters),
    }
  }

  /** What `systemctl status` shows. */
  #status(): string {
    const { capture, published, overload, died } = this.#live.counters
    const nowMs = performance.now()
    const rate = Math.round(((capture.packets - this.#packets) * 1000) / Math.max(1, nowMs - this.#atMs))
    this.#packets = capture.packets
    this.#atMs = nowMs
    const drops = capture.kernelDrops === null ? "unknown drops" : `${capture.kernelDrops} dropped`
    const parts = [
      `${this.#values.interface.join(", ")}: ${rate} packets/s, ${drops}`,
      `${published.exchanges} exchanges, ${published.acknowledged} acknowledged`,
    ]
    if (overload.step > 0) parts.push(`overload step ${overload.step}`)
    if (died !== undefined && died.restarts > 0) parts.push(`${died.restarts} workers died`)
    return parts.join("; ")
  }
}

function isSame(name: string, a: RunValues, b: RunValues): boolean {
  return JSON.stringify(a[name as keyof RunValues]) === JSON.stringify(b[name as keyof RunValues])
}
