// Ids of what the inventory adds: opaque, never derived from text, never used again.
import { randomBytes } from "node:crypto"

export type IdKind =
  | "exception"
  | "decoy"
  | "service"
  | "endpoint"
  | "consumer"
  | "dark"
  | "finding"
  | "rule"
  | "pin"
  | "partner"
  | "rotation"
export type MintId = (kind: IdKind) => string

const PREFIXES: Readonly<Record<IdKind, string>> = {
  exception: "x",
  decoy: "dy",
  service: "s",
  endpoint: "e",
  consumer: "c",
  dark: "d",
  finding: "f",
  rule: "r",
  pin: "p",
  partner: "pa",
  rotation: "ro",
}

/** 72 random bits behind a letter for the kind: "e_3f0c9be1a27d44520b". */
export function randomId(kind: IdKind): string {
  return `${PREFIXES[kind]}_${randomBytes(9).toString("hex")}`
}

/** Ids in use: a minter that repeats itself is asked again. */
export class Ids {
  readonly #mint: MintId
  readonly #used = new Set<string>()

  constructor(mint: MintId) {
    this.#mint = mint
  }

  /** One that the store gave back. */
  note(id: string): void {
    this.#used.add(id)
  }

  next(kind: IdKind): string {
    for (;;) {
      const id = this.#mint(kind)
      if (this.#used.has(id)) continue
      this.#used.add(id)
      return id
    }
  }
}
