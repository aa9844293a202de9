// What the postures of a service's endpoints amount to: findings that are worth reading, few of them.
//
// In:  records of endpoints that changed. Out: their posture filled in, and findings auth.missing, auth.partial, auth.conflict and auth.weak.*, held or gone.
// One endpoint is one finding until FOLD_MIN of a service share it: then it is told once, for the service, until under UNFOLD_BELOW
// are left. Weak forms are always told once a service. Endpoints whose finding was dismissed are left out of what is told together.
// Where the specification says that no credential is needed, nobody is told that some have none. While the evidence of an endpoint says nothing (posture.ts), its finding stays what it was.
import type { EndpointRecord } from "../../store/records.ts"
import type { Findings } from "../findings.ts"
import { judgePosture, type PostureResult, percent, plural } from "../posture.ts"
import { isProtected, type Neighbours } from "./conflicts.ts"
import { WEAK_FORMS, WEAK_WORDS, type WeakForm } from "./weak-forms.ts"

const FOLD_MIN = 5
const UNFOLD_BELOW = 3
/** Endpoints named in a sentence. */
const NAMED_MAX = 3

const KINDS = ["auth.missing", "auth.partial", "auth.conflict"] as const
type Kind = (typeof KINDS)[number]

/** What is remembered of an endpoint: 300 bytes or so. */
interface Summary {
  readonly id: string
  readonly name: string
  readonly result: PostureResult
  /** Its specification says that no credential is needed: that some carry none is no finding then. */
  readonly isOpen: boolean
  /** Successes of the windows by weak form, and all of them. */
  readonly weak: Readonly<Record<string, number>>
  readonly recent: number
  readonly firstUs: number
  readonly lastUs: number
}

const openOf = ({ result }: Summary): number => result.successes - result.authenticated

function kindOf({ result, isOpen }: Summary): Kind | null {
  if (isOpen) return null
  if (result.posture === "missing") return "auth.missing"
  if (result.posture === "partial") return "auth.partial"
  return result.posture === "consistent" && result.authenticated < result.successes ? "auth.conflict" : null
}

export class PostureReview {
  readonly #findings: Findings
  readonly #services = new Map<string, Map<string, Summary>>()
  readonly #serviceOf = new Map<string, string>()

  constructor(findings: Findings, endpoints: readonly EndpointRecord[]) {
    this.#findings = findings
    for (const record of endpoints) this.#note(record)
  }

  /** `gone`: ids of endpoints that belong to others now. `name`: of a service by its id. */
  review(endpoints: readonly EndpointRecord[], gone: readonly string[], name: (service: string) => string): void {
    const touched = new Set<string>()
    for (const id of gone) {
      const service = this.#serviceOf.get(id)
      if (service === undefined) continue
      this.#services.get(service)?.delete(id)
      this.#serviceOf.delete(id)
      touched.add(service)
    }
    for (const record of endpoints) {
      this.#note(record)
      touched.add(record.service)
    }
    for (const service of touched) this.#reviewService(service, name(service))
  }

  /** Endpoints of a service by posture. */
  postures(service: string): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { result } of this.#services.get(service)?.values() ?? [])
      counts[result.posture] = (counts[result.posture] ?? 0) + 1
    return counts
  }

  #note(record: EndpointRecord): void {
    const { id, service, method, template, operation } = record
    const { windows } = record.auth
    const weak: Record<string, number> = {}
    let recent = 0
    for (const window of windows) {
      for (const [form, count] of Object.entries(window.weak)) weak[form] = (weak[form] ?? 0) + count
      for (const count of Object.values(window.schemes)) recent += count
    }
    const firstUs = windows.flatMap(({ open }) => open.map(({ atUs }) => atUs))[0] ?? record.firstSeenUs
    const name = `${method} ${template}${operation === "" ? "" : ` (${operation})`}`
    const result = judgePosture(record)
    record.posture = result.posture
    const isOpen = record.isOpenBySpecification === true
    const summary = { id, name, result, isOpen, weak, recent, firstUs, lastUs: record.lastSeenUs }
    let ofService = this.#services.get(service)
    if (ofService === undefined) {
      ofService = new Map()
      this.#services.set(service, ofService)
    }
    ofService.set(id, summary)
    this.#serviceOf.set(id, service)
  }

  #reviewService(service: string, name: string): void {
    const summaries = [...(this.#services.get(service)?.values() ?? [])]
    const nowUs = summaries.reduce((latest, { lastUs }) => Math.max(latest, lastUs), 0)
    const sharing = new Map<Kind, Summary[]>(KINDS.map((kind) => [kind, []]))
    for (const summary of summaries) {
      const kind = kindOf(summary)
      if (kind !== null) sharing.get(kind)!.push(summary)
    }
    for (const [kind, those] of sharing) this.#tell(kind, service, name, those, summaries, nowUs)
    for (const form of WEAK_FORMS) this.#tellWeak(form, service, name, summaries, nowUs)
  }

  #tell(
    kind: Kind,
    service: string,
    name: string,
    those: readonly Summary[],
    all: readonly Summary[],
    nowUs: number,
  ): void {
    const findings = this.#findings
    const open = those.filter(({ id }) => findings.of(kind, id)?.state !== "dismissed")
    const whole = findings.of(kind, service)
    const isFolded = whole !== null && whole.goneUs === 0
    const folds = open.length >= FOLD_MIN || (isFolded && open.length >= UNFOLD_BELOW)
    const holding = new Set<string>()
    if (folds) {
      findings.hold(kind, service, { service, ...together(kind, name, open, all) })
      holding.add(service)
    }
    for (const summary of folds ? those.filter((one) => !open.includes(one)) : those) {
      findings.hold(kind, summary.id, { service, endpoint: summary.id, ...alone(kind, name, summary, all) })
      holding.add(summary.id)
    }
    const undecided = new Set(all.filter(isUndecided).map(({ id }) => id))
    for (const finding of findings.ofService(service)) {
      const { subject } = finding
      if (finding.kind !== kind || finding.goneUs > 0 || holding.has(subject)) continue
      if (!folds && undecided.has(subject)) continue
      findings.gone(kind, subject, nowUs, whyGone(subject, service, folds, all))
    }
  }

  #tellWeak(form: WeakForm, service: string, name: string, all: readonly Summary[], nowUs: number): void {
    const kind = `auth.weak.${form}`
    const those = all.filter(({ weak }) => (weak[form] ?? 0) > 0)
    if (those.length === 0) {
      this.#findings.gone(kind, service, nowUs, "No success of the last two windows of 30 days showed it.")
      return
    }
    those.sort((a, b) => b.weak[form]! - a.weak[form]! || (a.name < b.name ? -1 : 1))
    const count = those.reduce((sum, { weak }) => sum + weak[form]!, 0)
    const of = those.reduce((sum, { recent }) => sum + recent, 0)
    const at = those.map((one) => `${one.name} (${one.weak[form]})`)
    const sentence = `${count} of ${plural(of, "successful exchange")} at ${plural(those.length, "endpoint")} of ${name} ${WEAK_WORDS[form]}: ${listed(at)}.`
    const endpoint = those.length === 1 ? those[0]!.id : ""
    this.#findings.hold(kind, service, { service, endpoint, count, sentence, ...times(those) })
  }
}

/** Nothing is concluded of it now, which is no reason to take back what was. */
function isUndecided({ result, isOpen }: Summary): boolean {
  return !isOpen && result.withheld !== "" && result.withheld !== "exempt"
}

function times(those: readonly Summary[]): { firstUs: number; lastUs: number } {
  const firstUs = Math.min(...those.map((one) => one.firstUs))
  return { firstUs, lastUs: those.reduce((latest, { lastUs }) => Math.max(latest, lastUs), 0) }
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED_MAX
  return more <= 0 ? names.join(", ") : `${names.slice(0, NAMED_MAX).join(", ")} and ${more} more`
}

/** The other endpoints of the service, those left out of which nothing is known. */
function neighboursOf(summary: Summary, all: readonly Summary[]): Neighbours {
  let [endpoints, successes, authenticated] = [0, 0, 0]
  for (const { id, result } of all) {
    if (id === summary.id || result.withheld !== "") continue
    endpoints++
    successes += result.successes
    authenticated += result.authenticated
  }
  return { endpoints, successes, authenticated, methods: {} }
}

type Told = { readonly sentence: string; readonly count: number; readonly firstUs: number; readonly lastUs: number }

function alone(kind: Kind, service: string, summary: Summary, all: readonly Summary[]): Told {
  const { result, name } = summary
  const open = openOf(summary)
  const neighbours = neighboursOf(summary, all)
  const others = isProtected(neighbours)
    ? ` At the other endpoints of the service ${percent(neighbours.authenticated, neighbours.successes)} of ${neighbours.successes} did.`
    : ""
  const seen = plural(result.successes, "successful exchange")
  const sentence = {
    "auth.missing": `${name} at ${service} lets everybody in: none of ${seen} carried a credential.${others}`,
    "auth.partial": `${name} at ${service} lets some in without a credential: ${open} of ${seen} (${percent(open, result.successes)}) carried none.${others}`,
    "auth.conflict": `${name} at ${service} asks for a credential, and ${open} of ${seen} (${percent(open, result.successes)}) carried none.`,
  }[kind]
  return { sentence, count: open, ...times([summary]) }
}

function together(kind: Kind, service: string, those: readonly Summary[], all: readonly Summary[]): Told {
  const open = those.reduce((sum, one) => sum + openOf(one), 0)
  const busiest = [...those].sort((a, b) => openOf(b) - openOf(a) || (a.name < b.name ? -1 : 1))
  const names = listed(busiest.map((one) => `${one.name} (${openOf(one)})`))
  const judged = all.filter(({ result }) => result.withheld === "").length
  const what = {
    "auth.missing": those.length === judged ? "let everybody in, all that are known well enough" : "let everybody in",
    "auth.partial": "let some in without a credential",
    "auth.conflict": "ask for a credential and let some in without",
  }[kind]
  const sentence = `${those.length} of ${judged} endpoints of ${service} ${what}; successes without a credential: ${names}.`
  return { sentence, count: open, ...times(those) }
}

function whyGone(subject: string, service: string, folds: boolean, all: readonly Summary[]): string {
  if (subject === service) return "Fewer of its endpoints show it now; each is told by itself."
  const summary = all.find(({ id }) => id === subject)
  if (summary === undefined) return "Its endpoint belongs to another one now."
  if (summary.isOpen) return "Its specification says that no credential is needed."
  return folds && kindOf(summary) !== null ? "It is told together with others of its service." : summary.result.why
}
