// How much of a server behind TLS is read, and why not, in a word or two.

import type { Counts } from "../types/common.ts"
import type { Dark, DarkState } from "../types/dark.ts"

export const DARK_STATES: Readonly<Record<DarkState, readonly [tone: string, name: string, meaning: string]>> = {
  unread: ["bad", "Not read", "Nothing of what its sessions said was read."],
  partly: ["warn", "Partly read", "Some of what its sessions said was read."],
  read: ["good", "Read", "All that its sessions said was read."],
}

export function DarkBadge({ state }: { readonly state: DarkState }) {
  const [tone, name, meaning] = DARK_STATES[state]
  return (
    <span class={`badge ${tone}`} title={meaning}>
      {name}
    </span>
  )
}

const REASONS: Readonly<Record<string, string>> = {
  "no-keys": "no keys",
  midstream: "joined late",
  gap: "bytes lost",
  cipher: "cipher not read",
  "bad-record": "keys do not fit",
  handshake: "never got through",
  memory: "out of memory",
  "not-http": "not an API",
}

export const reasonName = (reason: string): string => REASONS[reason] ?? reason

/** The commonest of some names. */
export function commonest(counts: Counts): readonly [name: string, others: number] | null {
  const [first] = Object.entries(counts).sort((a, b) => b[1] - a[1])
  return first === undefined ? null : [first[0], Object.keys(counts).length - 1]
}

export function Commonest({ counts, form }: { readonly counts: Counts; readonly form?: (name: string) => string }) {
  const found = commonest(counts)
  if (found === null) return <span class="faint">–</span>
  const [name, others] = found
  return (
    <>
      {form === undefined ? name : form(name)}
      {others === 0 ? null : <span class="faint"> +{others}</span>}
    </>
  )
}

/** What a person calls it: the name that clients ask for, else the pseudonym of the address. */
export function darkName({ name, address }: Pick<Dark, "name" | "address">): string {
  return name ?? address
}

export function DarkLink({ server }: { readonly server: Dark }) {
  return (
    <a data-main href={`/dark/${encodeURIComponent(server.id)}`}>
      {server.name === null ? <span class="mono">{server.address}</span> : <strong>{server.name}</strong>}
    </a>
  )
}

export const clientsOf = ({ clients, moreClients }: Pick<Dark, "clients" | "moreClients">): string =>
  `${clients}${moreClients ? "+" : ""}`
