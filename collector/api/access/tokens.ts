// Access tokens, in one file beside the store: who may ask, as what, and until when.
//
// In:  DIR/tokens.json, written by `sonde-collector token`; a token that a client shows. Out: who that is, or null.
// A token is 256 random bits, so a plain SHA-256 keeps it: there is nothing to guess that a slow hash would make dearer. Only hashes are
// kept. The file is read again when it has changed, looked at once a second: a revoked token ends within that time.
import { createHash, randomBytes } from "node:crypto"
import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { reasonOf } from "../../../shared/config/private-file.ts"
import { replaceFile } from "../../../shared/config/whole-file.ts"

export const TOKENS_FILE = "tokens.json"
/** Tokens kept at most: people and scripts of one team. */
export const TOKENS_MAX = 1000
const LOOK_MS = 1000
const PREFIX = "sonde_"

/** Each may what those before it may. */
export const ROLES = ["viewer", "analyst", "admin"] as const
export type Role = (typeof ROLES)[number]

/** Who shows no token that is one. */
export const NO_TOKEN = "nobody"
/** In place of the hash of a revoked token: of nothing that anybody could show. */
const NO_HASH = "0".repeat(64)

export interface TokenRecord {
  readonly name: string
  readonly role: Role
  /** SHA-256 of the token, hex. */
  readonly hash: string
  /** Wall clock, ISO 8601. */
  readonly created: string
  readonly expires: string | null
  /** Kept without its hash until the audit log has heard of it, ISO 8601. */
  readonly revoked?: string
}

export interface Principal {
  readonly name: string
  readonly role: Role
}

/** A file that cannot be used: one sentence. */
export class TokensError extends Error {}

export const mayDo = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed)
export const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex")

/** The records of a store's folder; none where there is no file. Throws TokensError. */
export function readTokens(folder: string): readonly TokenRecord[] {
  const path = join(folder, TOKENS_FILE)
  let text: string
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw new TokensError(`${path} is open to other users; chmod 600 ${path}`)
    text = readFileSync(path, "utf8")
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOENT") return []
    if (error instanceof TokensError) throw error
    throw new TokensError(`${path} cannot be read (${code}).`)
  }
  const records = parsed(text)
  if (records === null)
    throw new TokensError(`${path} is not a file of tokens; restore it, or remove it and make new ones.`)
  return records
}

function parsed(text: string): readonly TokenRecord[] | null {
  try {
    const records: unknown = JSON.parse(text)
    return Array.isArray(records) && records.length <= TOKENS_MAX && records.every(isRecord) ? records : null
  } catch {
    return null
  }
}

function isRecord(record: TokenRecord | null): record is TokenRecord {
  return (
    typeof record?.name === "string" &&
    ROLES.includes(record.role) &&
    /^[0-9a-f]{64}$/.test(record.hash) &&
    Number.isFinite(Date.parse(record.created)) &&
    (record.expires === null || Number.isFinite(Date.parse(record.expires))) &&
    (record.revoked === undefined || Number.isFinite(Date.parse(record.revoked)))
  )
}

/** Replaces the file whole: a reader sees the former or the new one. Throws TokensError. */
export function writeTokens(folder: string, records: readonly TokenRecord[]): void {
  const path = join(folder, TOKENS_FILE)
  try {
    replaceFile(path, `${JSON.stringify(records, null, 2)}\n`, 0o600)
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST"
    const why = isThere ? "another command is at work, or one was broken off; remove it then" : reasonOf(error)
    throw new TokensError(`${path}.new cannot be made: ${why}.`)
  }
}

/** A new token, shown once, and its record. */
export function makeToken(
  name: string,
  role: Role,
  nowMs: number,
  lifeMs: number,
): { token: string; record: TokenRecord } {
  const token = `${PREFIX}${randomBytes(32).toString("base64url")}`
  const expires = lifeMs === 0 ? null : new Date(nowMs + lifeMs).toISOString()
  return { token, record: { name, role, hash: hashOf(token), created: new Date(nowMs).toISOString(), expires } }
}

/** What is left of a token that is revoked. */
export const revokedToken = (record: TokenRecord, nowMs: number): TokenRecord => ({
  ...record,
  hash: NO_HASH,
  revoked: new Date(nowMs).toISOString(),
})

/** The tokens of a running collector. */
export class Tokens {
  readonly #folder: string
  readonly #onError: (error: unknown) => void
  readonly #lookMs: number
  #byHash = new Map<string, TokenRecord>()
  #records: readonly TokenRecord[] = []
  #lookedMs = 0
  #changed = ""
  #isBroken = false
  #onChange: (records: readonly TokenRecord[]) => void = () => {}

  /** Throws TokensError where the file cannot be used: then nothing is served. */
  constructor(folder: string, onError: (error: unknown) => void, lookMs = LOOK_MS) {
    this.#lookMs = lookMs
    this.#folder = folder
    this.#onError = onError
    this.#take(readTokens(folder))
    this.#changed = this.#version()
  }

  /** Told of all records now, and at each change that is seen. */
  follow(onChange: (records: readonly TokenRecord[]) => void): void {
    this.#onChange = onChange
    onChange(this.#records)
  }

  /** There are tokens, so that one is needed. A file that became unreadable opens nothing. */
  areNeeded(nowMs: number): boolean {
    this.#look(nowMs)
    return this.#isBroken || this.#byHash.size > 0
  }

  holderOf(token: string, nowMs: number): Principal | null {
    return this.holder(hashOf(token), nowMs)
  }

  /** By hash, so that a session need not keep the token. */
  holder(hash: string, nowMs: number): Principal | null {
    this.#look(nowMs)
    const record = this.#byHash.get(hash)
    if (record === undefined || (record.expires !== null && Date.parse(record.expires) <= nowMs)) return null
    return { name: record.name, role: record.role }
  }

  #look(nowMs: number): void {
    if (Math.abs(nowMs - this.#lookedMs) < this.#lookMs) return
    this.#lookedMs = nowMs
    const version = this.#version()
    if (version === this.#changed) return
    this.#changed = version
    try {
      this.#take(readTokens(this.#folder))
      this.#isBroken = false
    } catch (error) {
      this.#byHash = new Map()
      this.#isBroken = true
      this.#onError(error)
    }
  }

  #take(records: readonly TokenRecord[]): void {
    this.#records = records
    const live = records.filter(({ revoked }) => revoked === undefined)
    this.#byHash = new Map(live.map((record) => [record.hash, record]))
    this.#onChange(records)
  }

  #version(): string {
    try {
      const { mtimeMs, ino, size, mode } = statSync(join(this.#folder, TOKENS_FILE))
      return `${mtimeMs} ${ino} ${size} ${mode}`
    } catch {
      return ""
    }
  }
}
