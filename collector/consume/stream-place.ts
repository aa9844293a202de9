// How far a stream was taken, as the store remembers it: what the server remembers says nothing of a store that is older than it.
//
// In:  the place in the store, the stream and the acknowledgements as the server has them. Out: where to go on.
//
//   stream          first . . . . . . . . . . . . . . last
//   store       taken |           the backup                  first > taken + 1: what lies between is gone
//   server                        floor |  acknowledged       floor > taken: taken again from there on
//
// What is taken again and was in the store is known by its position (positions.ts). Messages are applied nearly in the order of the stream:
// those that the server had not had acknowledged may lie before `taken`, so it is gone back by so many.
import type { StreamPlace } from "../store/records.ts"

export interface StreamState {
  /** When the stream was made, as the server says it: another one has other sequences. */
  readonly created: string
  readonly first: number
}

export interface Plan {
  /** Sequence from which the consumer has to be made anew; null: it goes on as the server has it. */
  readonly startAt: number | null
  /** Messages that were acknowledged, are not in the store, and are taken again. */
  readonly again: number
  /** Messages that are in neither. */
  readonly gone: number
  readonly place: StreamPlace
}

/**
 * `place`: null where the store does not say. `floor`: greatest sequence up to which all is acknowledged; null: the server has no such
 * consumer. `back`: see above.
 */
export function planOf(
  durable: string,
  place: StreamPlace | null,
  stream: StreamState,
  floor: number | null,
  back: number,
): Plan {
  // A stream that never had a message begins at 0.
  const before = Math.max(0, stream.first - 1)
  const counted = { gone: place?.gone ?? 0, again: place?.again ?? 0 }
  const at = (sequence: number): StreamPlace => ({ durable, created: stream.created, sequence, ...counted })
  if (place === null || place.created !== stream.created) {
    // Acknowledged to another store, or to this one before it kept its place: all that there is.
    const again = Math.max(0, (floor ?? 0) - before)
    if (again === 0) return { startAt: null, again, gone: 0, place: at(Math.max(floor ?? 0, before)) }
    const counts = { again: counted.again + again }
    return { startAt: stream.first, again, gone: 0, place: { ...at(before), ...counts } }
  }
  const gone = Math.max(0, before - place.sequence)
  const taken = Math.max(place.sequence, before)
  const again = Math.max(0, (floor ?? 0) - taken)
  const startAt = again > 0 || floor === null ? Math.max(1, taken + 1 - back) : null
  const counts = { gone: counted.gone + gone, again: counted.again + again }
  return { startAt, again, gone, place: { ...at(taken), ...counts } }
}

/** What people are told of a plan; "" for nothing. */
export function sentenceOf({ again, gone }: Plan, stream: string): string {
  const sentences: string[] = []
  if (again > 0)
    sentences.push(
      `The store does not hold all that was acknowledged to ${stream}, as after the restore of a backup: ${messages(again)} taken again.`,
    )
  if (gone > 0) sentences.push(`${messages(gone)} no longer in ${stream} and cannot be had back.`)
  return sentences.join(" ")
}

const messages = (count: number): string => (count === 1 ? "1 message is" : `${count} messages are`)

/** The places of all consumers of a store. */
export class StreamPlaces {
  readonly #places = new Map<string, StreamPlace>()
  readonly #dirty = new Set<string>()

  constructor(stored: readonly StreamPlace[]) {
    for (const place of stored) this.#places.set(place.durable, place)
  }

  of(durable: string): StreamPlace | null {
    return this.#places.get(durable) ?? null
  }

  put(place: StreamPlace): void {
    this.#places.set(place.durable, place)
    this.#dirty.add(place.durable)
  }

  /** A message was applied, found to be a duplicate, or refused. */
  note(durable: string, sequence: number): void {
    const place = this.#places.get(durable)
    if (place !== undefined && sequence > place.sequence) this.put({ ...place, sequence })
  }

  /** Those that changed since the last call, for the next checkpoint. */
  take(): StreamPlace[] {
    const places = [...this.#dirty].map((durable) => this.#places.get(durable)!)
    this.#dirty.clear()
    return places
  }
}
