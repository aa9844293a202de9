// What a collector believes of a batch that came over the bus, beyond that it decodes.
//
// In:  the subject that the server let somebody publish to, the envelope and events, the server's time of storing.
// Out: null, or why the batch is refused: a code, and a sentence that names whoever sent it.
// The server's permissions bind a credential to its sensor's subjects; that the batch speaks for that sensor is checked here. A subject
// without a sensor (older sensors) proves nothing: such batches are taken and counted, and a server with sensors' credentials lets
// nobody publish there.
//
//   wrong-subject                a permission such as "sonde.ev.t.*.a" lets a credential publish where no partition is named, too
//   wrong-tenant, wrong-sensor   the envelope is another one's than the subject
//   clock-ahead                  times further ahead of the server's clock than `aheadUs`: event time is everybody's, and one
//                                sensor's future would make the present of the others late
//   sequence-ahead               a jump that no sensor makes: it would be a gap of that many missing batches
import type { EventBatch } from "../../shared/event/api-event.ts"
import { holderOf, speakerOf } from "../../shared/event/subjects.ts"

/** Sensors that watch are ahead by seconds; captures with invented times may be from next month. µs. */
export const AHEAD_US = 31 * 86_400_000_000
/** Batches between two of a run that arrive one after the other: 120 days at a hundred a second. */
export const SEQUENCE_JUMP_MAX = 2 ** 30
/** 2024-01-01: a server whose clock says less was not told the time, and judges nobody. */
const CLOCK_SET_US = 1_704_067_200_000_000

const NOBODY = { tenant: "", sensor: "" }

export interface Refusal {
  readonly code: "wrong-subject" | "wrong-tenant" | "wrong-sensor" | "clock-ahead" | "sequence-ahead"
  readonly sentence: string
}

export interface Arrival {
  readonly subject: string
  /** When the server stored it, µs of its wall clock. */
  readonly heardUs: number
}

/** `greatest`: the greatest sequence applied of the batch's run, 0 before the first. */
export function refusalOf(batch: EventBatch, arrival: Arrival, greatest: number, aheadUs: number): Refusal | null {
  const { tenant, sensor, sequence } = batch.envelope
  const speaker = speakerOf(arrival.subject)
  const who = nameOf(arrival.subject)
  if (speaker === null) return { code: "wrong-subject", sentence: `${who} sent a batch: refused.` }
  if (speaker.tenant !== tenant)
    return { code: "wrong-tenant", sentence: `${who} sent a batch for another tenant: refused.` }
  if (speaker.sensor !== "" && speaker.sensor !== sensor)
    return { code: "wrong-sensor", sentence: `${who} sent a batch for another sensor: refused.` }
  if (sequence > greatest + SEQUENCE_JUMP_MAX) {
    const sentence = `${who} jumped ahead by more than ${SEQUENCE_JUMP_MAX} batches of a run: refused.`
    return { code: "sequence-ahead", sentence }
  }
  if (arrival.heardUs > CLOCK_SET_US && latestUs(batch) > arrival.heardUs + aheadUs) {
    const sentence = `${who} names times further ahead of the NATS server's clock than --sensor-ahead allows: refused. Set the clock of one or the other.`
    return { code: "clock-ahead", sentence }
  }
  return null
}

/** Whoever the server let publish there, in words of the server's configuration only: a sender that varies its words fills no log. */
export function nameOf(subject: string): string {
  const { tenant, sensor } = speakerOf(subject) ?? holderOf(subject) ?? NOBODY
  if (tenant === "") return "Somebody, on a subject that is no sensor's,"
  return sensor === "" ? `A credential of tenant ${tenant}` : `The credential of sensor ${sensor} (tenant ${tenant})`
}

/** The latest time that the batch names, µs. */
function latestUs({ envelope, events, tls }: EventBatch): number {
  let latest = envelope.watermarkUs
  for (let i = 0; i < events.length; i++) if (events[i]!.startUs > latest) latest = events[i]!.startUs
  for (const { startUs } of tls) if (startUs > latest) latest = startUs
  return latest
}
