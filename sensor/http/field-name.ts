// Field names as bytes -> FieldName, without making a string: a perfect hash over length, first and last letter finds the
// one candidate, a comparison decides. RFC 9110 section 5.1: names are case-insensitive.
import { FieldName } from "./http-head.ts"

const NAMES: readonly (readonly [string, FieldName])[] = [
  ["host", FieldName.host],
  ["content-type", FieldName.contentType],
  ["content-length", FieldName.contentLength],
  ["content-encoding", FieldName.contentEncoding],
  ["transfer-encoding", FieldName.transferEncoding],
  ["connection", FieldName.connection],
  ["upgrade", FieldName.upgrade],
  ["authorization", FieldName.authorization],
  ["cookie", FieldName.cookie],
  ["set-cookie", FieldName.setCookie],
  ["user-agent", FieldName.userAgent],
  ["x-forwarded-for", FieldName.xForwardedFor],
  ["forwarded", FieldName.forwarded],
  ["expect", FieldName.expect],
  ["location", FieldName.location],
  ["accept", FieldName.accept],
  ["accept-encoding", FieldName.acceptEncoding],
  ["x-api-key", FieldName.xApiKey],
  ["api-key", FieldName.apiKey],
  ["apikey", FieldName.apiKey],
  ["x-auth-token", FieldName.xAuthToken],
  ["ocp-apim-subscription-key", FieldName.subscriptionKey],
  ["soapaction", FieldName.soapAction],
  ["proxy-authorization", FieldName.proxyAuthorization],
  ["via", FieldName.via],
  ["origin", FieldName.origin],
  ["referer", FieldName.referer],
  ["content-disposition", FieldName.contentDisposition],
  ["trailer", FieldName.trailer],
  ["www-authenticate", FieldName.wwwAuthenticate],
  ["grpc-status", FieldName.grpcStatus],
  ["deprecation", FieldName.deprecation],
  ["sunset", FieldName.sunset],
  ["allow", FieldName.allow],
  ["x-request-id", FieldName.xRequestId],
]

const SLOTS = 256

interface Table {
  readonly lengthFactor: number
  readonly firstFactor: number
  readonly lastFactor: number
  /** 1 + index into NAMES, 0 = free. */
  readonly slots: Uint8Array
}

/** Tries small odd factors until no two names share a slot. The same every time: the names are constants. */
function buildTable(): Table {
  for (let lengthFactor = 1; lengthFactor < 64; lengthFactor += 2)
    for (let firstFactor = 1; firstFactor < 64; firstFactor += 2)
      for (let lastFactor = 1; lastFactor < 64; lastFactor += 2) {
        const slots = new Uint8Array(SLOTS)
        const clash = NAMES.some(([name], i) => {
          const last = name.charCodeAt(name.length - 1)
          const slot = (name.length * lengthFactor + name.charCodeAt(0) * firstFactor + last * lastFactor) & (SLOTS - 1)
          if (slots[slot] !== 0) return true
          slots[slot] = i + 1
          return false
        })
        if (!clash) return { lengthFactor, firstFactor, lastFactor, slots }
      }
  throw new Error("field names: no perfect hash")
}

const TABLE = buildTable()
const LENGTH_FACTOR = TABLE.lengthFactor
const FIRST_FACTOR = TABLE.firstFactor
const LAST_FACTOR = TABLE.lastFactor
const SLOT = TABLE.slots
const BYTES: readonly Uint8Array[] = NAMES.map(([name]) => new Uint8Array(Buffer.from(name)))
const CODE = Uint8Array.from(NAMES, ([, code]) => code)

/** FieldName of the name in [start, end), FieldName.other when it is none of those asked for. */
export function fieldNameOf(bytes: Uint8Array, start: number, end: number): FieldName {
  const length = end - start
  if (length < 3) return FieldName.other
  const first = bytes[start]! | 32
  const last = bytes[end - 1]! | 32
  const found = SLOT[(length * LENGTH_FACTOR + first * FIRST_FACTOR + last * LAST_FACTOR) & (SLOTS - 1)]!
  if (found === 0) return FieldName.other
  const name = BYTES[found - 1]!
  if (name.length !== length) return FieldName.other
  for (let i = 0; i < length; i++) if ((bytes[start + i]! | 32) !== name[i]) return FieldName.other
  return CODE[found - 1]! as FieldName
}
