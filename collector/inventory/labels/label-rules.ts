// Rules that give services an owner and labels: which fit, and whether they make sense.
//
// In:  rules in their order, those by hand before those of the file; the record of a service. Out: its owner and labels by rule.
// The first rule that fits and names an owner decides the owner, the first that fits and has labels the labels. Patterns know "*" only,
// so that fitting takes time in proportion to the text whatever a rule says. A place fits a rule when network and CIDR fit the same one.
import { BlockList, isIP } from "node:net"
import { matchesGlob } from "../../consumer/glob.ts"
import type { LabelRuleRecord } from "../../store/documents.ts"
import type { ListenerRecord, ServiceRecord } from "../../store/records.ts"
import { EditError, type LabelRuleFields } from "../edits.ts"

const PATTERN_MAX = 256
export const OWNER_MAX = 200
export const LABEL_MAX = 64
export const LABELS_MAX = 32

const FIELDS = ["authority", "zone", "network", "cidr"] as const
export type Labelled = Pick<ServiceRecord, "authority" | "zone" | "listeners">

/** `isLast`: no rule comes after it. Why the rule makes no sense: the field at fault and a sentence; null when it does. */
export function ruleMistake(
  rule: LabelRuleFields,
  isLast = false,
): { readonly field: string; readonly sentence: string } | null {
  for (const field of FIELDS)
    if ((rule[field] ?? "").length > PATTERN_MAX)
      return { field, sentence: `"${field}" has at most ${PATTERN_MAX} characters.` }
  const cidr = rule.cidr ?? ""
  if (cidr !== "" && parseCidr(cidr) === null)
    return { field: "cidr", sentence: `"${cidr}" is no network such as 10.20.0.0/16 or 2001:db8::/32.` }
  if ((rule.owner ?? "") === "" && (rule.labels ?? []).length === 0)
    return { field: "owner", sentence: "A rule gives an owner, or labels, or both." }
  return ownerMistake(rule.owner ?? "") ?? labelsMistake(rule.labels ?? []) ?? breadthMistake(rule, isLast)
}

/** What comes after a rule that fits everything would never be reached. */
function breadthMistake(rule: LabelRuleFields, isLast: boolean): { field: string; sentence: string } | null {
  const fits = FIELDS.filter((field) => (rule[field] ?? "") !== "")
  if (fits.length === 0)
    return {
      field: "authority",
      sentence:
        'The rule fits every service: give it authority, zone, network or cidr, or, as the last one, authority "*".',
    }
  if (!isLast && fits.every((field) => /^\*+$/.test(rule[field]!)))
    return { field: fits[0]!, sentence: "The rule fits every service, so that it must be the last one." }
  return null
}

export function ownerMistake(owner: string): { readonly field: string; readonly sentence: string } | null {
  return owner.length > OWNER_MAX ? { field: "owner", sentence: `An owner has at most ${OWNER_MAX} characters.` } : null
}

export function labelsMistake(labels: readonly string[]): { readonly field: string; readonly sentence: string } | null {
  if (labels.length > LABELS_MAX) return { field: "labels", sentence: `There are at most ${LABELS_MAX} labels.` }
  const wrong = labels.find((label) => label.trim() === "" || label.length > LABEL_MAX)
  return wrong === undefined
    ? null
    : { field: "labels", sentence: `A label has 1 to ${LABEL_MAX} characters, "${wrong.slice(0, LABEL_MAX)}" has not.` }
}

/** Throws an EditError at `place` when there is a mistake. */
export function refuse(mistake: { readonly field: string; readonly sentence: string } | null, place = ""): void {
  if (mistake !== null)
    throw new EditError("invalid", mistake.sentence, place === "" ? mistake.field : `${place}.${mistake.field}`)
}

interface Rule {
  readonly record: LabelRuleRecord
  readonly within: BlockList | null
}

export class LabelRules {
  readonly #rules: readonly Rule[]

  constructor(records: readonly LabelRuleRecord[]) {
    const rank = ({ source }: LabelRuleRecord): number => (source === "hand" ? 0 : 1)
    this.#rules = [...records]
      .sort((a, b) => rank(a) - rank(b) || a.place - b.place)
      .map((record) => ({ record, within: record.cidr === "" ? null : parseCidr(record.cidr) }))
  }

  /** The rules that decided, null where none did. */
  decide(service: Labelled): { readonly owner: LabelRuleRecord | null; readonly labels: LabelRuleRecord | null } {
    let owner: LabelRuleRecord | null = null
    let labels: LabelRuleRecord | null = null
    for (const { record, within } of this.#rules) {
      const decides = (owner === null && record.owner !== "") || (labels === null && record.labels.length > 0)
      if (!decides || !this.#fits(record, within, service)) continue
      if (owner === null && record.owner !== "") owner = record
      if (labels === null && record.labels.length > 0) labels = record
      if (owner !== null && labels !== null) break
    }
    return { owner, labels }
  }

  #fits(rule: LabelRuleRecord, within: BlockList | null, { authority, zone, listeners }: Labelled): boolean {
    if (rule.authority !== "" && !matchesGlob(rule.authority, authority)) return false
    if (rule.zone !== "" && !matchesGlob(rule.zone, zone)) return false
    if (rule.network === "" && rule.cidr === "") return true
    return listeners.some((one) => {
      if (rule.network !== "" && !matchesGlob(rule.network, one.addressClass)) return false
      return within === null || isWithin(within, addressOf(one))
    })
  }
}

/** A network as a list of one; null when the text is none. */
export function parseCidr(text: string): BlockList | null {
  const match = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text)
  if (match === null) return null
  const version = isIP(match[1]!)
  const bits = Number(match[2])
  if (version === 0 || bits > (version === 4 ? 32 : 128)) return null
  const list = new BlockList()
  list.addSubnet(match[1]!, bits, version === 4 ? "ipv4" : "ipv6")
  return list
}

function isWithin(network: BlockList, address: string): boolean {
  const version = isIP(address)
  return version !== 0 && network.check(address, version === 4 ? "ipv4" : "ipv6")
}

/** Address of a place: a pseudonym, or plain where the sensors tell it. */
function addressOf({ listener }: Pick<ListenerRecord, "listener">): string {
  return listener.slice(0, listener.lastIndexOf(":"))
}

/** Whether the sensors tell addresses in plain text, as far as these services show: only then can a CIDR fit. */
export function tellsAddresses(services: readonly Pick<ServiceRecord, "listeners">[]): boolean {
  return services.some(({ listeners }) => listeners.some((one) => isIP(addressOf(one)) !== 0))
}
