// A service that was read and is read no more, while servers behind TLS under its name go on: it has moved out of sight.
//
// In:  entries of the ledger of dark APIs that changed, and how to find the service of a name; records of services that changed.
// Out: the finding service.dark of a service, held or gone. Told after a day without anything that could be read, because a key that
// comes late, a restart and a quiet night are no move; and only of services that had been read for a day and 20 times.
// Entries without a name are not tied to a service: at an address there may be many.
import type { DarkRecord, ServiceRecord } from "../../store/records.ts"
import { darkState } from "../../store/records.ts"
import type { Findings } from "../findings.ts"
import { DAY_US } from "../pair-counts.ts"
import { day, plural } from "../posture.ts"

const KIND = "service.dark"
const REQUESTS_MIN = 20
const UNREAD_MIN = 5

export type ReadService = Pick<ServiceRecord, "id" | "name" | "requests" | "firstSeenUs" | "lastSeenUs">

/** Authorities under which a server of this name and port would be a service. */
function authoritiesOf({ name, port }: DarkRecord): string[] {
  return name === "" ? [] : [name, `${name}:${port}`]
}

export function reviewDark(
  dark: readonly DarkRecord[],
  serviceNamed: (authority: string, zone: string) => ReadService | null,
  findings: Findings,
): void {
  for (const record of dark) {
    if (darkState(record) === "read") continue
    for (const authority of authoritiesOf(record)) {
      const service = serviceNamed(authority, record.zone)
      if (service !== null && hasMoved(service, record)) tell(service, record, findings)
    }
  }
}

/** Read again: the finding holds no more. */
export function reviewRead({ id, lastSeenUs }: ReadService, findings: Findings): void {
  const known = findings.of(KIND, id)
  if (known === null || known.goneUs > 0 || lastSeenUs < known.lastUs - DAY_US) return
  findings.gone(KIND, id, lastSeenUs, `It is read again, since ${day(lastSeenUs)} at the latest.`)
}

function unreadNotes({ states }: DarkRecord): number {
  return (states.unread ?? 0) + (states.partly ?? 0)
}

function hasMoved({ requests, firstSeenUs, lastSeenUs }: ReadService, record: DarkRecord): boolean {
  if (requests < REQUESTS_MIN || lastSeenUs - firstSeenUs < DAY_US) return false
  return record.lastSeenUs - lastSeenUs >= DAY_US && unreadNotes(record) >= UNREAD_MIN
}

function tell(service: ReadService, record: DarkRecord, findings: Findings): void {
  const { address, port, lastSeenUs } = record
  const unread = unreadNotes(record)
  const place = `${address}:${port}`
  findings.hold(KIND, service.id, {
    service: service.id,
    firstUs: service.lastSeenUs,
    lastUs: lastSeenUs,
    count: unread,
    sentence: `Nothing of ${service.name} was read since ${day(service.lastSeenUs)}, after ${plural(service.requests, "exchange")}, while a server of its name behind TLS at ${place} went on until ${day(lastSeenUs)}: ${plural(unread, "note")} of sessions of which not all could be read.`,
  })
}
