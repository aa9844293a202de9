// Names on the bus. A tenant or sensor name is a token of letters, digits, "-" and "_": it can hold no wildcard.
//
//   sonde.ev.<tenant>.<partition>.<sensor>   who speaks stands in the subject, so that a server's permissions can bind it
//   sonde.ev.<tenant>.<partition>            of sensors before 2026-11-25: still read (collector/consume/admission.ts)

/** JetStream stream that holds the events of all tenants. */
export const STREAM = "SONDE_EVENTS"
export const EVENT_SUBJECTS = "sonde.ev.>"

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/
const EVENT_SUBJECT = /^sonde\.ev\.([A-Za-z0-9_-]{1,64})\.\d{1,5}(?:\.([A-Za-z0-9_-]{1,64}))?$/
const HELD_SUBJECT = /^sonde\.ev\.([A-Za-z0-9_-]{1,64})\.[^.]+\.([A-Za-z0-9_-]{1,64})$/

/** True when `name` can stand in a subject. */
export function isSubjectToken(name: string): boolean {
  return TOKEN.test(name)
}

export function eventSubject(tenant: string, partition: number, sensor: string): string {
  return `sonde.ev.${tenant}.${partition}.${sensor}`
}

/** Every partition of a sensor: what its credential may publish to. */
export function eventSubjectsOf(tenant: string, sensor: string): string {
  return `sonde.ev.${tenant}.*.${sensor}`
}

/** Who may have published to an event subject; `sensor` is "" where the subject names none. Null: it is no event subject. */
export function speakerOf(subject: string): { readonly tenant: string; readonly sensor: string } | null {
  const match = EVENT_SUBJECT.exec(subject)
  return match === null ? null : { tenant: match[1]!, sensor: match[2] ?? "" }
}

/** Whose credential a server with sensors' credentials let publish there, whatever stands in the place of the partition. Null: nobody's. */
export function holderOf(subject: string): { readonly tenant: string; readonly sensor: string } | null {
  const match = HELD_SUBJECT.exec(subject)
  return match === null ? null : { tenant: match[1]!, sensor: match[2]! }
}

/** Where answers to a sensor or a collector arrive; no other credential may listen there. */
export const sensorInbox = (sensor: string): string => `_INBOX.sensor.${sensor}`
export const COLLECTOR_INBOX = "_INBOX.collector"

/** `Nats-Msg-Id`: the same for a batch however often it is sent. */
export function messageId(sensor: string, boot: string, sequence: number): string {
  return `${sensor}.${boot}.${sequence}`
}
