// What both head parsers do with the fields once they know where names and values lie: trim, look up, count.
import { Anomaly } from "../../shared/event/anomalies.ts"
import { fieldNameOf } from "./field-name.ts"
import { FieldName, type HttpHead } from "./http-head.ts"

/** Fills `name` and `known` from the spans; tells of repeated Host fields. Values are trimmed here (RFC 9112 section 5.1). */
export function indexFields(head: HttpHead, anomalies: number[]): void {
  const { bytes, nameStart, nameEnd, valueStart, valueEnd, name, known, fields } = head
  known.fill(-1)
  for (let i = 0; i < fields; i++) {
    let start = valueStart[i]!
    let end = valueEnd[i]!
    while (end > start && isSpace(bytes[end - 1]!)) end--
    while (start < end && isSpace(bytes[start]!)) start++
    valueStart[i] = start
    valueEnd[i] = end
    const code = fieldNameOf(bytes, nameStart[i]!, nameEnd[i]!)
    name[i] = code
    if (code === FieldName.other) continue
    if (known[code] === -1) known[code] = i
    else if (code === FieldName.host) anomalies.push(Anomaly.duplicateHost)
  }
  if (head.fieldsDropped > 0) anomalies.push(Anomaly.manyFields)
  if (head.isRequest && head.version === 11 && known[FieldName.host] === -1) anomalies.push(Anomaly.missingHost)
}

function isSpace(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 13 || byte === 10
}
