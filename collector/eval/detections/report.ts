// Tables of an evaluation.
import { startOfDay } from "../../simulate/calendar.ts"
import { type Interval, wilson } from "./intervals.ts"
import { type JudgedCase, type Outcome, type Summary, summaryOf } from "./scores.ts"
import { TARGETS } from "./targets.ts"
import type { Trial } from "./trial.ts"

export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((row) => (row[k] ?? "").length)))
  return rows
    .map((row) =>
      row
        .map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}

const figure = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : "-")
export const withBounds = ({ value, low, high }: Interval, digits = 2): string =>
  `${figure(value, digits)} [${figure(low, digits)}, ${figure(high, digits)}]`

const HEAD = ["attack", "n", "recall", "named", "hours", "requests", "objects taken"]

function row(name: string, { attacks, recall, named, hours, requests, taken }: Summary): string[] {
  return [
    name,
    String(attacks),
    withBounds(recall),
    withBounds(named),
    withBounds(hours, 1),
    figure(requests, 0),
    withBounds(taken, 0),
  ]
}

function groups(outcomes: readonly Outcome[], keyOf: (outcome: Outcome) => string): [string, Outcome[]][] {
  const found = new Map<string, Outcome[]>()
  for (const outcome of outcomes) {
    const list = found.get(keyOf(outcome)) ?? []
    found.set(keyOf(outcome), list)
    list.push(outcome)
  }
  return [...found]
}

/** By kind; with `byIntensity` a line for each of its intensities below. */
export function outcomeTable(outcomes: readonly Outcome[], byIntensity: boolean): string {
  const rows = [HEAD]
  const variantOf = ({ attack: { label } }: Outcome): string =>
    label.variant === "plain" ? label.kind : `${label.kind} (${label.variant})`
  for (const [kind, ofKind] of groups(outcomes, variantOf)) {
    rows.push(row(kind, summaryOf(ofKind)))
    if (!byIntensity) continue
    const levels = groups(ofKind, ({ attack }) => String(attack.label.intensity))
    for (const [level, ofLevel] of levels.sort()) rows.push(row(`  ${level}`, summaryOf(ofLevel)))
  }
  rows.push(row("all", summaryOf(outcomes)))
  return table(rows)
}

export function targetTable(outcomes: readonly Outcome[]): string {
  const rows = [["target", "wanted", "n", "reached", ""]]
  for (const { sentence, wanted, isMeant, isInTime } of TARGETS) {
    const meant = outcomes.filter(isMeant)
    const hits = meant.filter((one) => one.shownUs !== null && isInTime(one)).length
    const share = wilson(hits, meant.length)
    rows.push([
      sentence,
      `>= ${wanted}`,
      String(meant.length),
      withBounds(share),
      meant.length === 0 ? "" : share.value >= wanted ? "yes" : "NO",
    ])
  }
  return table(rows)
}

const clock = (timeUs: number): string => new Date(timeUs / 1000).toISOString().slice(0, 16)

export function missLine({ attack: { label, archetype, seed, times } }: Outcome): string {
  return `missed  seed ${seed} ${label.id} ${label.kind} (${label.variant}, ${label.intensity}) partner ${label.partner} ${archetype}: ${times.length} exchanges, ${clock(times[0]!)} to ${clock(times.at(-1)!)}`
}

/** What happened to the partner around that time, so that a reader sees what was mistaken. */
function nearby({ world }: Trial, one: JudgedCase): string {
  return world.labels.specials
    .filter(
      ({ partner, fromDay }) =>
        (one.partners.includes(partner) || partner === -1) && Math.abs(startOfDay(fromDay) - one.openedUs) < 3 * 86.4e9,
    )
    .map(({ kind, fromDay }) => `${kind} on ${clock(startOfDay(fromDay)).slice(0, 10)}`)
    .join(", ")
}

export function falseLine(trial: Trial, one: JudgedCase): string {
  const actor = trial.actors.get(one.consumer)
  const whose =
    actor === undefined ? one.endpoint : `partner ${actor.partner} ${trial.world.partners[actor.partner]!.archetype}`
  const around = nearby(trial, one)
  return `false   seed ${trial.world.options.seed} ${one.lane} ${clock(one.openedUs)} ${whose}: ${one.evidence.map(({ detector }) => detector).join(", ")}: ${one.summary}${around === "" ? "" : ` [${around}]`}`
}
