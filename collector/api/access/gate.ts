// Who may do what: the one place where a request is let through or refused.
//
// In:  the route's method and address, what the client shows (Authorization: Bearer, RFC 6750, or the session's cookie). Out: who it is, or
// an ApiProblem: 401 (nobody, or a token that is none), 403 (somebody who may not), 429 (too many wrong tokens).
// A route needs what its method says: reading a viewer, changing an analyst; ADMIN lists what only an admin may. So a route that nobody
// thought of is never open. Where there are no tokens, everybody who reaches the address is let in; listen.ts keeps that to loopback.
import { ApiProblem } from "../problem.ts"
import type { Sessions } from "./sessions.ts"
import { hashOf, mayDo, type Principal, type Role, type Tokens } from "./tokens.ts"

export const COOKIE = "sonde_session"
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
  /** Client address, for the count of wrong tokens only. */
  readonly address: string
}

/** Null: open to everybody. `route` as fastify knows it, with names of parameters. */
export function neededRole(method: string, route: string): Role | null {
  const name = `${method === "HEAD" ? "GET" : method} ${route}`
  if (OPEN.has(name)) return null
  if (ADMIN.some((pattern) => pattern.test(name))) return "admin"
  return method === "GET" || method === "HEAD" || method === "OPTIONS" ? "viewer" : "analyst"
}

/** The session's id in a Cookie field; "" where there is none. */
export function sessionOf(cookie: string | undefined): string {
  for (const part of (cookie ?? "").split(";")) {
    const [name, value = ""] = part.trim().split("=", 2)
    if (name === COOKIE) return value
  }
  return ""
}

export class Gate {
  readonly #tokens: Tokens
  readonly #sessions: Sessions
  readonly #wrong = new Map<string, { minute: number; times: number }>()
  /** Requests that showed no valid token, and that may not. */
  readonly counters = { unauthenticated: 0, forbidden: 0, throttled: 0 }

  constructor(tokens: Tokens, sessions: Sessions) {
    this.#tokens = tokens
    this.#sessions = sessions
  }

  /** Null: nobody needs to say who it is. Throws ApiProblem. */
  admit(method: string, route: string, shown: Shown, nowMs: number): Principal | null {
    const needed = neededRole(method, route)
    if (needed === null || !this.#tokens.areNeeded(nowMs)) return null
    const principal = this.principalOf(shown, nowMs)
    if (principal === null) {
      this.counters.unauthenticated++
      throw new ApiProblem(401, "This needs a token: Authorization: Bearer TOKEN, or sign in.")
    }
    if (!mayDo(principal.role, needed)) {
      this.counters.forbidden++
      throw new ApiProblem(403, `This needs the role ${needed}; ${principal.name} is ${principal.role}.`)
    }
    return principal
  }

  /** Who shows a token or a session. Throws 429 after too many that were none. */
  principalOf(shown: Shown, nowMs: number): Principal | null {
    const session = sessionOf(shown.cookie)
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
    const wrong = this.#wrong.get(address)
    if (wrong !== undefined && wrong.minute === minute && wrong.times >= WRONG_MAX) {
      this.counters.throttled++
      throw new ApiProblem(429, "Too many wrong tokens from this address: try again in a minute.")
    }
    if (this.#wrong.size >= ADDRESSES_MAX) this.#wrong.clear()
    this.#wrong.set(address, { minute, times: wrong?.minute === minute ? wrong.times + 1 : 1 })
    return null
  }

  /** Begins a session; null for a token that is none. */
  signIn(token: string, address: string, nowMs: number): { readonly id: string; readonly principal: Principal } | null {
    const principal = this.check(token, address, nowMs)
    return principal === null ? null : { id: this.#sessions.begin(hashOf(token), nowMs), principal }
  }

  signOut(cookie: string | undefined): void {
    const id = sessionOf(cookie)
    if (id !== "") this.#sessions.end(id)
  }

  areTokensNeeded(nowMs: number): boolean {
    return this.#tokens.areNeeded(nowMs)
  }
}
