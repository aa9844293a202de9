// What pairing needs of the connection that it belongs to.
import type { ExchangeState } from "./exchange-receiver.ts"
import type { Message } from "./message.ts"

export interface PairingOwner<Q, S> {
  /** How much of the client's stream has been read or declared lost, 0 before all: a head of which bytes are missing has not been. */
  clientOffset(): number
  /** False when, at packet time `timeUs`, nothing of that side was seen although the session is too old to wait for a late mirror port. */
  isClientExpected(timeUs: number): boolean
  isServerExpected(timeUs: number): boolean
  /** A response that nothing had asked for. */
  onUnsolicited(response: Message<S>): void
  emit(request: Message<Q> | null, response: Message<S> | null, state: ExchangeState): void
}

export interface PairingLimits {
  readonly pendingMax: number
  readonly heldMax: number
}
