// A receiver that holds TCP to its contract: no empty data, nothing after the end, each side ended once, closed once, bytes and
// gaps counted.
import type { SessionReceiver, SessionReceiverFactory } from "../tcp/session-receiver.ts"
import { hold } from "./failure.ts"

export class StrictReceivers implements SessionReceiverFactory {
  opened = 0
  closed = 0
  dataBytes = 0
  gapBytes = 0

  open(): SessionReceiver {
    this.opened++
    return new StrictReceiver(this)
  }
}

class StrictReceiver implements SessionReceiver {
  readonly #all: StrictReceivers
  readonly #isEnded = [false, false]
  #isClosed = false

  constructor(all: StrictReceivers) {
    this.#all = all
  }

  onData(side: 0 | 1, bytes: Uint8Array, start: number, end: number, timeUs: number): void {
    hold(end > start && start >= 0 && end <= bytes.length, () => `data of bytes ${start} to ${end} of ${bytes.length}`)
    hold(!this.#isEnded[side] && !this.#isClosed, () => "data after the end of their side")
    hold(Number.isFinite(timeUs), () => `data at ${timeUs}`)
    this.#all.dataBytes += end - start
  }

  onGap(side: 0 | 1, length: number): void {
    hold(length > 0 && Number.isInteger(length), () => `a gap of ${length}`)
    hold(!this.#isEnded[side] && !this.#isClosed, () => "a gap after the end of its side")
    this.#all.gapBytes += length
  }

  onAnomaly(): void {
    hold(!this.#isClosed, () => "an anomaly after the close")
  }

  onEnd(side: 0 | 1): void {
    hold(!this.#isEnded[side] && !this.#isClosed, () => "a side ended twice")
    this.#isEnded[side] = true
  }

  onClose(): void {
    hold(!this.#isClosed, () => "a session closed twice")
    hold(this.#isEnded[0]! && this.#isEnded[1]!, () => "a session closed before both its sides ended")
    this.#isClosed = true
    this.#all.closed++
  }
}
