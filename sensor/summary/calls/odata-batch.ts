// OData's batch in its older form: requests as parts of a multipart body. OData 4.01 part 1 section 11.7.
//
//   --b CRLF Content-Type: application/http CRLF CRLF GET Orders(1)?$top=1 HTTP/1.1 CRLF ...      and change sets, nested
//
// In:  the body.   Out: "GET Orders" for each part. Lines are read one after the other; a request line counts only as the first one
// behind the head of a part of application/http, so that text inside a body does not.
import { callName } from "./call-name.ts"

const LF = 0x0a
const CR = 0x0d
const LINE_MAX = 2048
const REQUEST = /^(GET|POST|PUT|PATCH|DELETE|MERGE|HEAD) (\S+) HTTP\/1\.[01]$/

/** Name of the entity set, function or property that a relative or absolute address [start, end) begins with. */
export function entityName(bytes: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, LINE_MAX)).latin1Slice()
  // Of an absolute or rooted one: behind the service's root, which ends with its version or its name; where no root is known, the first
  // segment with a key; without one, the last of an absolute address and the first of a rooted one.
  const path = text.replace(/[?#].*$/s, "").replaceAll("\\/", "/")
  const host = /^https?:\/\/[^/]*/i.exec(path)?.[0] ?? ""
  const isAbsolute = host !== "" || path.startsWith("/")
  const segments = path
    .slice(host.length)
    .split("/")
    .filter((one) => one !== "")
  const root = isAbsolute ? segments.findLastIndex((one) => /\.svc$|^v\d+(?:\.\d+)*$|^odata$/i.test(one)) : -1
  const keyed = segments.findIndex((one) => one.includes("("))
  const last = host === "" ? 0 : segments.length - 1
  const at = !isAbsolute || root >= 0 ? root + 1 : keyed < 0 ? last : keyed
  const name = (segments[at] ?? "").replace(/\(.*$/s, "")
  if (/^\$\d+$/.test(name)) return "$ref"
  return name === "" ? "{root}" : callName(name)
}

/** Names of the parts, and how many there are, in a multipart body [start, end). */
export function readMultipartBatch(
  bytes: Uint8Array,
  start: number,
  end: number,
): { names: Set<string>; count: number } {
  const names = new Set<string>()
  let count = 0
  /** Within the head of a part of application/http, then right behind it. */
  let isHttp = false
  let isNext = false
  for (let at = start; at < end; ) {
    let next = at
    while (next < end && bytes[next] !== LF) next++
    const stop = next > at && bytes[next - 1] === CR ? next - 1 : next
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(stop - at, LINE_MAX)).latin1Slice()
    at = next + 1
    if (line.startsWith("--")) isHttp = isNext = false
    else if (isNext && line !== "") {
      isHttp = isNext = false
      const request = next < end ? REQUEST.exec(line) : null
      if (request === null) continue
      count++
      const target = Buffer.from(request[2]!, "latin1")
      names.add(`${request[1]} ${entityName(target, 0, target.length)}`)
    } else if (line === "") isNext = isHttp
    else if (/^content-type:\s*application\/http\b/i.test(line)) isHttp = true
  }
  return { names, count }
}
