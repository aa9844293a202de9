// Which of a service's documents are in force, and which are older versions.
//
// A document is outdated when it was declared so, when another one names it as superseded, or when another one of the same title has a
// greater version; unless somebody said that it is in force.
import type { SpecificationRecord } from "../../store/documents.ts"

type Facts = Pick<SpecificationRecord, "name" | "title" | "version" | "isDeprecated" | "isInForce" | "supersedes">

export function isCurrent(one: Facts, all: readonly Facts[]): boolean {
  if (one.isDeprecated) return false
  for (const other of all) {
    if (other.name === one.name) continue
    if (other.supersedes.includes(one.name)) return false
    if (one.isInForce === true || other.isDeprecated) continue
    if (titleOf(other) === titleOf(one) && compareVersions(other.version, one.version) > 0) return false
  }
  return true
}

/** The title without a version at its end: "Orders API v2" is the API of "Orders API". */
function titleOf({ title }: Facts): string {
  return title
    .toLowerCase()
    .replace(/[\s(_-]*(v|version)?[\s.]?\d+(\.\d+)*\)?\s*$/, "")
    .trim()
}

/** By their numbers, then, of the same numbers, one with a suffix ("2.0.0-beta") before the one without. */
export function compareVersions(a: string, b: string): number {
  const early = /[-.]?(alpha|beta|rc|pre|draft|snapshot).*$/i
  const numbers = (version: string): number[] => (version.replace(early, "").match(/\d+/g) ?? []).map(Number)
  const isEarly = (version: string): boolean => early.test(version)
  const [left, right] = [numbers(a), numbers(b)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return Number(isEarly(b)) - Number(isEarly(a))
}
