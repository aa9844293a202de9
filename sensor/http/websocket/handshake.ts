// What the two heads of a WebSocket handshake say. RFC 6455 section 4, RFC 7692 section 5.
import { createHash } from "node:crypto"
import { FieldName, type HttpHead } from "../http-head.ts"
import type { Extensions } from "./frame-reader.ts"

/** Appended to the client's key: RFC 6455 section 1.3. */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
const KEY_LENGTH = 24
const VALUE_MAX = 256

/** The first protocol that `head` says the connection is upgraded to, lower case, without its version; "" for none. */
export function upgradeToken(head: HttpHead): string {
  const i = head.known[FieldName.upgrade]!
  if (i < 0 || head.valueEnd[i]! - head.valueStart[i]! > VALUE_MAX) return ""
  return head.value(i).split(/[,/]/, 1)[0]!.trim().toLowerCase()
}

/** The Sec-WebSocket-Accept that answers the request's key; "" when it sends none that could be one. */
export function expectedAccept(request: HttpHead): string {
  const key = fieldValue(request, "sec-websocket-key")
  return key.length === KEY_LENGTH
    ? createHash("sha1")
        .update(key + MAGIC)
        .digest("base64")
    : ""
}

/** Whether the answer proves that its sender read the key. */
export function isAccepted(response: HttpHead, expected: string): boolean {
  return fieldValue(response, "sec-websocket-accept") === expected
}

/** True when the 101 is the answer to a WebSocket handshake. */
export function isWebSocket(response: HttpHead): boolean {
  return upgradeToken(response) === "websocket" || fieldValue(response, "sec-websocket-accept") !== ""
}

/** The subprotocol that the server chose, "" for none. */
export function subprotocol(response: HttpHead): string {
  return fieldValue(response, "sec-websocket-protocol")
}

export function extensions(response: HttpHead): Extensions {
  const names = fieldValue(response, "sec-websocket-extensions")
    .split(",")
    .map((one) => one.split(";", 1)[0]!.trim().toLowerCase())
    .filter((name) => name !== "")
  const isDeflate = (name: string): boolean =>
    /^(?:permessage-deflate|x-webkit-deflate-frame|deflate-frame)$/.test(name)
  return { deflate: names.some(isDeflate), unknown: names.some((name) => !isDeflate(name)) }
}

/** Value of the first field of that name (lower case), as latin1 and cut; "" when absent. */
function fieldValue(head: HttpHead, name: string): string {
  for (let i = 0; i < head.fields; i++) {
    const start = head.nameStart[i]!
    if (head.nameEnd[i]! - start !== name.length) continue
    let at = 0
    while (at < name.length && (head.bytes[start + at]! | 32) === name.charCodeAt(at)) at++
    if (at === name.length)
      return head.buffer.latin1Slice(head.valueStart[i]!, Math.min(head.valueEnd[i]!, head.valueStart[i]! + VALUE_MAX))
  }
  return ""
}
