// Sessions of the console: who signed in with a token need not show it again, and the browser need not keep it.
//
// In memory only, by the hash of a random id: a restart signs everybody out. Bound to the token: when it is revoked or expires, so does
// every session of it. Bounded; the oldest go first.
import { randomBytes } from "node:crypto"
import { hashOf } from "./tokens.ts"

export const SESSIONS_MAX = 1000
const IDLE_MS = 60 * 60_000
const LIFE_MS = 12 * 60 * 60_000

interface Session {
  readonly tokenHash: string
  readonly endsMs: number
  seenMs: number
}

export class Sessions {
  readonly #byHash = new Map<string, Session>()

  /** The id, for a cookie. */
  begin(tokenHash: string, nowMs: number): string {
    if (this.#byHash.size >= SESSIONS_MAX) this.#byHash.delete(this.#byHash.keys().next().value as string)
    const id = randomBytes(32).toString("base64url")
    this.#byHash.set(hashOf(id), { tokenHash, endsMs: nowMs + LIFE_MS, seenMs: nowMs })
    return id
  }

  /** Hash of the token that the session was begun with; null where there is none, or no more. */
  tokenOf(id: string, nowMs: number): string | null {
    const hash = hashOf(id)
    const session = this.#byHash.get(hash)
    if (session === undefined) return null
    if (nowMs >= session.endsMs || nowMs - session.seenMs >= IDLE_MS) {
      this.#byHash.delete(hash)
      return null
    }
    session.seenMs = nowMs
    return session.tokenHash
  }

  end(id: string): void {
    this.#byHash.delete(hashOf(id))
  }
}
