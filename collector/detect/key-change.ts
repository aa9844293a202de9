// The known false positives of everything about objects: a consumer's new key, which asks for what its former one was given until somebody
// (or the inventory) says that the two are one; and collections that are everybody's.
import type { Objects } from "../baseline/objects.ts"
import type { ConsumerSubject, Subjects } from "../baseline/subjects.ts"
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

/** `lows`: ids that it asked for (low 32 bits), a sample. Both doubts; each explains the finding or says why not. */
export function ownerDoubts(
  subjects: Subjects,
  objects: Objects,
  consumer: ConsumerSubject,
  lows: readonly number[],
  atUs: number,
): Doubt[] {
  const counts = new Map<number, number>()
  let shared = 0
  for (const low of lows) {
    const others = objects.othersGiven(consumer, low)
    if (others.length >= EVERYBODY) shared++
    for (const ordinal of others) counts.set(ordinal, (counts.get(ordinal) ?? 0) + 1)
  }
  return [
    {
      what: "shared catalogue",
      explains: lows.length > 0 && shared >= lows.length * SHARE_MIN,
      sentence: `${shared} of ${lows.length} of the ids were given to ${EVERYBODY} other consumers or more`,
    },
    keyChange(subjects, consumer, counts, lows.length, atUs),
  ]
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

/**
 * Explains when nearly all were given to one other consumer that was there before and fell silent within three days of this one's coming;
 * in those three days it may still be at work.
 */
function keyChange(
  subjects: Subjects,
  consumer: ConsumerSubject,
  counts: ReadonlyMap<number, number>,
  of: number,
  atUs: number,
): Doubt {
  const what = "key change"
  let most = 0
  for (const [ordinal, count] of counts) {
    most = Math.max(most, count)
    const former = subjects.consumers[ordinal]!
    if (former.id === "" || count < of * SHARE_MIN || former.firstUs >= consumer.firstUs) continue
    if (former.lastUs < consumer.firstUs - OVERLAP_US || former.lastUs > consumer.firstUs + OVERLAP_US) continue
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
