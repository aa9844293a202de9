// What the sensor does not see: packets that were lost on the mirror, hours in which only one direction comes, and blindness.
//
// Loss is decided for each exchange by the number of its packets, as dropping them one by one would.
import { DAY_US, HOUR_US, startOfDay } from "./calendar.ts"
import { Draws } from "./draws.ts"
import type { Label } from "./labels.ts"

export const Sight = { whole: 0, bodyGap: 1, requestOnly: 2, responseOnly: 3, nothing: 4 } as const
export type Sight = (typeof Sight)[keyof typeof Sight]

export interface Window {
  readonly fromUs: number
  readonly untilUs: number
}

export interface ImpairmentFields {
  readonly seed: number
  /** Share of packets that are lost, 0 to 1. */
  readonly loss: number
  /** Hours in which only requests are seen, spread over the days. */
  readonly oneWayHours: number
  readonly days: number
}

const BLIND_HOURS = [0.5, 1, 2, 4, 12]
const SEGMENT_BYTES = 1460

export class Impairment {
  readonly oneWay: readonly Window[]
  readonly blind: readonly Window[]
  readonly loss: number
  readonly #draws: Draws

  constructor({ seed, loss, oneWayHours, days }: ImpairmentFields, attacks: readonly Label[]) {
    this.loss = loss
    this.#draws = Draws.of(seed, "loss")
    const draws = Draws.of(seed, "windows")
    this.oneWay = Array.from({ length: oneWayHours }, () =>
      windowAt(startOfDay(draws.integer(0, days - 1)) + draws.integer(6, 18) * HOUR_US, 1),
    )
    this.blind = attacks
      .filter(({ kind }) => kind === "sensor-blind")
      .map(({ fromDay, intensity }) =>
        windowAt(startOfDay(fromDay) + draws.next() * (DAY_US / 2), BLIND_HOURS[intensity - 1]!),
      )
  }

  isBlind(timeUs: number): boolean {
    return this.blind.length > 0 && isIn(this.blind, timeUs)
  }

  isOneWay(timeUs: number): boolean {
    return this.oneWay.length > 0 && isIn(this.oneWay, timeUs)
  }

  /** Whether one packet is lost. */
  loses(): boolean {
    return this.loss > 0 && this.#draws.next() < this.loss
  }

  of(timeUs: number, requestBytes: number, responseBytes: number): Sight {
    if (this.isBlind(timeUs)) return Sight.nothing
    if (this.isOneWay(timeUs)) return Sight.requestOnly
    if (this.loss === 0) return Sight.whole
    const isLost = (bytes: number): boolean =>
      this.#draws.next() < 1 - (1 - this.loss) ** Math.ceil(bytes / SEGMENT_BYTES)
    const [request, responseHead] = [isLost(300), isLost(200)]
    if (request) return responseHead ? Sight.nothing : Sight.responseOnly
    if (responseHead) return Sight.requestOnly
    return isLost(Math.max(0, requestBytes + responseBytes - 1000)) ? Sight.bodyGap : Sight.whole
  }
}

const windowAt = (fromUs: number, hours: number): Window => ({ fromUs, untilUs: fromUs + hours * HOUR_US })
const isIn = (windows: readonly Window[], timeUs: number): boolean =>
  windows.some(({ fromUs, untilUs }) => timeUs >= fromUs && timeUs < untilUs)
