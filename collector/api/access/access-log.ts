// Who came in, who went, who was refused, whose token was made or revoked: entries of the audit log.
//
// In:  what the gate decides, the file of tokens at each change. Out: edits that change nothing and stay in the log (inventory/access-notes.ts).
// Bounded, because whoever reaches the address can be refused as often as they like: REFUSED at once and one a minute after that, SESSIONS
// likewise; the others are counted, and the next entry says how many there were. Tokens are bounded by their file.
import type { AccessNote } from "../../inventory/access-notes.ts"
import type { Edits } from "../../inventory/edits.ts"
import type { AuditRecord } from "../../store/documents.ts"
import type { Store } from "../../store/store.ts"
import { NO_TOKEN, type Principal, type TokenRecord } from "./tokens.ts"

const MINUTE_MS = 60_000
const REFUSED = { most: 20, aMinute: 1 }
const SESSIONS = { most: 60, aMinute: 20 }
/** Letters of an address or a route in a sentence. */
const TEXT_MAX = 120
/** Entries of the log that are read at once. */
const PAGE = 100

/** So many at once, and so many a minute after that. */
class Allowance {
  readonly #most: number
  readonly #aMinute: number
  #left: number
  #atMs = 0
  /** Since the last one that was allowed. */
  untold = 0

  constructor({ most, aMinute }: { readonly most: number; readonly aMinute: number }) {
    this.#most = most
    this.#aMinute = aMinute
    this.#left = most
  }

  take(nowMs: number): boolean {
    const minutes = Math.max(0, nowMs - this.#atMs) / MINUTE_MS
    this.#atMs = nowMs
    this.#left = Math.min(this.#most, this.#left + minutes * this.#aMinute)
    if (this.#left < 1) {
      this.untold++
      return false
    }
    this.#left--
    return true
  }
}

/** What the gate tells of. */
export interface Witness {
  signedIn(who: Principal, address: string, nowMs: number): void
  signedOut(who: Principal, address: string, nowMs: number): void
  wrongToken(address: string, nowMs: number): void
  mayNot(who: Principal, needed: string, what: string, address: string, nowMs: number): void
}

export const NO_WITNESS: Witness = { signedIn() {}, signedOut() {}, wrongToken() {}, mayNot() {} }

export interface AccessLogParts {
  readonly store: Pick<Store, "audit">
  readonly edits: Edits
  readonly onError: (error: unknown) => void
}

export class AccessLog implements Witness {
  readonly #parts: AccessLogParts
  readonly #refused = new Allowance(REFUSED)
  readonly #sessions = new Allowance(SESSIONS)
  #writing: Promise<void> = Promise.resolve()
  /** Entries left out since the start. */
  untold = 0

  constructor(parts: AccessLogParts) {
    this.#parts = parts
  }

  signedIn({ name, role }: Principal, address: string, nowMs: number): void {
    const sentence = `${name} (${role}) signed in from ${address}.`
    const note = { kind: "session.begin", subject: `token:${name}`, sentence, facts: { address } } as const
    this.#tell(this.#sessions, note, name, nowMs)
  }

  signedOut({ name, role }: Principal, address: string, nowMs: number): void {
    const sentence = `${name} (${role}) signed out.`
    const note = { kind: "session.end", subject: `token:${name}`, sentence, facts: { address } } as const
    this.#tell(this.#sessions, note, name, nowMs)
  }

  wrongToken(address: string, nowMs: number): void {
    const sentence = `A token that is none was shown from ${address}.`
    const note = { kind: "access.refused", subject: `address:${address}`, sentence, facts: { address } } as const
    this.#tell(this.#refused, note, NO_TOKEN, nowMs)
  }

  mayNot({ name, role }: Principal, needed: string, what: string, address: string, nowMs: number): void {
    const sentence = `${name} (${role}) was refused ${what.slice(0, TEXT_MAX)}: it needs the role ${needed}.`
    const facts = { address, role, needed }
    this.#tell(this.#refused, { kind: "access.refused", subject: `token:${name}`, sentence, facts }, name, nowMs)
  }

  /** Tells of each token whose making or end is not in the log yet, by the file's own times. */
  tokens(records: readonly TokenRecord[]): void {
    this.#then(async () => {
      for (const record of records) await this.#token(record)
    })
  }

  async #token({ name, role, created, expires, revoked = "" }: TokenRecord): Promise<void> {
    const subject = `token:${name}`
    const known = (
      (await this.#newestOf(subject))?.edit as { facts?: { created?: unknown; revoked?: unknown } } | undefined
    )?.facts
    if (known?.created === created && known.revoked === revoked) return
    const facts = { role, created, expires, revoked }
    const until = expires === null ? "" : `, until ${expires}`
    const sentence = revoked === "" ? `Token ${name} (${role}) made${until}.` : `Token ${name} (${role}) revoked.`
    const kind = revoked === "" ? "token.make" : "token.revoke"
    const atUs = Date.parse(revoked === "" ? created : revoked) * 1000
    await this.#parts.edits.edit({ kind, subject, sentence, facts }, { name: "cli", atUs })
  }

  /** How the token was made or revoked last: behind any number of sign-ins of its holder. */
  async #newestOf(subject: string): Promise<AuditRecord | undefined> {
    for (let before = 0; ; ) {
      const page = await this.#parts.store.audit(before, PAGE, subject)
      const found = page.find(({ action }) => action.startsWith("token."))
      if (found !== undefined || page.length < PAGE) return found
      before = page.at(-1)!.sequence
    }
  }

  #tell(allowance: Allowance, note: AccessNote, who: string, nowMs: number): void {
    if (!allowance.take(nowMs)) {
      this.untold++
      return
    }
    const { untold } = allowance
    allowance.untold = 0
    const before = untold === 0 ? "" : ` ${untold} entries before it were left out.`
    const entry = { ...note, sentence: `${note.sentence}${before}` }
    this.#then(async () => {
      await this.#parts.edits.edit(entry, { name: who, atUs: nowMs * 1000 })
    })
  }

  /** One after the other; a store that fails is told to whoever runs the collector, and lets people in all the same. */
  #then(work: () => Promise<void>): void {
    this.#writing = this.#writing.then(work).catch(this.#parts.onError)
  }

  /** What was told so far is written. */
  async settled(): Promise<void> {
    await this.#writing
  }
}
