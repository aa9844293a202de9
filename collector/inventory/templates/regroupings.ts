// What a review has changed, as the inventory is told.
//
// In:  the placement after a review.   Out: renamed templates, moved leaves, folded leaves, each once.
// A parameter is called by the only kind of its values, "id" once there were several: a name that was told changes at most once,
// unless a pin names it.

import { evidenceOfPlace, kindsOf } from "./evidence.ts"
import type { PathNode, Place } from "./nodes.ts"
import type { Regrouping } from "./path-learner.ts"
import { type Placement, pathOf, textOf } from "./placement.ts"

export function regroupings(placement: Placement): Regrouping[] {
  const out: Regrouping[] = []
  const renamed = new Set<Place>()
  for (const place of placement.unnamed) if (rename(place)) renamed.add(place)
  placement.unnamed.clear()
  for (const place of [...renamed].sort((a, b) => a.depth - b.depth || a.number - b.number)) tell(place, out)
  for (const [leaf, from] of placement.moved) {
    if (leaf.template === from || placement.folded.has(leaf)) continue
    out.push({ kind: "moved", leaf, from, evidence: evidenceOfPlace(decidingPlace(leaf.node.place)) })
  }
  for (const leaf of placement.folded.keys()) {
    let into = placement.folded.get(leaf)!
    for (let next = placement.folded.get(into); next !== undefined; next = placement.folded.get(into)) into = next
    out.push({ kind: "folded", leaf, into })
  }
  placement.moved.clear()
  placement.folded.clear()
  return out
}

/** The parameter that was decided last on the way to a place; the place itself when it is all text. */
function decidingPlace(place: Place): Place {
  let last: Place | null = null
  for (let at: Place | null = place; at !== null; at = at.parent)
    if (at.isParameter && (last === null || (at.decision?.decidedUs ?? 0) > (last.decision?.decidedUs ?? 0))) last = at
  return last ?? place
}

function rename(place: Place): boolean {
  const name = nameOf(place)
  if (name === place.name) return false
  place.name = name
  return true
}

function nameOf(place: Place): string {
  if (place.pinnedName !== "") return place.pinnedName
  if (place.name === "id" || place.name === "+rest") return place.name
  let name = place.name
  for (const member of place.members)
    for (const kind of kindsOf(member).keys()) {
      if (name === "") name = kind
      else if (name !== kind) return "id"
    }
  return name === "" ? "id" : name
}

/** New texts of all templates below. */
function tell(place: Place, out: Regrouping[]): void {
  const { template } = place
  if (template !== null) {
    const text = textOf(place)
    if (text !== template.text) {
      const before = template.text
      template.text = text
      out.push({ kind: "renamed", template, before })
    }
  }
  for (const member of place.members) renew(member)
  for (const below of place.texts.values()) tell(below, out)
  for (const below of place.parameters.values()) tell(below, out)
}

function renew(node: PathNode): void {
  const { leaf } = node
  if (leaf === null) return
  for (let at: PathNode | null = node; at !== null; at = at.parent)
    if (at.forms !== null) {
      leaf.path = pathOf(node, leaf.extension)
      return
    }
}
