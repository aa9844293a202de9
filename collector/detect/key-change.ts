// The known false positives of everything about objects: a consumer's new key, which asks for what its former one was given until somebody
// (or the inventory) says that the two are one; and collections that are everybody's.
import type { Objects } from "../baseline/objects.ts"
import type { ConsumerSubject, EndpointSubject, Subjects } from "../baseline/subjects.ts"
import type { Doubt, FindingSample } from "./finding.ts"

const HOUR_US = 3_600_000_000
const DAY_US = 24 * HOUR_US
/** Of the sampled ids, so many must have been given to the same one, or to many. */
const SHARE_MIN = 0.8
/** The former key may be used beside the new one for so long, µs. */
const OVERLAP_US = 3 * DAY_US
/** Ids of a day that a re-sync has at least; of the sampled ones, so many may be known to others. */
const RESYNC_IDS = 15
const RESYNC_KNOWN = 1
/** Given to so many others, an id is nobody's. */
const EVERYBODY = 3
/** A consumer is new for so long, µs: what it does may be the work of another key, or may come to it by a way of its own. */
const NEW_US = 7 * DAY_US
/** Of a new consumer's sampled ids, so many may be in the hands of others that go on, or refused: what a webhook tells may be gone already. */
const STRANGE_SHARE = 0.3

/** What was asked for: ids (low 32 bits) of one kind, a sample. */
export interface Asked {
  readonly consumer: ConsumerSubject
  readonly endpoint: EndpointSubject
  readonly lows: readonly number[]
  readonly samples: readonly FindingSample[]
  readonly atUs: number
  /** Most ids that it ever asked for there were given to it by no answer: a webhook, a queue, a file tell it. */
  readonly isToldElsewhere: boolean
  /** Others, known for long, ask there for ids that no answer gave them: it is a way of working. */
  readonly hasLikePeers: boolean
}

/** Both doubts; each explains the finding or says why not. */
export function ownerDoubts(subjects: Subjects, objects: Objects, asked: Asked): Doubt[] {
  const { consumer, lows } = asked
  const holders = lows.map((low) => holdersOf(objects, asked, low))
  const shared = holders.filter(({ length }) => length >= EVERYBODY).length
  return [
    {
      what: "shared catalogue",
      explains: lows.length > 0 && shared >= lows.length * SHARE_MIN,
      sentence: `${shared} of ${lows.length} of the ids were given to ${EVERYBODY} other consumers or more`,
    },
    asked.atUs - consumer.firstUs < NEW_US
      ? newConsumer(subjects, asked, holders)
      : keyChange(subjects, asked, holders),
  ]
}

/** Ordinals of the others that were given the id, or that use it. */
function holdersOf(objects: Objects, { consumer, endpoint }: Asked, low: number): number[] {
  const holders = objects.othersGiven(consumer, low)
  const owner = objects.otherOwner(consumer, endpoint, low)
  return owner < 0 || holders.includes(owner) ? holders : [...holders, owner]
}

/**
 * A partner that reads all that it has once more asks for objects older than what was seen here: they were given to nobody since, and none
 * of them is refused. Who guesses meets what is others', and what is not there. `ids`: of the day.
 */
export function resyncDoubt(
  objects: Objects,
  consumer: ConsumerSubject,
  lows: readonly number[],
  samples: readonly FindingSample[],
  ids: number,
): Doubt {
  const known = lows.filter((low) => objects.othersGiven(consumer, low).length > 0).length
  const refused = samples.filter(({ status }) => status >= 400).length
  return {
    what: "re-sync of old objects",
    explains: ids >= RESYNC_IDS && known <= RESYNC_KNOWN && refused === 0,
    sentence: `of ${lows.length} of the ids ${known} were given to others, and ${refused} were refused`,
  }
}

/** Whether `ordinal` was there before the consumer and fell silent within three days of its coming; in those it may still be at work. */
function isFormer(subjects: Subjects, consumer: ConsumerSubject, ordinal: number): boolean {
  const former = subjects.consumers[ordinal]!
  if (former.id === "" || former.firstUs >= consumer.firstUs) return false
  return former.lastUs >= consumer.firstUs - OVERLAP_US && former.lastUs <= consumer.firstUs + OVERLAP_US
}

/**
 * A new consumer is a known one's new key until the contrary is shown: that its ids are in the hands of others that go on. What is in
 * nobody's hands speaks against one only that asks for what answers gave it.
 */
function newConsumer(subjects: Subjects, asked: Asked, holders: readonly (readonly number[])[]): Doubt {
  const { consumer, samples, isToldElsewhere, hasLikePeers } = asked
  // One former key only: in the first days of a new one all others still look as if they might fall silent.
  const counts = new Map<number, number>()
  for (const ordinal of holders.flat())
    if (isFormer(subjects, consumer, ordinal)) counts.set(ordinal, (counts.get(ordinal) ?? 0) + 1)
  const formers = Math.max(0, ...counts.values())
  const unknown = holders.filter(({ length }) => length === 0).length
  const refused = samples.filter(({ status }) => status >= 400).length
  const others = holders.length - formers - unknown
  // Among those that are told by webhooks what was told to another one, too, is no secret.
  const strange = (isToldElsewhere && hasLikePeers ? 0 : others) + (isToldElsewhere ? 0 : unknown) + refused
  const explains = strange <= holders.length * STRANGE_SHARE && (formers > 0 || isToldElsewhere)
  return {
    what: "key change",
    explains,
    sentence:
      `it has been known for less than ${NEW_US / DAY_US} days; of ${holders.length} ids ${formers} were given to one that fell silent ` +
      `when it came, ${unknown} to nobody, and ${refused} were refused`,
  }
}

/** Later, nearly all must have been given to one former key. */
function keyChange(subjects: Subjects, { consumer, atUs }: Asked, holders: readonly (readonly number[])[]): Doubt {
  const what = "key change"
  const of = holders.length
  const counts = new Map<number, number>()
  for (const ordinal of holders.flat()) counts.set(ordinal, (counts.get(ordinal) ?? 0) + 1)
  let most = 0
  for (const [ordinal, count] of counts) {
    most = Math.max(most, count)
    if (count < of * SHARE_MIN || !isFormer(subjects, consumer, ordinal)) continue
    return {
      what,
      explains: true,
      sentence: `${count} of ${of} ids were given to one consumer that was there before it and was not seen later than three days after it came`,
    }
  }
  const days = Math.floor((atUs - consumer.firstUs) / DAY_US)
  return {
    what,
    explains: false,
    sentence: `it has been known for ${days} days, and no consumer that fell silent when it came was given more than a few of the ids (${most} of ${of} the most of all others)`,
  }
}
