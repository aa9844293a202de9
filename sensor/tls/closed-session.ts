// What remains of a session that TCP has forgotten while its records still wait for keys: the facts that its events need.
import { Flow, type Side } from "../flow/flow.ts"
import type { SessionView } from "../tcp/session-receiver.ts"

/** A record of its own for what `flow` stands for now. */
export function copyFlow(flow: Flow): Flow {
  const copy = new Flow(flow.ipVersion, Int32Array.from(flow.address), flow.port0, flow.port1, flow.zone, flow.vlan)
  copy.serial = flow.serial
  copy.proxied = flow.proxied
  return copy
}

export class ClosedSession implements SessionView {
  readonly flow: Flow
  readonly midstream: boolean
  readonly initiator: number
  readonly secured = null
  readonly #hasSeen: readonly [boolean, boolean]
  /** Sequence number of offset 0, by side. */
  readonly #base: readonly [number, number]
  readonly #start: readonly [number, number]
  readonly #isRetransmitted: [boolean, boolean]

  /** `session`: one of TCP, just about to be forgotten. */
  constructor(session: SessionView) {
    this.flow = copyFlow(session.flow)
    this.midstream = session.midstream
    this.initiator = session.initiator
    this.#hasSeen = [session.hasSeen(0), session.hasSeen(1)]
    this.#base = [session.sequenceAt(0, 0), session.sequenceAt(1, 0)]
    this.#start = [session.startOffset(0), session.startOffset(1)]
    this.#isRetransmitted = [session.takeRetransmitted(0), session.takeRetransmitted(1)]
  }

  hasSeen(side: Side): boolean {
    return this.#hasSeen[side]
  }
  sequenceAt(side: Side, offset: number): number {
    return (this.#base[side] + offset) >>> 0
  }
  startOffset(side: Side): number {
    return this.#start[side]
  }
  takeRetransmitted(side: Side): boolean {
    const isRetransmitted = this.#isRetransmitted[side]
    this.#isRetransmitted[side] = false
    return isRetransmitted
  }
}
