// The times of the packets: how long was looked, how much came in its busiest moment, whether the clock can be trusted.
//
// In:  time, interface and length of each packet. Out: counters. Packets of several interfaces come slightly out of order;
// the clock was set back when one comes STEP_BACK_US before the latest.
import { PORTS_MAX } from "../capture/capture-files.ts"

/** Length of the moment whose peak is measured. */
export const MOMENT_US = 10_000

/** A silence worth a count. */
export const SILENCE_US = 1_000_000

/** Earlier than the latest packet by this much: not the order of queues any more, but the clock, or files in the wrong order. */
export const STEP_BACK_US = 1_000_000

export class TimeCounters {
  /** Time looked, µs: from the first packet to the last, steps back and what lies between two files taken out. */
  spanUs = 0
  firstUs = Number.NaN
  lastUs = Number.NaN
  packets = 0
  /** Packets that came after a later one, by less than STEP_BACK_US, and by how much at most, µs. */
  unordered = 0
  unorderedUsMax = 0
  /** Steps back of STEP_BACK_US and more, and the longest, µs. */
  stepsBack = 0
  stepBackUsMax = 0
  /** Silences of SILENCE_US and more, and their sum, µs. */
  silences = 0
  silenceUs = 0
  /** The longest time without a packet, and the second longest, µs. */
  silenceUsMax = 0
  silenceUsSecond = 0
  /** By interface: packets, bytes on the wire, and most bytes in one moment. */
  readonly portPackets: Float64Array = new Float64Array(PORTS_MAX)
  readonly portBytes: Float64Array = new Float64Array(PORTS_MAX)
  readonly portPeakBytes: Float64Array = new Float64Array(PORTS_MAX)
}

export class TimeWatch {
  readonly counters = new TimeCounters()
  /** Latest packet time since the last step back, and where that stretch began, µs. */
  #latestUs = Number.NaN
  #stretchUs = 0
  #doneUs = 0
  /** By interface: the moment that is being summed up, and its bytes so far. */
  readonly #moment = new Float64Array(PORTS_MAX).fill(-1)
  readonly #momentBytes = new Float64Array(PORTS_MAX)

  onPacket(timeUs: number, port: number, wire: number): void {
    const { counters } = this
    counters.packets++
    counters.lastUs = timeUs
    counters.portPackets[port]!++
    counters.portBytes[port]! += wire
    this.#observe(timeUs)
    const moment = Math.floor(timeUs / MOMENT_US)
    if (moment !== this.#moment[port]) {
      this.#moment[port] = moment
      this.#momentBytes[port] = 0
    }
    const bytes = this.#momentBytes[port]! + wire
    this.#momentBytes[port] = bytes
    if (bytes > counters.portPeakBytes[port]!) counters.portPeakBytes[port] = bytes
  }

  #observe(timeUs: number): void {
    const { counters } = this
    if (Number.isNaN(counters.firstUs)) {
      counters.firstUs = timeUs
      this.#latestUs = timeUs
      this.#stretchUs = timeUs
      return
    }
    const stepUs = timeUs - this.#latestUs
    if (stepUs <= -STEP_BACK_US) {
      counters.stepsBack++
      counters.stepBackUsMax = Math.max(counters.stepBackUsMax, -stepUs)
      this.#doneUs += this.#latestUs - this.#stretchUs
      this.#stretchUs = timeUs
      this.#latestUs = timeUs
      return
    }
    if (stepUs < 0) {
      counters.unordered++
      counters.unorderedUsMax = Math.max(counters.unorderedUsMax, -stepUs)
      return
    }
    if (stepUs >= SILENCE_US) {
      counters.silences++
      counters.silenceUs += stepUs
    }
    if (stepUs > counters.silenceUsSecond) this.#countSilence(stepUs)
    this.#latestUs = timeUs
    counters.spanUs = this.#doneUs + timeUs - this.#stretchUs
  }

  #countSilence(stepUs: number): void {
    const { counters } = this
    counters.silenceUsSecond = Math.min(stepUs, counters.silenceUsMax)
    counters.silenceUsMax = Math.max(stepUs, counters.silenceUsMax)
  }
}
