// Paths as people pin them: "/v1/users/{userId}/orders". Checked segment by segment, so that the refusal names the place.
import { EditError } from "./edits.ts"

const PATH_MAX = 2048
const SEGMENTS_MAX = 64
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
const MARK = /\{([^{}]*)\}/g

/** Throws an EditError with the place. */
export function checkPinPath(path: string): void {
  if (!path.startsWith("/")) throw invalid('A path begins with "/".')
  if (path.length > PATH_MAX) throw invalid(`A path has at most ${PATH_MAX} characters; this one has ${path.length}.`)
  if (/[?#\s]/.test(path)) throw invalid('A path ends before "?" and "#", and has no white space.')
  const segments = path.slice(1).split("/")
  if (segments.length > SEGMENTS_MAX) throw invalid(`A path has at most ${SEGMENTS_MAX} segments.`)
  const names = new Set<string>()
  for (const [i, segment] of segments.entries()) checkSegment(segment, i, segments.length, names)
}

function checkSegment(segment: string, i: number, count: number, names: Set<string>): void {
  const place = `Segment ${i + 1}, "${segment}",`
  if (segment === "" && (count > 1 || i > 0)) throw invalid(`Segment ${i + 1} is empty.`)
  const marks = [...segment.matchAll(MARK)]
  if (/[{}]/.test(segment.replace(MARK, ""))) throw invalid(`${place} has a brace without its other half.`)
  if (segment.includes("}{")) throw invalid(`${place} has more than one parameter with nothing between them.`)
  for (const [, name] of marks) {
    if (!NAME.test(name!)) throw invalid(`${place} needs a name between its braces: letters, digits and "_".`)
    if (names.has(name!)) throw invalid(`${place} has a name that another segment has already.`)
    names.add(name!)
  }
}

const invalid = (sentence: string): EditError => new EditError("invalid", sentence, "path")

/** The path without the names of its parameters: pins of one form say something about the same paths. */
export function formOf(path: string): string {
  return path.replace(MARK, "{}")
}

/** Whether a template of the learner lies within what a pin says: text fits text, a parameter anything with the same text around it. */
export function fits(pin: string, template: string): boolean {
  const [ours, theirs] = [pin.split("/"), template.split("/")]
  return ours.length === theirs.length && ours.every((segment, i) => fitsSegment(segment, theirs[i]!))
}

function fitsSegment(ours: string, theirs: string): boolean {
  const from = ours.indexOf("{")
  if (from < 0) return ours === theirs
  const after = ours.slice(ours.lastIndexOf("}") + 1)
  return theirs.length > from + after.length && theirs.startsWith(ours.slice(0, from)) && theirs.endsWith(after)
}
