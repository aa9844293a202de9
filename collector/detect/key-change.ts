// The known false positive of everything about objects: a consumer's new key. It asks for what another consumer was given, and for nothing
// else, until somebody (or the inventory) says that the two are one.
import type { Objects } from "../baseline/objects.ts"
import type { ConsumerSubject, Subjects } from "../baseline/subjects.ts"
import type { Doubt } from "./finding.ts"

const HOUR_US = 3_600_000_000
const DAY_US = 24 * HOUR_US
/** Of the sampled ids, so many must have been given to the same one. */
const SHARE_MIN = 0.8
/** The former key may be used beside the new one for so long, µs. */
const OVERLAP_US = 3 * DAY_US

/**
 * `lows`: ids that it asked for (low 32 bits), a sample. Explains when nearly all of them were given to one other consumer, which
 * was there before and fell silent within three days of its coming.
 */
export function keyChangeDoubt(
  subjects: Subjects,
  objects: Objects,
  consumer: ConsumerSubject,
  lows: readonly number[],
  atUs: number,
): Doubt {
  const what = "key change"
  if (lows.length === 0) return { what, explains: false, sentence: "no ids were kept" }
  const counts = new Map<number, number>()
  for (const low of lows)
    for (const ordinal of objects.othersGiven(consumer, low)) counts.set(ordinal, (counts.get(ordinal) ?? 0) + 1)
  let former: ConsumerSubject | null = null
  let most = 0
  for (const [ordinal, count] of counts) {
    const other = subjects.consumers[ordinal]!
    if (other.id === "" || count < most) continue
    if (former !== null && count === most && other.lastUs >= former.lastUs) continue
    former = other
    most = count
  }
  const share = most / lows.length
  if (former === null || share < SHARE_MIN)
    return {
      what,
      explains: false,
      sentence: `of ${lows.length} of the ids no other consumer was given more than ${most}`,
    }
  const isSilent =
    Math.abs(former.lastUs - consumer.firstUs) < OVERLAP_US &&
    atUs - former.lastUs > HOUR_US &&
    former.firstUs < consumer.firstUs
  return {
    what,
    explains: isSilent,
    sentence: isSilent
      ? `${most} of ${lows.length} ids were given to one consumer that fell silent when it came`
      : `${most} of ${lows.length} ids were given to one other consumer, which is still at work`,
  }
}
