// Which rule identified how much, by service, and what stayed anonymous: counted from events, so that nothing is shown that
// would not leave.
//
// In:  events.   Out: rows by service, rule, scheme and place; and the names (never values) of fields, cookies and parameters
// that look like credentials in requests that no rule claimed, so that the next rule can be written.
// Bounded: the limits below; what is beyond is counted in the row or service named "(others)".
import { type ApiEvent, State } from "../../shared/event/api-event.ts"

export const SERVICES_MAX = 500
export const ROWS_MAX = 200
export const DISTINCT_MAX = 65_536
export const NAMES_MAX = 5
export const CANDIDATES_MAX = 64

const OTHERS = "(others)"

export interface Row {
  readonly rule: string
  readonly scheme: string
  readonly where: string
  requests: number
  readonly credentials: Set<string>
  readonly principals: Set<string>
  readonly names: Set<string>
}

export interface Candidate {
  /** "header x-partner-id", "cookie token", "query code": as a rule's `from`. */
  readonly from: string
  /** Kind of its values. */
  readonly kind: string
  requests: number
}

export interface Service {
  readonly name: string
  requests: number
  /** Answers whose request was not seen: they say nothing of who asked. */
  unseen: number
  readonly rows: Map<string, Row>
  readonly candidates: Map<string, Candidate>
}

/** Rule of requests that no rule claimed. */
const ANONYMOUS = "client"
/** Kinds that a secret has, and names that speak of one or of somebody. */
const SECRET_KINDS: ReadonlySet<string> = new Set(["hex", "base64", "uuid", "id", "ulid", "jwt"])
const SPEAKING =
  /auth|token|secret|session|sess|sid$|sig(?:nature|$)|cred|jwt|api-?_?key|key$|user|client|tenant|partner|consumer|customer|account|subscriber|caller|principal|cert/i
/** Ids of the one request. */
const OF_REQUEST =
  /(?:request|correlation|trace|span|transaction|idempotency)-?_?(?:id|key)|traceparent|tracestate|^_ga|^_gid|etag|csrf|xsrf/i

/** "x-partner-id:hex" may be a credential. */
function isCandidate(name: string, kind: string): boolean {
  if (OF_REQUEST.test(name) || kind === "empty" || kind === "bool") return false
  return SECRET_KINDS.has(kind) || SPEAKING.test(name)
}

function keep(set: Set<string>, item: string, max: number): void {
  if (item !== "" && set.size < max) set.add(item)
}

export class IdentityCoverage {
  readonly services = new Map<string, Service>()

  add(event: ApiEvent): void {
    const service = this.#service(event)
    if (event.state === State.responseOnly) {
      service.unseen++
      return
    }
    service.requests++
    const { identity } = event
    const row = this.#row(service, identity.rule, identity.scheme, identity.location)
    row.requests++
    keep(row.credentials, identity.credential, DISTINCT_MAX)
    keep(row.principals, identity.principal, DISTINCT_MAX)
    keep(row.names, identity.name, NAMES_MAX)
    if (identity.rule === ANONYMOUS) this.#candidates(service, event)
  }

  #service({ server }: ApiEvent): Service {
    const host = server.authority === "" ? server.address || server.addressClass : server.authority
    const full = /:\d+$/.test(host) ? host : `${host}:${server.port}`
    const name = this.services.has(full) || this.services.size < SERVICES_MAX ? full : OTHERS
    const known = this.services.get(name)
    if (known !== undefined) return known
    const service: Service = { name, requests: 0, unseen: 0, rows: new Map(), candidates: new Map() }
    this.services.set(name, service)
    return service
  }

  #row({ rows }: Service, rule: string, scheme: string, where: string): Row {
    const full = `${rule}\n${scheme}\n${where}`
    const isRoom = rows.has(full) || rows.size < ROWS_MAX
    const key = isRoom ? full : OTHERS
    const known = rows.get(key)
    if (known !== undefined) return known
    const named = isRoom ? { rule, scheme, where } : { rule: OTHERS, scheme: "", where: "" }
    const row: Row = { ...named, requests: 0, credentials: new Set(), principals: new Set(), names: new Set() }
    rows.set(key, row)
    return row
  }

  #candidates({ candidates }: Service, { operation }: ApiEvent): void {
    const places = [
      ["header", operation.headers],
      ["cookie", operation.cookies],
      ["query", operation.query],
    ] as const
    for (const [place, names] of places)
      for (const named of names) {
        const at = named.lastIndexOf(":")
        const name = named.slice(0, at)
        const kind = named.slice(at + 1)
        if (!isCandidate(name, kind)) continue
        const known = candidates.get(`${place} ${named}`)
        if (known !== undefined) known.requests++
        else if (candidates.size < CANDIDATES_MAX)
          candidates.set(`${place} ${named}`, { from: `${place} ${name}`, kind, requests: 1 })
      }
  }
}
