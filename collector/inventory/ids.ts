// Ids of what the inventory adds: opaque, never derived from text, never used again.
import { randomBytes } from "node:crypto"

export type IdKind = "service" | "endpoint" | "consumer" | "dark" | "partner" | "rotation"
export type MintId = (kind: IdKind) => string

const PREFIXES: Readonly<Record<IdKind, string>> = {
  service: "s",
  endpoint: "e",
  consumer: "c",
  dark: "d",
  partner: "p",
  rotation: "r",
}

/** 72 random bits behind a letter for the kind: "e_3f0c9be1a27d44520b". */
export function randomId(kind: IdKind): string {
  return `${PREFIXES[kind]}_${randomBytes(9).toString("hex")}`
}
