// Chances of a count where there is no history of one's own: what others do, compared in logarithms.
//
// Levels of consumers spread over orders of magnitude: ln(1 + count) of the peers has a mean and a deviation, and the chance is Student's
// tail. A guess stands in for missing peers and counts as four of them.
import { lnStudentTail } from "./negative-binomial.ts"

export interface Guess {
  /** Usual count a day, and its deviation in logarithms. */
  readonly mean: number
  readonly deviation: number
}

const GUESS_WEIGHT = 4
/** Days vary, too: added to the deviation between peers. */
const DAY_DEVIATION = 0.6

/** ln P(count or more), given the usual daily counts of peers, `peers[0..n)`. */
export function lnPeersTail(count: number, peers: ArrayLike<number>, n: number, guess: Guess): number {
  const guessed = Math.log1p(guess.mean)
  let sum = GUESS_WEIGHT * guessed
  for (let i = 0; i < n; i++) sum += Math.log1p(peers[i]!)
  const mean = sum / (n + GUESS_WEIGHT)
  let squares = GUESS_WEIGHT * (guess.deviation ** 2 + (guessed - mean) ** 2)
  for (let i = 0; i < n; i++) squares += (Math.log1p(peers[i]!) - mean) ** 2
  const freedom = n + GUESS_WEIGHT
  const variance = (squares / freedom) * (1 + 1 / freedom) + DAY_DEVIATION ** 2
  return lnStudentTail((Math.log1p(count) - mean) / Math.sqrt(variance), freedom)
}
