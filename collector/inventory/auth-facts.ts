// How the successful exchanges of an endpoint were authenticated: what its posture is concluded from.
//
// In:  exchanges in any order. Out: two windows of 30 days of event time, the newest that has any success and the one before it, and
// weak forms over all time. The order of exchanges does not matter, nor how they were spread over routes that are merged later:
// windows begin at multiples of 30 days, and the samples kept are the earliest of their window.
// Only successes count (answer.ts): what was refused shows what the endpoint asks for, not what it lets pass. A success without a
// credential whose head could not be read whole (HTTP/2 joined late) is `unseen`, because the credential may have been there.
import { type ApiEvent, HeadPart } from "../../shared/event/api-event.ts"
import type { AuthRecord, AuthWindow, OpenSample } from "../store/records.ts"
import { answerOf, isProof } from "./answer.ts"
import { BoundedCounts } from "./bounded-counts.ts"
import { LOSSY_FLAGS } from "./lossy.ts"
import { DAY_US, windowStart } from "./pair-counts.ts"
import { WEAK_FORMS, weakForms } from "./posture/weak-forms.ts"

export const NO_AUTH: AuthRecord = { windows: [], weak: {} }
export const AUTH_WINDOW_US = 30 * DAY_US
const WINDOWS_MAX = 2
/** Schemes that a window tells apart: the sensor knows eleven. What is beyond is counted as "other". */
const SCHEMES_MAX = 16
const SAMPLES_MAX = 3

class Window {
  readonly startUs: number
  readonly #schemes: BoundedCounts<string>
  /** Of schemes that found no place. */
  #other: number
  readonly weak: number[]
  #lossy: number
  #unseen: number
  #open: OpenSample[]

  constructor(startUs: number, record?: AuthWindow) {
    this.startUs = startUs
    const { other = 0, ...schemes } = record?.schemes ?? {}
    this.#schemes = BoundedCounts.ofTexts(SCHEMES_MAX, schemes)
    this.#other = other
    this.weak = WEAK_FORMS.map((form) => record?.weak[form] ?? 0)
    this.#lossy = record?.lossy ?? 0
    this.#unseen = record?.unseen ?? 0
    this.#open = [...(record?.open ?? [])]
  }

  /** Exchanges with a credential. */
  add({ scheme, forms, isLossy }: Shown, times: number): void {
    this.#add(scheme, times)
    addForms(this.weak, forms, times)
    if (isLossy) this.#lossy += times
  }

  /** One without a credential. */
  count(event: ApiEvent): void {
    if ((event.unknown & HeadPart.fields) !== 0) {
      this.#unseen++
      return
    }
    this.#add("none", 1)
    if ((event.flags & LOSSY_FLAGS) !== 0) this.#lossy++
    this.#sample(event)
  }

  merge(other: Window): void {
    for (const [scheme, count] of Object.entries(other.#schemes.record())) this.#add(scheme, count)
    this.#other += other.#other
    other.weak.forEach((count, i) => {
      this.weak[i]! += count
    })
    this.#lossy += other.#lossy
    this.#unseen += other.#unseen
    this.#open = [...this.#open, ...other.#open].sort(earlier).slice(0, SAMPLES_MAX)
  }

  record(): AuthWindow {
    return {
      startUs: this.startUs,
      schemes: this.#other === 0 ? this.#schemes.record() : { ...this.#schemes.record(), other: this.#other },
      weak: formCounts(this.weak),
      lossy: this.#lossy,
      unseen: this.#unseen,
      open: [...this.#open],
    }
  }

  #add(scheme: string, count: number): void {
    if (!this.#schemes.add(scheme, count)) this.#other += count
  }

  #sample(event: ApiEvent): void {
    const last = this.#open.at(SAMPLES_MAX - 1)
    if (last !== undefined && event.startUs > last.atUs) return
    this.#open = [...this.#open, sampleOf(event)].sort(earlier).slice(0, SAMPLES_MAX)
  }
}

/** What the credential of an exchange is counted by. */
interface Shown {
  readonly scheme: string
  /** weak-forms.ts */
  readonly forms: number
  readonly isLossy: boolean
}

export class AuthFacts {
  /** Oldest first, at most WINDOWS_MAX, neighbours. */
  #windows: Window[]
  #newest: Window | null
  readonly #weak: number[]
  /** What the last exchange with a credential showed, and how many like it in the newest window were not counted yet. */
  #last: Shown | null = null
  #times = 0

  constructor(record: AuthRecord = NO_AUTH) {
    this.#windows = record.windows.map((window) => new Window(window.startUs, window))
    this.#newest = this.#windows.at(-1) ?? null
    this.#weak = WEAK_FORMS.map((form) => record.weak[form] ?? 0)
  }

  count(event: ApiEvent): void {
    if (!isProof(answerOf(event))) return
    const { scheme } = event.identity
    if (scheme === "none") {
      this.#windowAt(event.startUs)?.count(event)
      return
    }
    const forms = weakForms(event.identity, event.server)
    const isLossy = (event.flags & LOSSY_FLAGS) !== 0
    const last = this.#last
    const isLike = last !== null && last.forms === forms && last.isLossy === isLossy && last.scheme === scheme
    if (isLike && isIn(this.#newest, event.startUs)) {
      this.#times++
      return
    }
    this.#addTimes()
    const shown = { scheme, forms, isLossy }
    const window = this.#windowAt(event.startUs)
    window?.add(shown, 1)
    addForms(this.#weak, forms, 1)
    this.#last = shown
  }

  /** Those that were like the last one. */
  #addTimes(): void {
    if (this.#times === 0) return
    const { forms } = this.#last!
    this.#newest!.add(this.#last!, this.#times)
    addForms(this.#weak, forms, this.#times)
    this.#times = 0
  }

  /** Adds what another route counted. */
  merge(other: AuthFacts): void {
    this.#addTimes()
    other.#addTimes()
    for (const window of other.#windows) this.#windowAt(window.startUs)?.merge(window)
    other.#weak.forEach((count, i) => {
      this.#weak[i]! += count
    })
  }

  record(): AuthRecord {
    this.#addTimes()
    return { windows: this.#windows.map((window) => window.record()), weak: formCounts(this.#weak) }
  }

  /** Null when the time lies before both windows. */
  #windowAt(timeUs: number): Window | null {
    const newest = this.#newest
    if (isIn(newest, timeUs)) return newest
    return this.#otherWindowAt(timeUs)
  }

  #otherWindowAt(timeUs: number): Window | null {
    this.#addTimes()
    const newest = this.#newest
    const startUs = windowStart(timeUs, AUTH_WINDOW_US)
    const known = this.#windows.find((window) => window.startUs === startUs)
    if (known !== undefined) return known
    const oldestUs = Math.max(startUs, newest?.startUs ?? startUs) - (WINDOWS_MAX - 1) * AUTH_WINDOW_US
    if (startUs < oldestUs) return null
    const window = new Window(startUs)
    this.#windows = [...this.#windows, window]
      .filter((one) => one.startUs >= oldestUs)
      .sort((a, b) => a.startUs - b.startUs)
    this.#newest = this.#windows.at(-1)!
    return window
  }
}

function isIn(window: Window | null, timeUs: number): boolean {
  return window !== null && timeUs >= window.startUs && timeUs < window.startUs + AUTH_WINDOW_US
}

function addForms(counts: number[], forms: number, times: number): void {
  for (let i = 0, left = forms; left !== 0; i++, left >>>= 1) if ((left & 1) !== 0) counts[i]! += times
}

function formCounts(counts: readonly number[]): Record<string, number> {
  const record: Record<string, number> = {}
  for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) record[WEAK_FORMS[i]!] = counts[i]!
  return record
}

function sampleOf({ startUs, operation, status, client, exchangeKey }: ApiEvent): OpenSample {
  const exchange = exchangeKey === 0 ? "" : exchangeKey.toString(16).padStart(12, "0")
  return { atUs: startUs, path: operation.path, status, client: client.address, exchange }
}

/** By time; what is left decides for equals, so that the order in which they came does not. */
function earlier(a: OpenSample, b: OpenSample): number {
  if (a.atUs !== b.atUs) return a.atUs - b.atUs
  return `${a.exchange} ${a.client} ${a.path}` < `${b.exchange} ${b.client} ${b.path}` ? -1 : 1
}
