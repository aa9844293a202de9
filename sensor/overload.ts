// Overload of a live sensor: what is given up, in stated steps, before the kernel gives up packets at random.
//
//   step 0  everything
//   step 1  no body facts: bodies are counted, not looked into
//   step 2  besides, half of the flows are shed whole; step 3 three quarters; step 4 seven eighths
//   beyond  the kernel drops packets; they are counted too
//
// Shedding whole flows keeps the exchanges of the others complete, while random packet loss would break a piece out of nearly
// every exchange. A flow's keyed hash decides, so that nobody outside can choose to be shed, and both directions agree.
//
// In:  packet time, packets the kernel has dropped, how full its rings are. Out: the step in force.
// One step up for a second with pressure, one down after `CALM_US` without. Live only: a replay never degrades.

export const OVERLOAD_STEPS = 4
/** Packet time between two looks, µs. */
const LOOK_US = 1_000_000
/** Rings fuller than this are pressure: what comes in faster than it is read for long will not find room. */
export const FILL_SHARE = 0.5
/** Without pressure for this long, one step is taken back, µs. */
export const CALM_US = 10_000_000

export class OverloadCounters {
  /** Step in force, and the highest there ever was. */
  step = 0
  stepMax = 0
  raised = 0
  lowered = 0
  /** The fullest that the rings were when they were looked at, percent. */
  ringPercentMax = 0
}

export class Overload {
  readonly counters = new OverloadCounters()
  readonly #stepsMax: number
  #lookedUs = 0
  #calmSinceUs = 0
  #drops = 0

  /** `stepsMax`: 0 turns degrading off; the kernel is then the only one to drop. */
  constructor(stepsMax: number = OVERLOAD_STEPS) {
    this.#stepsMax = stepsMax
  }

  /**
   * Called once a batch. `nowUs`: packet time; `drops`: packets the kernel has dropped so far; `fill`: share of the rings
   * that waits to be read, asked for once a second. True when the step has changed.
   */
  observe(nowUs: number, drops: number, fill: () => number): boolean {
    const { counters } = this
    if (this.#lookedUs === 0) {
      this.#lookedUs = nowUs
      this.#calmSinceUs = nowUs
      return false
    }
    if (nowUs - this.#lookedUs < LOOK_US) return false
    this.#lookedUs = nowUs
    const share = fill()
    counters.ringPercentMax = Math.max(counters.ringPercentMax, Math.round(share * 100))
    const isPressed = drops > this.#drops || share > FILL_SHARE
    this.#drops = drops
    if (isPressed) {
      this.#calmSinceUs = nowUs
      if (counters.step >= this.#stepsMax) return false
      counters.step++
      counters.raised++
      if (counters.step > counters.stepMax) counters.stepMax = counters.step
      return true
    }
    if (counters.step === 0 || nowUs - this.#calmSinceUs < CALM_US) return false
    counters.step--
    counters.lowered++
    this.#calmSinceUs = nowUs
    return true
  }

  get isBodyless(): boolean {
    return this.counters.step >= 1
  }

  /** Flows whose keyed hash has any of these bits are shed; 0: none. */
  get shedMask(): number {
    return this.counters.step < 2 ? 0 : (1 << (this.counters.step - 1)) - 1
  }

  /** What the step means, for a log line. */
  get sentence(): string {
    const { step } = this.counters
    if (step === 0) return "Overload is over: everything is read again."
    if (step === 1) return "Overload, step 1: bodies are not looked into."
    return `Overload, step ${step}: bodies are not looked into, and ${100 - 100 / 2 ** (step - 1)} % of the flows are shed.`
  }
}
