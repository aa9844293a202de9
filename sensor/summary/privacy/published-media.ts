// Media type and content coding as they may leave: names that somebody registered or made up for an API, and nothing that a
// client can hide in them. RFC 9110 sections 8.3 and 8.4.1, RFC 6838 section 4.2.
import { publishedName } from "./names.ts"

const TOP_LEVEL = new Set("application audio chemical font image message model multipart text video".split(" "))
/** Registered content codings, their old names, and two that gateways send. */
const CODINGS = new Set(
  "gzip x-gzip deflate br zstd compress x-compress identity dcb dcz exi pack200-gzip aes128gcm aws-chunked none".split(
    " ",
  ),
)
const CODINGS_MAX = 8
/** What stands in for anything else. */
const ODD = "{odd}"

/** The type without parameters, lower case, ids in its subtype folded ("application/vnd.{int}+json"); "" when it is no media type. */
export function publishedMediaType(value: string): string {
  const type = value.split(/[;,]/, 1)[0]!.trim().toLowerCase()
  const parts = /^([a-z0-9!#$&^_.+-]{1,64})\/([a-z0-9!#$&^_.+-]{1,96})$/.exec(type)
  if (parts === null) return ""
  const top = TOP_LEVEL.has(parts[1]!) ? parts[1]! : ODD
  const subtype = parts[2]!
    .split("+")
    .map((part) => publishedName(Buffer.from(part, "latin1"), 0, part.length))
    .join("+")
  return `${top}/${subtype}`
}

/** The codings, lower case, in order, with a comma between; "" for none or identity. */
export function publishedCoding(value: string): string {
  const coding = value.replaceAll(/\s/g, "").toLowerCase()
  if (coding === "" || coding === "identity") return ""
  const all = coding.split(",").slice(0, CODINGS_MAX)
  return all.map((one) => (CODINGS.has(one) ? one : ODD)).join(",")
}
