// The ledger of dark APIs: what speaks TLS, read or not, so that "nothing found" is not taken for "nothing there".
//
// In:  the TLS notes of applied batches. Out: dark servers and their hours since the last checkpoint.
// A server is a name (SNI) at an address and port in a zone. Names are the client's to choose: beyond
// `darkNamesPerAddress` of one listener, and beyond `darkServers`, a session is counted at the listener without a name; where
// there is no place for that either, under `darkServers` only. So every session is somewhere (LedgerRecord.tlsSessions).
// Given up: sessions that two sensors saw count twice, because a TLS note has no key that would tell.
import type { TlsNote } from "../../shared/event/api-event.ts"
import type { DarkHour, DarkRecord } from "../store/records.ts"
import { DarkServer } from "./dark-server.ts"
import type { MintId } from "./ids.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import { HOUR_US, windowStart } from "./pair-counts.ts"

/** What makes two sessions the same dark server. */
function darkKey(listener: string, name: string): string {
  return `${listener}\n${name}`
}

function listenerKey(zone: string, address: string, port: number): string {
  return `${zone}\n${address}:${port}`
}

export class DarkServers {
  readonly #servers = new Map<string, DarkServer>()
  /** Names at each listener. */
  readonly #namesAt = new Map<string, number>()
  readonly #ids = new Set<string>()
  #dirty: DarkServer[] = []
  readonly #hours = new Map<string, DarkHour>()
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #mint: MintId

  constructor(records: readonly DarkRecord[], limits: InventoryLimits, reached: LimitCounters, mint: MintId) {
    this.#limits = limits
    this.#reached = reached
    this.#mint = mint
    for (const record of records) this.#put(record)
  }

  get size(): number {
    return this.#servers.size
  }

  note(note: TlsNote): void {
    const server = this.#serverOf(note)
    if (server === null) return
    if (!server.isDirty) {
      server.isDirty = true
      this.#dirty.push(server)
    }
    server.note(note)
    this.#countHour(server.id, note)
  }

  /** What changed since the last call. */
  take(): { dark: DarkRecord[]; darkHours: DarkHour[] } {
    const dark = this.#dirty.map((server) => {
      server.isDirty = false
      return server.record()
    })
    this.#dirty = []
    const darkHours = [...this.#hours.values()]
    this.#hours.clear()
    return { dark, darkHours }
  }

  #serverOf(note: TlsNote): DarkServer | null {
    const { address, port, zone, authority } = note.server
    const listener = listenerKey(zone, address, port)
    const known = this.#servers.get(darkKey(listener, authority))
    if (known !== undefined) return known
    const isFull = this.#servers.size >= this.#limits.darkServers
    const hasRoom = authority === "" || (this.#namesAt.get(listener) ?? 0) < this.#limits.darkNamesPerAddress
    if (!isFull && hasRoom) return this.#put(newRecord(this.#newId(), note))
    const nameless = this.#servers.get(darkKey(listener, ""))
    if (nameless === undefined && isFull) {
      if (!note.isContinued) this.#reached.darkServers++
      return null
    }
    this.#reached.darkNamesPerAddress++
    return nameless ?? this.#put({ ...newRecord(this.#newId(), note), name: "" })
  }

  #put(record: DarkRecord): DarkServer {
    const server = new DarkServer(record, this.#limits, this.#reached)
    const listener = listenerKey(record.zone, record.address, record.port)
    this.#servers.set(darkKey(listener, record.name), server)
    this.#namesAt.set(listener, (this.#namesAt.get(listener) ?? 0) + 1)
    this.#ids.add(record.id)
    return server
  }

  #countHour(dark: string, note: TlsNote): void {
    const windowUs = windowStart(note.startUs, HOUR_US)
    const key = `${dark}\n${windowUs}`
    let hour = this.#hours.get(key)
    if (hour === undefined) {
      if (this.#hours.size >= this.#limits.pendingWindows) {
        this.#reached.pendingWindows++
        return
      }
      hour = { dark, windowUs, sessions: 0, requestBytes: 0, responseBytes: 0 }
      this.#hours.set(key, hour)
    }
    if (!note.isContinued) hour.sessions++
    hour.requestBytes += note.requestBytes
    hour.responseBytes += note.responseBytes
  }

  #newId(): string {
    for (;;) {
      const id = this.#mint("dark")
      if (!this.#ids.has(id)) return id
    }
  }
}

function newRecord(id: string, { server, startUs, totalUs }: TlsNote): DarkRecord {
  return {
    id,
    name: server.authority,
    address: server.address,
    addressClass: server.addressClass,
    port: server.port,
    zone: server.zone,
    firstSeenUs: startUs,
    lastSeenUs: startUs + totalUs,
    sessions: 0,
    requestBytes: 0,
    responseBytes: 0,
    states: {},
    reasons: {},
    versions: {},
    ciphers: {},
    alpns: {},
    ja4s: {},
    issuers: {},
    certificateNames: [],
    clientNames: [],
    clients: [],
    isCrowded: false,
    resumed: 0,
    earlyData: 0,
  }
}
