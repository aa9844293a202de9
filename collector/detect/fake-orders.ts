// Test support: partners of an API of orders in a lab, who list what is new and read it, day after day.
import { Lab } from "../analysis/fake-lab.ts"
import type { DetectorKind } from "./detectors.ts"

const DAY_US = 86_400_000_000
const HOUR_US = 3_600_000_000
export const LIST = "GET /v1/orders"
export const ONE = "GET /v1/orders/{int}"
export const CONFIRM = "POST /v1/orders/{int}/confirm"
export const SHIP = "POST /v1/orders/{int}/ship"

export interface Habit {
  /** Orders a day. */
  readonly perDay: number
  /** Every so many-th is not in the list: its id came by mail. 0: none. */
  readonly mailed?: number
  /** Confirms and ships each order. */
  readonly ships?: boolean
}

/** Orders are numbered over all partners in the order in which they come, so that neighbours belong to different ones. */
export class OrdersLab extends Lab {
  #last = 10_000
  readonly own = new Map<string, number[]>()

  constructor(kinds: readonly DetectorKind[]) {
    super(kinds)
  }

  /** `days` of work of all partners, partner after partner, from 8 o'clock. */
  work(days: number, habits: Readonly<Record<string, Habit>>): void {
    for (let day = 0; day < days; day++) {
      const startUs = (Math.floor(this.nowUs / DAY_US) + 1) * DAY_US
      const orders = new Map(Object.keys(habits).map((name) => [name, [] as number[]]))
      const most = Math.max(...Object.values(habits).map(({ perDay }) => perDay))
      for (let k = 0; k < most; k++)
        for (const [name, { perDay }] of Object.entries(habits)) if (k < perDay) orders.get(name)!.push(this.#last++)
      Object.entries(habits).forEach(([name, habit], i) => {
        this.nowUs = startUs + (8 + i) * HOUR_US
        this.#day(name, habit, orders.get(name)!)
      })
    }
  }

  /** Moves on to the hour of the next day. */
  nextDay(hour: number): void {
    this.nowUs = (Math.floor(this.nowUs / DAY_US) + 1) * DAY_US + hour * HOUR_US
  }

  #day(consumer: string, { mailed = 0, ships = false }: Habit, orders: readonly number[]): void {
    const own = this.own.get(consumer) ?? []
    this.own.set(consumer, own)
    const returned = orders.filter((_, k) => mailed === 0 || k % mailed !== 0)
    this.send({ consumer, operation: LIST, returned, returnedTotal: returned.length })
    for (const order of orders) {
      own.push(order)
      this.read(consumer, order)
      if (!ships) continue
      for (const operation of [CONFIRM, SHIP]) this.send({ consumer, operation, objects: [order], returnedTotal: 0 })
    }
  }

  #lastRead = new Map<string, number>()

  read(consumer: string, order: number, status = 200): void {
    const distance = order - (this.#lastRead.get(consumer) ?? order)
    this.#lastRead.set(consumer, order)
    const step = distance === 0 ? 0 : Math.sign(distance) * (1 + Math.floor(Math.log2(Math.abs(distance))))
    const given = status === 200 ? { returned: [order], returnedTotal: 1 } : { returnedTotal: 0 }
    this.send({ consumer, operation: ONE, objects: [order], status, step, ...given })
  }
}
