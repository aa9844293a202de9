// What is wanted, as the design states it, and whether it holds.
import type { Outcome } from "./scores.ts"

const HOUR_US = 3.6e9
const DAY_US = 24 * HOUR_US

export interface Target {
  readonly sentence: string
  readonly wanted: number
  /** Whether the attack is one that the target speaks of. */
  readonly isMeant: (outcome: Outcome) => boolean
  /** Whether it was shown soon enough. */
  readonly isInTime: (outcome: Outcome) => boolean
}

const of =
  (kind: string, intensities: readonly number[] = [1, 2, 3, 4, 5]) =>
  ({ attack: { label } }: Outcome): boolean =>
    label.kind === kind && label.variant === "plain" && intensities.includes(label.intensity)

export const TARGETS: readonly Target[] = [
  {
    sentence: "loud enumeration, within 200 requests",
    wanted: 0.99,
    isMeant: of("enumeration", [4, 5]),
    isInTime: ({ requests }) => requests <= 200,
  },
  {
    sentence: "key from elsewhere, within 10 requests",
    wanted: 0.95,
    isMeant: of("credential-elsewhere", [2, 3, 4, 5]),
    isInTime: ({ requests }) => requests <= 10,
  },
  {
    sentence: "ten unprovenanced ids a day or more, within 24 h",
    wanted: 0.9,
    isMeant: of("unprovenanced-ids", [2, 3, 4, 5]),
    isInTime: ({ delayUs }) => delayUs <= DAY_US,
  },
  {
    sentence: "scraping of 100 % more or above, within 3 days",
    wanted: 0.95,
    isMeant: of("scraping", [4, 5]),
    isInTime: ({ delayUs }) => delayUs <= 3 * DAY_US,
  },
  {
    sentence: "scraping of 30 % more, within 14 days",
    wanted: 0.85,
    isMeant: of("scraping", [2]),
    isInTime: ({ delayUs }) => delayUs <= 14 * DAY_US,
  },
  {
    sentence: "scraping of 10 % more, within 14 days",
    wanted: 0.4,
    isMeant: of("scraping", [1]),
    isInTime: ({ delayUs }) => delayUs <= 14 * DAY_US,
  },
  {
    sentence: "dormant key, within a minute",
    wanted: 1,
    isMeant: of("dormant-credential"),
    isInTime: ({ delayUs }) => delayUs <= 60e6,
  },
  {
    sentence: "sensitive new endpoint, within 5 minutes",
    wanted: 0.95,
    isMeant: of("new-endpoint"),
    isInTime: ({ delayUs }) => delayUs <= 300e6,
  },
  { sentence: "flow order", wanted: 0.9, isMeant: of("flow-order"), isInTime: () => true },
  {
    sentence: "attack in the learning window",
    wanted: 0.5,
    isMeant: ({ attack: { label } }) => label.variant === "learning",
    isInTime: () => true,
  },
]
