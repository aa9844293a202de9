// Which identities of tunnels count as another one, or as none: a mirror may show the two directions of a conversation under
// different ids, or the same network once plain and once tunnelled.
//
//   vni:17=vni:18            17 counts as 18
//   vni:100-199=vni:100      a range counts as one
//   erspan:*=none            mirror sessions are no networks: left out of the zone
//
// In: rules as text. Out: the map, or one sentence for each mistake. Of several rules for an id the first one counts, and
// one only: no id is taken for one that is itself taken for another.
import { ZONE_KINDS, ZoneKind } from "./zone.ts"

/** Rules at most: each packet of a kind that has rules is held against them. */
export const ZONE_RULES_MAX = 256

export interface ZoneRule {
  readonly kind: ZoneKind
  /** Ids from `first` to `last`, as unsigned numbers. */
  readonly first: number
  readonly last: number
  /** What they count as. */
  readonly intoKind: ZoneKind
  readonly intoId: number
}

/** The rules of each kind, by ZoneKind; an empty list for a kind without. */
export type ZoneMap = readonly (readonly ZoneRule[])[]

export const NO_ZONE_MAP: ZoneMap = ZONE_KINDS.map(() => [])

const ID_MAX: Readonly<Record<ZoneKind, number>> = {
  [ZoneKind.none]: 0,
  [ZoneKind.vlan]: 0xfff,
  [ZoneKind.vni]: 0xff_ffff,
  [ZoneKind.vsid]: 0xff_ffff,
  [ZoneKind.gre]: 0xffff_ffff,
  [ZoneKind.erspan]: 0x3ff,
  [ZoneKind.isid]: 0xff_ffff,
  // Its ids have 64 bits: a rule takes all of them or none.
  [ZoneKind.endpoint]: 0,
}

const RULE = /^([a-z]+):(?:(\*)|(\d{1,10})(?:-(\d{1,10}))?)=(?:none|([a-z]+):(\d{1,10}))$/

function kindOf(name: string | undefined): ZoneKind | undefined {
  const kind = name === undefined ? -1 : ZONE_KINDS.indexOf(name)
  return kind > 0 ? (kind as ZoneKind) : undefined
}

/** The rule that `text` is, or what is wrong with it. */
function parseRule(text: string): ZoneRule | string {
  const match = RULE.exec(text.replaceAll(/\s+/g, ""))
  if (match === null) return "is no rule such as vni:17=vni:18, vni:100-199=vni:100 or erspan:*=none"
  const [, name, all, from, to, intoName, into] = match
  const kinds = ZONE_KINDS.slice(1).join(", ")
  const kind = kindOf(name)
  if (kind === undefined) return `names "${name}", which is none of ${kinds}`
  if (kind === ZoneKind.endpoint && all === undefined)
    return "takes endpoints one by one; only endpoint:*=none is possible"
  const first = Number(from ?? 0)
  const last = all === undefined ? Number(to ?? from) : 0xffff_ffff
  if (all === undefined && last > ID_MAX[kind]) return `goes beyond the greatest ${name}, ${ID_MAX[kind]}`
  if (first > last) return `goes from ${first} down to ${last}`
  if (intoName === undefined) return { kind, first, last, intoKind: ZoneKind.none, intoId: 0 }
  const intoKind = kindOf(intoName)
  if (intoKind === undefined || intoKind === ZoneKind.endpoint) return `counts as "${intoName}", which takes no ids`
  if (Number(into) > ID_MAX[intoKind]) return `goes beyond the greatest ${intoName}, ${ID_MAX[intoKind]}`
  return { kind, first, last, intoKind, intoId: Number(into) }
}

/** The first rule for an identity, undefined: none. */
export function ruleFor(map: ZoneMap, kind: ZoneKind, id: number): ZoneRule | undefined {
  return map[kind]!.find((rule) => rule.first <= id && id <= rule.last)
}

/** `mistakes`: a sentence each, which begins with the name of `option`. The map holds the rules without one. */
export function parseZoneMap(
  texts: readonly string[],
  option = "zones.collapse",
): { readonly map: ZoneMap; readonly mistakes: readonly string[] } {
  const mistakes: string[] = []
  const map: ZoneRule[][] = ZONE_KINDS.map(() => [])
  if (texts.length > ZONE_RULES_MAX)
    mistakes.push(`${option}: takes at most ${ZONE_RULES_MAX} rules, not ${texts.length}.`)
  const rules: [string, ZoneRule][] = []
  for (const text of texts.slice(0, ZONE_RULES_MAX)) {
    const rule = parseRule(text)
    if (typeof rule === "string") mistakes.push(`${option}: "${text}" ${rule}.`)
    else {
      rules.push([text, rule])
      map[rule.kind]!.push(rule)
    }
  }
  for (const [text, { intoKind, intoId }] of rules) {
    const next = ruleFor(map, intoKind, intoId)
    if (next === undefined || (next.intoKind === intoKind && next.intoId === intoId)) continue
    mistakes.push(`${option}: "${text}" counts as an id that another rule counts as something else.`)
  }
  return { map, mistakes }
}
