// The four quantities that are measured of exchanges, as sketches in the bytes of the store (quantile-sketch.ts).
//
// They grow by what was put together since (endpoint-hours.ts), never by one exchange: windows of counters would be megabytes, and
// each exchange would touch four of them.
import { mergeSketches } from "../../shared/sketch/sketch-merge.ts"

export interface SketchRecord {
  latencyUs: Uint8Array
  requestBytes: Uint8Array
  responseBytes: Uint8Array
  items: Uint8Array
}

const NONE = new Uint8Array(0)

export function noSketches(): SketchRecord {
  return { latencyUs: NONE, requestBytes: NONE, responseBytes: NONE, items: NONE }
}

/** No bytes are changed: sketches may be shared. */
export function addSketches(into: SketchRecord, other: Readonly<SketchRecord>): void {
  into.latencyUs = mergeSketches(into.latencyUs, other.latencyUs)
  into.requestBytes = mergeSketches(into.requestBytes, other.requestBytes)
  into.responseBytes = mergeSketches(into.responseBytes, other.responseBytes)
  into.items = mergeSketches(into.items, other.items)
}
