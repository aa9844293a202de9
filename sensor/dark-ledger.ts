// Which servers speak TLS that was not read: for who reads a capture, so that "nothing found" is not taken for "nothing there".
//
// In:  notes of TLS sessions on their way to the publisher.   Out: a row a server, version and reason, the largest first.
// Bounded: rows beyond ROWS_MAX are counted in one row without a server. Shows only what would leave, unless plain facts are given.
import type { TlsNote } from "../shared/event/api-event.ts"
import type { PlainTls, TlsSink } from "./summary/tls-sessions.ts"

const ROWS_MAX = 1024
/** Rows of the text. */
const ROWS_SHOWN = 20
const HTTPS = 443

export interface DarkRow {
  /** Name that the client asked for, else the first in the certificate; "" where there is neither, and in the row of all others. */
  readonly server: string
  /** Pseudonym, or in the local debugging view the address; "" in the row of all others. */
  readonly address: string
  /** 0 in the row of all others. */
  readonly port: number
  readonly version: string
  readonly reason: string
  sessions: number
  bytes: number
}

export class DarkLedger implements TlsSink {
  readonly #next: TlsSink
  readonly #rows = new Map<string, DarkRow>()
  #others: DarkRow | null = null

  /** `next`: whom the notes go to. */
  constructor(next: TlsSink) {
    this.#next = next
  }

  tls(note: TlsNote, plain: PlainTls | null): void {
    if (note.state !== "read") this.#add(note, plain)
    this.#next.tls(note, plain)
  }

  /** The largest first. */
  rows(): DarkRow[] {
    const rows = [...this.#rows.values()].sort((a, b) => b.bytes - a.bytes || (a.server < b.server ? -1 : 1))
    return this.#others === null ? rows : [...rows, this.#others]
  }

  /** A section for people; "" when everything was read. */
  text(): string {
    const rows = this.rows()
    if (rows.length === 0) return ""
    const shown = rows.slice(0, ROWS_SHOWN)
    const cells = shown.map((row) => [
      row.port === 0 ? "all others" : `${row.server || row.address}${row.port === HTTPS ? "" : `:${row.port}`}`,
      row.version === "" ? "TLS" : row.version.replace(/^(?=\d)/, "TLS "),
      `${row.sessions} ${row.sessions === 1 ? "session" : "sessions"}`,
      `${row.bytes} bytes`,
      row.reason,
    ])
    const widths = cells[0]!.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)))
    const lines = cells.map((line) => {
      const padded = line.map((cell, i) => (i === 2 || i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      return `  ${padded.join("  ").trimEnd()}`
    })
    const more = rows.length > shown.length ? `  and ${rows.length - shown.length} more\n` : ""
    return `TLS seen and not read:\n${lines.join("\n")}\n${more}`
  }

  #add(note: TlsNote, plain: PlainTls | null): void {
    const { server, version, reason } = note
    const name =
      (plain === null ? server.authority : plain.serverName.replace(/[^\x21-\x7e]/g, "?")) ||
      (note.certificateNames[0] ?? "")
    const address = plain === null ? server.address : plain.serverAddress
    const key = `${name} ${address} ${server.port} ${version} ${reason}`
    let row = this.#rows.get(key)
    if (row === undefined) {
      if (this.#rows.size < ROWS_MAX) {
        row = { server: name, address, port: server.port, version, reason, sessions: 0, bytes: 0 }
        this.#rows.set(key, row)
      } else {
        this.#others ??= { server: "", address: "", port: 0, version: "", reason: "", sessions: 0, bytes: 0 }
        row = this.#others
      }
    }
    if (!note.isContinued) row.sessions++
    row.bytes += note.requestBytes + note.responseBytes
  }
}
