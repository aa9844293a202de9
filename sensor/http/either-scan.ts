// The search in a stream of which nothing is known yet: for a message of HTTP/1 or for frames of HTTP/2, whatever comes first.
import { FrameScan } from "./http2/frame-chain.ts"
import type { StartScan } from "./start-scan.ts"

export class EitherScan {
  /** As in StartScan. */
  found = -1
  keep = 0
  resume = 0
  /** What was found are frames. */
  isFrames = false
  readonly #messages: StartScan
  readonly #frames = new FrameScan()

  constructor(messages: StartScan) {
    this.#messages = messages
  }

  run(bytes: Uint8Array, from: number, searched: number, end: number, wantRequest: boolean, wantStatus: boolean): void {
    const messages = this.#messages
    const frames = this.#frames
    messages.run(bytes, from, searched, end, wantRequest, wantStatus)
    frames.run(bytes, searched, messages.found < 0 ? end : messages.found)
    this.isFrames = frames.found >= 0
    this.found = this.isFrames ? frames.found : messages.found
    if (this.found >= 0) return
    this.keep = Math.min(messages.keep, frames.keep)
    this.resume = Math.min(messages.resume, frames.keep)
  }
}
