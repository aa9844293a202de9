// Ids of what the inventory adds: opaque, never derived from text, never used again.
import { randomBytes } from "node:crypto"

export type IdKind = "service" | "endpoint" | "consumer" | "dark" | "finding" | "rule"
export type MintId = (kind: IdKind) => string

const PREFIXES: Readonly<Record<IdKind, string>> = {
  service: "s",
  endpoint: "e",
  consumer: "c",
  dark: "d",
  finding: "f",
  rule: "r",
}

/** 72 random bits behind a letter for the kind: "e_3f0c9be1a27d44520b". */
export function randomId(kind: IdKind): string {
  return `${PREFIXES[kind]}_${randomBytes(9).toString("hex")}`
}
