// What is asked for inside one URL: GraphQL, JSON-RPC, SOAP and the like name their operation in the body.
import { type Call, EMPTY_CALL } from "../../../shared/event/api-event.ts"
import type { Media } from "../media.ts"
import { callName, ODD_NAME } from "./call-name.ts"
import { CallRecords } from "./call-records.ts"
import type { CallCounters } from "./counters.ts"

export class Calls {
  readonly #records: CallRecords
  readonly #counters: CallCounters

  constructor(counters: CallCounters) {
    this.#records = new CallRecords(counters)
    this.#counters = counters
  }

  /** What follows a WebSocket handshake that agreed on `subprotocol`. */
  webSocket(subprotocol: string): Call {
    return this.#records.of("websocket", "", subprotocol === "" ? [] : [this.#name(subprotocol)])
  }

  /** The call that a decoded request body, or the start of one, names. */
  read(_media: Media, _bytes: Uint8Array, _start: number, _end: number, _whole: boolean): Call {
    return EMPTY_CALL
  }

  #name(name: string): string {
    const shown = callName(name)
    if (shown === ODD_NAME) this.#counters.oddNames++
    return shown
  }
}
