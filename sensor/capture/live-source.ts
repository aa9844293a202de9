// Packets of one or several live interfaces, as the pipeline pulls them.
//
// In:  ports (live-port.ts). Out: batches in order of time; a batch without a packet now and then while the wire is
// silent, so that timers run. Waiting looks again after some ms instead of blocking a thread: the ring holds what comes
// in between. While nobody asks, nothing is looked at: the kernel drops what does not fit its ring, and counts it.
import { type LiveClock, SYSTEM_CLOCK } from "./live-clock.ts"
import { LiveMerge } from "./live-merge.ts"
import type { LiveFilter, LivePort } from "./live-port.ts"
import type { PacketBatch } from "./packet-batch.ts"
import type { CaptureCounters, CaptureProblem, PacketSource } from "./packet-source.ts"

/** How long `next` waits before it looks again, ms: short after traffic, longer on a silent wire. */
export const POLL_MS_MIN = 2
export const POLL_MS_MAX = 10
/** How long `next` waits for a packet before it tells the time without one, ms. */
export const SILENCE_MS_MAX = 100
/** How often links and statistics are looked at, ms. */
export const CHECK_MS = 250
/** How long `stop` waits for what the kernel holds, ms; what did not come then is counted as dropped. */
export const STOP_MS_MAX = 3000

interface Waiting {
  readonly batch: PacketBatch
  readonly sinceMs: number
  readonly resolve: (isThere: boolean) => void
  readonly reject: (error: unknown) => void
  cancel: () => void
}

/** Packets that the kernel has counted by now; undefined where one interface's are not known. */
function offeredBy(ports: readonly LivePort[]): number | undefined {
  let offered = 0
  for (const port of ports) {
    port.count()
    if (port.counters.offered === null) return undefined
    offered += port.counters.offered
  }
  return offered
}

export class LiveSource implements PacketSource {
  readonly isLive = true
  readonly counters: CaptureCounters
  readonly problems: readonly CaptureProblem[] = []
  readonly #ports: readonly LivePort[]
  readonly #merge: LiveMerge
  readonly #clock: LiveClock
  readonly #log: (sentence: string) => void
  #pollMs = POLL_MS_MIN
  #checkedMs = Number.NEGATIVE_INFINITY
  #stoppedMs: number | null = null
  #waiting: Waiting | null = null
  #isClosed = false

  /** `names` and `keys` go with the ports: what `counters.interfaces` lists, and the keys of `counters.ports`. */
  constructor(
    ports: readonly LivePort[],
    names: readonly string[],
    keys: readonly string[],
    blockBytes: number,
    log: (sentence: string) => void,
    clock: LiveClock = SYSTEM_CLOCK,
  ) {
    this.counters = {
      packets: 0,
      bytes: 0,
      kernelDrops: 0,
      snapped: 0,
      problems: 0,
      interfaces: [...names],
      get offered(): number | undefined {
        return offeredBy(ports)
      },
      ports: Object.fromEntries(ports.map((port, i) => [keys[i]!, port.counters])),
    }
    this.#ports = ports
    this.#merge = new LiveMerge(ports, blockBytes, this.counters)
    this.#clock = clock
    this.#log = log
    this.#sumDrops()
  }

  get progress(): { readonly consumed: number; readonly total: null } {
    return { consumed: this.counters.bytes, total: null }
  }

  next(batch: PacketBatch): boolean | Promise<boolean> {
    if (this.#waiting !== null) throw new Error("next was called while the one before still waits")
    batch.count = 0
    if (this.#look(batch)) return true
    if (this.#isClosed) return false
    return new Promise<boolean>((resolve, reject) => {
      this.#waiting = { batch, resolve, reject, sinceMs: this.#clock.elapsedMs(), cancel: () => {} }
      this.#schedule()
    })
  }

  /** Replaces the filter on every interface. Throws LiveCaptureError; interfaces before the one at fault then have the new one. */
  refilter(filter: LiveFilter): void {
    for (const port of this.#ports) port.refilter(filter)
  }

  stop(): void {
    if (this.#stoppedMs !== null || this.#isClosed) return
    this.#stoppedMs = this.#clock.elapsedMs()
    for (const port of this.#ports) port.stop()
    if (this.#waiting !== null) {
      this.#pollMs = POLL_MS_MIN
      this.#waiting.cancel()
      this.#schedule()
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#ports.forEach((port, i) => {
      port.close()
      if (port.counters.kernelDrops !== null) port.counters.kernelDrops += this.#merge.left(i)
    })
    this.#sumDrops()
    this.#answer(false)
  }

  /** True when the batch has packets. Closes the source when it was stopped and nothing more comes. */
  #look(batch: PacketBatch): boolean {
    if (this.#isClosed) return false
    const nowMs = this.#clock.elapsedMs()
    if (nowMs - this.#checkedMs >= CHECK_MS) {
      this.#checkedMs = nowMs
      for (const port of this.#ports) port.check()
      this.#sumDrops()
    }
    this.#merge.fill(batch)
    if (batch.count > 0) {
      this.#pollMs = POLL_MS_MIN
      return true
    }
    if (this.#stoppedMs === null) return false
    const isLate = nowMs - this.#stoppedMs >= STOP_MS_MAX
    if (isLate)
      this.#log(`capture: not all packets came within ${STOP_MS_MAX / 1000} s of the stop; they count as dropped`)
    if (isLate || this.#ports.every((port) => port.isDone)) this.close()
    return false
  }

  #schedule(): void {
    const waiting = this.#waiting!
    waiting.cancel = this.#clock.after(this.#pollMs, () => this.#wake(waiting))
    if (this.#stoppedMs === null) this.#pollMs = Math.min(POLL_MS_MAX, this.#pollMs * 2)
  }

  #wake(waiting: Waiting): void {
    try {
      const hasPackets = this.#look(waiting.batch)
      if (this.#isClosed) return
      const isLong = this.#clock.elapsedMs() - waiting.sinceMs >= SILENCE_MS_MAX
      if (hasPackets || isLong) this.#answer(true)
      else this.#schedule()
    } catch (error) {
      this.#waiting = null
      waiting.reject(error)
    }
  }

  #answer(isThere: boolean): void {
    const waiting = this.#waiting
    if (waiting === null) return
    this.#waiting = null
    waiting.cancel()
    if (!isThere) waiting.batch.count = 0
    waiting.resolve(isThere)
  }

  #sumDrops(): void {
    let drops: number | null = 0
    for (const { counters } of this.#ports) {
      if (counters.kernelDrops === null || drops === null) drops = null
      else drops += counters.kernelDrops
    }
    this.counters.kernelDrops = drops
  }
}
