// What listens behind TLS: a server name at an address and port, and everything that its sessions say of themselves.
//
// In:  TLS notes of its sessions, in any order; a long session has a note an hour, which is counted as a session once. Out: the record that the store keeps. Nothing depends on the order but which
// of too many values found a place.
import type { TlsNote } from "../../shared/event/api-event.ts"
import type { DarkRecord } from "../store/records.ts"
import { BoundedCounts, BoundedNames } from "./bounded-counts.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"

const COUNTS = ["states", "reasons", "versions", "ciphers", "alpns", "ja4s", "issuers"] as const
type CountName = (typeof COUNTS)[number]

export class DarkServer {
  readonly id: string
  isDirty = false
  readonly #record: DarkRecord
  readonly #counts: Readonly<Record<CountName, BoundedCounts<string>>>
  readonly #certificateNames: BoundedNames<string>
  readonly #clientNames: BoundedNames<string>
  readonly #clients: BoundedNames<string>
  readonly #reached: LimitCounters

  constructor(record: DarkRecord, limits: InventoryLimits, reached: LimitCounters) {
    this.id = record.id
    this.#record = { ...record }
    this.#reached = reached
    this.#counts = Object.fromEntries(
      COUNTS.map((name) => [name, BoundedCounts.ofTexts(limits.darkFacts, record[name])]),
    ) as Record<CountName, BoundedCounts<string>>
    this.#certificateNames = new BoundedNames(limits.darkFacts, record.certificateNames)
    this.#clientNames = new BoundedNames(limits.darkFacts, record.clientNames)
    this.#clients = new BoundedNames(limits.darkClients, record.clients)
  }

  note(note: TlsNote): void {
    const record = this.#record
    record.requestBytes += note.requestBytes
    record.responseBytes += note.responseBytes
    record.firstSeenUs = Math.min(record.firstSeenUs, note.startUs)
    record.lastSeenUs = Math.max(record.lastSeenUs, note.startUs + note.totalUs)
    this.#count("states", note.state)
    this.#count("reasons", note.reason)
    if (!note.isContinued) this.#noteSession(note)
    for (const name of note.certificateNames) this.#name(this.#certificateNames, name)
    this.#name(this.#clientNames, note.clientName === "" ? note.clientCertificate : note.clientName)
    if (note.client !== "" && !this.#clients.add(note.client)) {
      record.isCrowded = true
      this.#reached.darkClients++
    }
  }

  #noteSession(note: TlsNote): void {
    const record = this.#record
    record.sessions++
    if (note.isResumed) record.resumed++
    if (note.hasEarlyData) record.earlyData++
    this.#count("versions", note.version)
    this.#count("ciphers", note.cipher)
    this.#count("alpns", note.alpn)
    this.#count("ja4s", note.ja4)
    this.#count("issuers", note.certificateIssuer)
  }

  record(): DarkRecord {
    const counts = Object.fromEntries(COUNTS.map((name) => [name, this.#counts[name].record()]))
    return {
      ...this.#record,
      ...(counts as Record<CountName, Record<string, number>>),
      certificateNames: this.#certificateNames.list(),
      clientNames: this.#clientNames.list(),
      clients: this.#clients.list(),
    }
  }

  #count(name: CountName, value: string): void {
    if (value !== "" && !this.#counts[name].add(value)) this.#reached.darkFacts++
  }

  #name(names: BoundedNames<string>, name: string): void {
    if (name !== "" && !names.add(name)) this.#reached.darkFacts++
  }
}
