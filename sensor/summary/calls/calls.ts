// What is asked for inside one URL: GraphQL, JSON-RPC, SOAP and the like name their operation in the body.
import { type Call, EMPTY_CALL } from "../../../shared/event/api-event.ts"
import type { Media } from "../media.ts"

export class Calls {
  /** The call that a decoded request body, or the start of one, names. */
  read(_media: Media, _bytes: Uint8Array, _start: number, _end: number, _whole: boolean): Call {
    return EMPTY_CALL
  }
}
