// Who may do what: the one place where a request is let through or refused.
//
// In:  the route's method and address, what the client shows (Authorization: Bearer, RFC 6750, or the session's cookie). Out: who it is, or
// an ApiProblem: 401 (nobody, or a token that is none), 403 (somebody who may not), 429 (too many wrong tokens).
// A route needs what its method says: reading a viewer, changing an analyst; ADMIN lists what only an admin may. So a route that nobody
// thought of is never open. Where there are no tokens, everybody is let in on loopback, and nobody beyond it.
import { ApiProblem } from "../problem.ts"
import { NO_WITNESS, type Witness } from "./access-log.ts"
import { Refusals } from "./refusals.ts"
import type { Sessions } from "./sessions.ts"
import { hashOf, mayDo, type Principal, type Role, type Tokens } from "./tokens.ts"

const COOKIE = "sonde_session"
/** With TLS: the prefix has browsers take it from this host alone, and over TLS only (RFC 6265bis section 4.1.3). */
export const SECURE_COOKIE = `__Host-${COOKIE}`
/** Open to everybody: probes, and where one signs in. */
const OPEN = new Set([
  "GET /healthz",
  "GET /readyz",
  "POST /api/v1/session",
  "GET /api/v1/session",
  "DELETE /api/v1/session",
])
/** Settings that change what everybody is told. */
const ADMIN: readonly RegExp[] = [
  /^(PUT|PATCH|POST|DELETE) \/api\/v1\/detections\b/,
  /^(PUT|POST|DELETE) \/api\/v1\/notifications\b/,
  /^(PUT|POST|DELETE) \/api\/v1\/labels\b/,
]
/** Wrong tokens of a client address in a minute. */
const WRONG_MAX = 20
const MINUTE_MS = 60_000
const ADDRESSES_MAX = 4096

export interface Shown {
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  /** Client address: for the count of wrong tokens, and the audit log. */
  readonly address: string
}

export interface GateOptions {
  /** Beyond loopback: without a token nobody is let in, also when the last one is revoked. */
  readonly isClosed?: boolean
  /** Browsers reach it over TLS. */
  readonly isSecure?: boolean
  readonly refusals?: Refusals
  readonly witness?: Witness
}

/** Null: open to everybody. `route` as fastify knows it, with names of parameters. */
export function neededRole(method: string, route: string): Role | null {
  const name = `${method === "HEAD" ? "GET" : method} ${route}`
  if (OPEN.has(name)) return null
  if (ADMIN.some((pattern) => pattern.test(name))) return "admin"
  return method === "GET" || method === "HEAD" || method === "OPTIONS" ? "viewer" : "analyst"
}

/** The session's id in a Cookie field, in the cookie of that name; "" where there is none. */
function sessionOf(wanted: string, field: string | undefined): string {
  for (const part of (field ?? "").split(";")) {
    const [name, value = ""] = part.trim().split("=", 2)
    if (name === wanted) return value
  }
  return ""
}

/** What counts as one client: an address, of IPv6 the /64 that one host can choose from. */
export function networkOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address
  const [head = "", tail = ""] = address.split("::", 2)
  const first = head === "" ? [] : head.split(":")
  const zeros = address.includes("::") ? 8 - first.length - (tail === "" ? 0 : tail.split(":").length) : 0
  return [...first, ...Array<string>(Math.max(0, zeros)).fill("0"), ...tail.split(":")].slice(0, 4).join(":")
}

export class Gate {
  readonly #tokens: Tokens
  readonly #sessions: Sessions
  readonly #wrong = new Map<string, { minute: number; times: number }>()
  readonly #isClosed: boolean
  readonly #isSecure: boolean
  readonly #refusals: Refusals
  readonly #witness: Witness

  constructor(tokens: Tokens, sessions: Sessions, options: GateOptions = {}) {
    const { isClosed = false, isSecure = false, refusals = new Refusals(), witness = NO_WITNESS } = options
    this.#tokens = tokens
    this.#sessions = sessions
    this.#isClosed = isClosed
    this.#isSecure = isSecure
    this.#refusals = refusals
    this.#witness = witness
  }

  /** Null: nobody needs to say who it is. Throws ApiProblem. */
  admit(method: string, route: string, shown: Shown, nowMs: number): Principal | null {
    const needed = neededRole(method, route)
    if (needed === null || !this.areTokensNeeded(nowMs)) return null
    const principal = this.principalOf(shown, nowMs)
    if (principal === null) {
      this.#refusals.count("unauthenticated")
      throw new ApiProblem(401, "This needs a token: Authorization: Bearer TOKEN, or sign in.")
    }
    if (!mayDo(principal.role, needed)) {
      this.#refusals.count("role")
      this.#witness.mayNot(principal, needed, `${method} ${route}`, shown.address, nowMs)
      throw new ApiProblem(403, `This needs the role ${needed}; ${principal.name} is ${principal.role}.`)
    }
    return principal
  }

  /** Who shows a token or a session. Throws 429 after too many that were none. */
  principalOf(shown: Shown, nowMs: number): Principal | null {
    const session = sessionOf(this.#cookie, shown.cookie)
    const tokenHash = session === "" ? null : this.#sessions.tokenOf(session, nowMs)
    if (shown.authorization === undefined) return tokenHash === null ? null : this.#tokens.holder(tokenHash, nowMs)
    const token = /^Bearer +([\w.~+/-]{1,256}=*)$/i.exec(shown.authorization)?.[1]
    return token === undefined ? null : this.check(token, shown.address, nowMs)
  }

  /** The holder of a token; a wrong one is counted by address. */
  check(token: string, address: string, nowMs: number): Principal | null {
    // A right token is let in whatever others tried from this address (a proxy is one address for all): 256 bits are not guessed.
    const holder = this.#tokens.holderOf(token, nowMs)
    if (holder !== null) return holder
    const minute = Math.floor(nowMs / MINUTE_MS)
    const network = networkOf(address)
    const wrong = this.#wrong.get(network)
    if (wrong !== undefined && wrong.minute === minute && wrong.times >= WRONG_MAX) {
      this.#refusals.count("throttled")
      const retryAfterS = Math.ceil(((minute + 1) * MINUTE_MS - nowMs) / 1000)
      throw new ApiProblem(429, "Too many wrong tokens from this address: try again in a minute.", "", retryAfterS)
    }
    this.#refusals.count("wrong_token")
    this.#witness.wrongToken(address, nowMs)
    if (this.#wrong.size >= ADDRESSES_MAX) this.#wrong.clear()
    this.#wrong.set(network, { minute, times: wrong?.minute === minute ? wrong.times + 1 : 1 })
    return null
  }

  /** Begins a session; null for a token that is none. */
  signIn(token: string, address: string, nowMs: number): { readonly id: string; readonly principal: Principal } | null {
    const principal = this.check(token, address, nowMs)
    if (principal === null) return null
    this.#witness.signedIn(principal, address, nowMs)
    return { id: this.#sessions.begin(hashOf(token), nowMs), principal }
  }

  signOut({ cookie, address }: Omit<Shown, "authorization">, nowMs: number): void {
    const id = sessionOf(this.#cookie, cookie)
    const hash = id === "" ? null : this.#sessions.tokenOf(id, nowMs)
    if (hash === null) return
    this.#sessions.end(id)
    const principal = this.#tokens.holder(hash, nowMs)
    if (principal !== null) this.#witness.signedOut(principal, address, nowMs)
  }

  /** The only name that is taken: with TLS a neighbouring host could set one without the prefix. */
  get #cookie(): string {
    return this.#isSecure ? SECURE_COOKIE : COOKIE
  }

  /** Set-Cookie field of a session; "" ends it. */
  cookieField(session: string): string {
    const [secure, end] = [this.#isSecure ? "; Secure" : "", session === "" ? "; Max-Age=0" : ""]
    return `${this.#cookie}=${session}; Path=/; HttpOnly; SameSite=Strict${secure}${end}`
  }

  areTokensNeeded(nowMs: number): boolean {
    return this.#tokens.areNeeded(nowMs) || this.#isClosed
  }
}
