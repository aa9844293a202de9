// On which days a partner is there, and how much it does on them.
import { holidayFactor, isMonthEnd, weekday } from "./calendar.ts"
import type { Partner } from "./partner.ts"

const MONTH_END = { reporting: 2, "erp-sync": 1.5, "nightly-batch": 1.3, portal: 1.4 } as const
/** Days between the visits of a partner that is seldom there. */
const QUARTERLY_DAYS = 38
const VISIT_DAYS = 3

/** Business of this day against a usual working day. */
export function businessOf(partner: Partner, day: number): number {
  const { archetype, habits, growth } = partner
  const isWeekend = weekday(day) >= 5
  const monthEnd = isMonthEnd(day) ? (MONTH_END[archetype as keyof typeof MONTH_END] ?? 1.1) : 1
  const holiday = archetype === "monitor" ? 1 : holidayFactor(day)
  return (isWeekend ? habits.weekend : 1) * holiday * monthEnd * growth ** day
}

/** 0 on the day on which a partner that is seldom there comes. */
export const dayOfVisit = (partner: Partner, day: number): number => (day + partner.index) % QUARTERLY_DAYS

export const isThere = (partner: Partner, day: number): boolean => {
  if (day < partner.fromDay || day >= partner.untilDay) return false
  if (partner.archetype === "quarterly") return dayOfVisit(partner, day) < VISIT_DAYS
  if (partner.archetype === "reporting") return weekday(day) === partner.index % 5 || isMonthEnd(day)
  return true
}
