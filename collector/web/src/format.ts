// Numbers and times for people: digits that align, units that fit, UTC throughout.

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 })
const compactForm = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 })

export const count = (value: number): string => whole.format(value)

/** Exact up to 99,999, then 123.4K, 1.2M. */
export const compact = (value: number): string => (Math.abs(value) < 100_000 ? count(value) : compactForm.format(value))

function threeDigits(value: number): string {
  if (value === 0) return "0"
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

export function bytes(value: number): string {
  if (value < 1000) return `${Math.round(value)} B`
  const units = ["kB", "MB", "GB", "TB", "PB"]
  let scaled = value / 1000
  let unit = 0
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000
    unit++
  }
  return `${threeDigits(scaled)} ${units[unit]}`
}

export function milliseconds(value: number): string {
  if (value < 1) return `${threeDigits(value * 1000)} µs`
  return value < 1000 ? `${threeDigits(value)} ms` : `${threeDigits(value / 1000)} s`
}

/** 0.123 -> "12.3 %"; never rounds a little to nothing or nearly all to all. */
export function percent(share: number): string {
  const value = share * 100
  if (value > 0 && value < 0.1) return "< 0.1 %"
  if (value < 100 && value > 99.9) return "> 99.9 %"
  return `${value === Math.round(value) ? value : value.toFixed(1)} %`
}

/** 0.00025 -> "0.025 %": three digits however small, for axes and what is read off them. */
export const fine = (share: number): string => (share === 0 ? "0" : `${Number((share * 100).toPrecision(3))} %`)

export const share = (part: number, all: number): number => (all === 0 ? 0 : part / all)

/** "2026-11-22 23:43". */
export function time(iso: string | null): string {
  return iso === null ? "never" : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`
}

/** How long between two times: "6 d 23 h". */
export function span(from: string | null, to: string | null): string {
  if (from === null || to === null) return "–"
  const minutes = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 60_000))
  if (minutes < 1) return "under a minute"
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** "gapBytes" -> "gap bytes". */
export const words = (name: string): string =>
  name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll(/[_.]/g, " ")

/** "bodies" -> "body", "batches" -> "batch", "times" -> "time". */
const singular = (unit: string): string =>
  unit
    .replace(/ies$/, "ys")
    .replace(/(ch|sh|ss|x)es$/, "$1s")
    .replace(/s$/, "")

export const quantity = (value: number, unit: string): string =>
  unit === "bytes"
    ? bytes(value)
    : unit === ""
      ? count(value)
      : `${count(value)} ${value === 1 ? singular(unit) : unit}`
