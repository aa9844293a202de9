// Which events are applied, and as what: halves of an exchange that two sensors saw become one, copies count once.
//
// In:  each event with its source and its sensor's time. Out: the events to be applied, each exchange once.
// An event without a key is applied as it is. A half waits until its other half comes, or an event of another sensor that
// has both, or until every running sensor has come `windowUs` further: then it is applied as what it is. The first sight of
// an exchange counts, later ones are copies.
//
//     met before as:      nothing    whole, damaged   request, response   waits, other kind    waits, same kind
//   whole                 apply      copy             copy                apply; half: copy    apply; half: copy
//   request or response   wait       copy             copy; other: apply  join                 copy
//
// A key that comes again from the same worker of the same run, or more than `windowUs` away, is another exchange (port and
// sequence number used again): it takes the place of the old one, which is applied if it still waited.
// Given up: keys beyond `exchangeKeys`, oldest first (a copy that comes later counts twice); halves beyond `waitingHalves`,
// oldest first (applied as halves). A copy that says more than the first sight did (the first had lost bytes, or a half was
// applied already) changes nothing: sketches and windows cannot take an event back. It is counted in `betterCopies`.
import { AMBIGUOUS_FLAG, type ApiEvent, State } from "../../shared/event/api-event.ts"
import type { WaitingRecord, WindowLogRecord } from "../store/records.ts"
import { type Checkpoint, StoreError } from "../store/store.ts"
import { ExchangeWindow, KeyState } from "./exchange-window.ts"
import { joinHalves } from "./join-halves.ts"
import type { Ledger } from "./ledger.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import type { Source } from "./source.ts"
import { type WaitingHalf, WaitingHalves } from "./waiting-halves.ts"

/** Sensors' clocks and mirrors are seconds apart at most; a port and its sequence numbers are not used again within it. */
export const JOIN_WINDOW_US = 60_000_000
/** A response may begin this long after its request, and still be its answer. */
const ANSWER_US_MAX = 3_600_000_000

/** What an event shows of its exchange. */
const Sight = { whole: 0, request: 1, response: 2 } as const
type Sight = (typeof Sight)[keyof typeof Sight]

export interface JoinerState {
  readonly window: readonly WindowLogRecord[]
  readonly waiting: readonly WaitingRecord[]
}

export class Joiner {
  /** The event taken last is applied in the place of a request half that waited: its request had been taken before. */
  isRequestAgain = false
  readonly #window: ExchangeWindow
  readonly #waiting = new WaitingHalves()
  readonly #windowUs: number
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #ledger: Ledger
  readonly #apply: (event: ApiEvent) => void

  constructor(
    state: JoinerState,
    windowUs: number,
    limits: InventoryLimits,
    reached: LimitCounters,
    ledger: Ledger,
    apply: (event: ApiEvent) => void,
  ) {
    this.#windowUs = windowUs
    this.#limits = limits
    this.#reached = reached
    this.#ledger = ledger
    this.#apply = apply
    this.#window = new ExchangeWindow(limits.exchangeKeys)
    this.#restore(state)
  }

  /** Halves that wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Exchange keys remembered. */
  get keys(): number {
    return this.#window.size
  }

  /** `arrivedUs`: how far its sensor had come. True when the event was a copy. */
  take(event: ApiEvent, source: Source, arrivedUs: number): boolean {
    this.isRequestAgain = false
    if (event.exchangeKey === 0) {
      this.#apply(event)
      return false
    }
    const slot = this.#window.find(event.exchangeKey)
    if (slot >= 0) return this.#meet(slot, event, source, arrivedUs)
    this.#begin(event, source, arrivedUs)
    return false
  }

  /** Every running sensor has come to `timeUs`: what waited long enough is applied as what it is. */
  expire(timeUs: number): void {
    if (this.#waiting.size === 0) return
    for (const key of this.#waiting.arrivedBy(timeUs - this.#windowUs)) this.#release(key)
  }

  /** Applies everything that waits: nothing will come that it could be joined with. Returns how many those were. */
  releaseAll(): number {
    const released = this.#waiting.size
    for (let key = this.#waiting.oldestKey; key !== 0; key = this.#waiting.oldestKey) this.#release(key)
    return released
  }

  takeWindowLog(): Checkpoint["window"] {
    const log = this.#window.takeLog()
    // Halves are two changes each; twice that again so that the store never forgets before the window does.
    return log === null ? null : { ...log, keep: this.#window.capacity * 4 }
  }

  takeWaiting(): readonly WaitingRecord[] | null {
    return this.#waiting.record()
  }

  /** A key that is not in the window. */
  #begin(event: ApiEvent, source: Source, arrivedUs: number): void {
    const sight = sightOf(event)
    if (sight === Sight.whole) {
      this.#add(event, source, wholeState(event))
      this.#apply(event)
      return
    }
    // Its key was forgotten while it waited: the limits are smaller than those under which it was stored.
    if (this.#waiting.get(event.exchangeKey) !== undefined) this.#release(event.exchangeKey)
    while (this.#waiting.size >= this.#limits.waitingHalves && this.#waiting.size > 0) {
      this.#reached.waitingHalves++
      this.#release(this.#waiting.oldestKey)
    }
    this.#add(event, source, sight === Sight.request ? KeyState.waitingRequest : KeyState.waitingResponse)
    this.#waiting.add({ event, source, arrivedUs })
  }

  #meet(slot: number, event: ApiEvent, source: Source, arrivedUs: number): boolean {
    const window = this.#window
    const { exchangeKey } = event
    const half = this.#waiting.get(exchangeKey)
    const sight = sightOf(event)
    const isOtherHalf = half !== undefined && sight !== Sight.whole && sight !== sightOf(half.event)
    if (isOtherHalf) {
      const [request, response] = sight === Sight.request ? [event, half.event] : [half.event, event]
      if (this.#isAnswer(request, response)) {
        this.#waiting.take(exchangeKey)
        window.setState(slot, KeyState.whole)
        this.#ledger.joined++
        this.#apply(joinHalves(request, response))
        return false
      }
    }
    const isNear = Math.abs(event.startUs - window.startUs(slot)) <= this.#windowUs
    if (!isNear || !window.isOtherSight(slot, source)) {
      if (half !== undefined) this.#release(exchangeKey)
      window.remove(slot)
      this.#begin(event, source, arrivedUs)
    } else if (half !== undefined && sight === Sight.whole) {
      this.#waiting.take(exchangeKey)
      this.isRequestAgain = sightOf(half.event) === Sight.request
      window.setState(slot, wholeState(event))
      this.#ledger.copies++
      this.#apply(event)
    } else if (isOtherHalf) this.#apply(event)
    else return this.#count(slot, sight, event)
    return false
  }

  /** Another sight of an exchange that was applied, or that waits in the same half. */
  #count(slot: number, sight: Sight, event: ApiEvent): boolean {
    const state = this.#window.state(slot)
    const isOtherHalf =
      (state === KeyState.request && sight === Sight.response) ||
      (state === KeyState.response && sight === Sight.request)
    if (isOtherHalf) {
      this.#window.setState(slot, KeyState.apart)
      this.#apply(event)
      return false
    }
    this.#ledger.copies++
    const isWhole = state === KeyState.whole
    const isBetter = sight === Sight.whole && !isWhole && (state !== KeyState.damaged || event.state === State.complete)
    if (isBetter) this.#ledger.betterCopies++
    return true
  }

  /** The key proves the pair unless a sensor says otherwise; the times are a check on keys that were used again. */
  #isAnswer(request: ApiEvent, response: ApiEvent): boolean {
    if (request.state !== State.requestOnly || response.state !== State.responseOnly) return false
    if ((request.flags & AMBIGUOUS_FLAG) !== 0) return false
    const apartUs = response.startUs - request.startUs
    return apartUs >= -this.#windowUs && apartUs <= ANSWER_US_MAX
  }

  #add(event: ApiEvent, source: Source, state: KeyState): void {
    const window = this.#window
    const oldest = window.oldest
    const old = window.state(oldest)
    if (old !== KeyState.free) {
      if (Math.abs(event.startUs - window.startUs(oldest)) <= this.#windowUs) this.#reached.exchangeKeys++
      if (old === KeyState.waitingRequest || old === KeyState.waitingResponse) this.#release(window.key(oldest))
    }
    window.add(event.exchangeKey, event.startUs, source, state)
  }

  /** Applies a half that waited, as what it is. */
  #release(key: number): void {
    const { event } = this.#waiting.take(key)
    const slot = this.#window.find(key)
    const state = sightOf(event) === Sight.request ? KeyState.request : KeyState.response
    if (slot >= 0) this.#window.setState(slot, state)
    this.#ledger.halvesExpired++
    this.#apply(event)
  }

  #restore({ window, waiting }: JoinerState): void {
    const isWhole = window.every((log) => this.#window.replay(log.bytes)) && this.#waiting.restore(waiting)
    if (!isWhole) throw new StoreError("corrupt", "The store holds exchange keys that cannot be read.")
    for (const half of this.#waiting.halves()) this.#ensure(half)
    this.#window.clearLog()
  }

  /** A half that waits has its key in the window, whatever the limits were when it was stored. */
  #ensure({ event, source }: WaitingHalf): void {
    const state = sightOf(event) === Sight.request ? KeyState.waitingRequest : KeyState.waitingResponse
    const slot = this.#window.find(event.exchangeKey)
    if (slot < 0) this.#window.add(event.exchangeKey, event.startUs, source, state)
  }
}

function sightOf(event: ApiEvent): Sight {
  if (event.state === State.complete || event.state === State.bodyGap) return Sight.whole
  if (event.state === State.requestOnly) return Sight.request
  if (event.state === State.responseOnly) return Sight.response
  return event.operation.method === "" ? Sight.response : Sight.request
}

function wholeState(event: ApiEvent): KeyState {
  return event.state === State.complete ? KeyState.whole : KeyState.damaged
}
