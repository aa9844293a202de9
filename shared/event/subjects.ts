// Names on the bus. A tenant or sensor name is a token of letters, digits, "-" and "_": it can hold no wildcard.

/** JetStream stream that holds the events of all tenants. */
export const STREAM = "SONDE_EVENTS"
export const EVENT_SUBJECTS = "sonde.ev.>"
export const HEALTH_SUBJECTS = "sonde.health.>"

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/

/** True when `name` can stand in a subject. */
export function isSubjectToken(name: string): boolean {
  return TOKEN.test(name)
}

export function eventSubject(tenant: string, partition: number): string {
  return `sonde.ev.${tenant}.${partition}`
}

export function healthSubject(sensor: string): string {
  return `sonde.health.${sensor}`
}

/** `Nats-Msg-Id`: the same for a batch however often it is sent. */
export function messageId(sensor: string, boot: string, sequence: number): string {
  return `${sensor}.${boot}.${sequence}`
}
