// What a TCP session turns into where HTTP/1 ends: TLS or HTTP/2 from its first bytes on, WebSocket or h2c after a 101. Each is a
// SessionReceiver of its own that is fed from the handover on; where there is none, the bytes are counted as dark.
import type { Side } from "../flow/flow.ts"
import type { Secured } from "../flow/secured.ts"
import type { SessionReceiver, SessionView } from "../tcp/session-receiver.ts"
import type { HttpCounters } from "./counters.ts"
import type { HttpHead } from "./http-head.ts"
import type { Message } from "./message.ts"
import { Opaque } from "./stream-state.ts"

/** Answers the request that the session was upgraded with. */
export interface UpgradedReceiver<Q> extends SessionReceiver {
  /** That request, where it was seen and is certain: its exchange is the receiver's to tell. */
  adopt(request: Message<Q>): void
}

export interface Successors<Q> {
  /** A 101 to h2c was sent (RFC 7540 section 3.2): HTTP/2 from here on. */
  openH2c(session: HandedSession, client: Side, timeUs: number): UpgradedReceiver<Q> | null
  /** The first bytes of `session` are TLS records. */
  openTls(session: SessionView, timeUs: number): SessionReceiver | null
  /** The first bytes are HTTP/2. `client`: side that sent the preface, -1 when it is not known. */
  openHttp2(session: HandedSession, client: Side | -1, timeUs: number): SessionReceiver | null
  /**
   * A 101 was sent. `response`: its head, valid during the call. `request`: facts of the request, when it was seen; whoever goes
   * on with it asks ExchangeReceiver.onUpgrade for facts of its own. Null: this protocol is not read.
   */
  openUpgraded(
    session: SessionView,
    client: Side,
    response: HttpHead,
    request: Q | null,
    timeUs: number,
  ): SessionReceiver | null
}

export const NO_SUCCESSORS: Successors<never> = {
  openTls: () => null,
  openHttp2: () => null,
  openH2c: () => null,
  openUpgraded: () => null,
}

/** A session from the handover on: its streams begin there, and their offsets go on counting. */
export class HandedSession implements SessionView {
  readonly #session: SessionView
  /** By side: what is handed over begins where the protocol does, not somewhere behind. */
  readonly isAtStart: [boolean, boolean] = [false, false]
  /** Offset of the first byte handed over, by side; -1 before there is one. */
  readonly #from: [number, number] = [-1, -1]

  constructor(session: SessionView) {
    this.#session = session
  }

  get flow() {
    return this.#session.flow
  }
  get midstream(): boolean {
    return this.#session.midstream
  }
  get initiator(): number {
    return this.#session.initiator
  }
  get secured(): Secured | null {
    return this.#session.secured
  }
  hasSeen(side: Side): boolean {
    return this.#session.hasSeen(side)
  }
  sequenceAt(side: Side, offset: number): number {
    return this.#session.sequenceAt(side, offset)
  }
  startOffset(side: Side): number {
    return this.#from[side] < 0 ? this.#session.startOffset(side) : this.#from[side]
  }
  takeRetransmitted(side: Side): boolean {
    return this.#session.takeRetransmitted(side)
  }

  /** The first byte that `side` ever sent has offset 0: the session was not joined. */
  hasStart(side: Side): boolean {
    return this.#session.startOffset(side) === 0
  }

  /** The first byte, or gap, of `side` that is handed over stands at `offset`. */
  begin(side: Side, offset: number): void {
    if (this.#from[side] < 0) this.#from[side] = offset
  }
}

/** `count` bytes of an opaque stream went to a successor (`isHanded`), or to nobody. */
export function countOpaque(counters: HttpCounters, kind: Opaque, count: number, isHanded: boolean): void {
  const { handedBytes, notHttpBytes } = counters
  if (kind === Opaque.afterUpgrade) {
    if (isHanded) handedBytes.upgraded += count
    else counters.afterUpgradeBytes += count
  } else if (kind === Opaque.h2c) handedBytes.h2c += count
  else if (kind === Opaque.tls) (isHanded ? handedBytes : notHttpBytes).tls += count
  else if (kind === Opaque.http2) (isHanded ? handedBytes : notHttpBytes).http2 += count
  else notHttpBytes.other += count
}
