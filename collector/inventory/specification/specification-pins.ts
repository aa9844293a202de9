// Paths of specifications as pins of the path learner: what a document calls one path is one endpoint, with the document's names.
//
// Given up: segments with text around a parameter, unless all of the text is a file's extension or a verb ("{ref}:refund": what the sensor
// leaves visible, and the learner calls a frame), and parameters that take the rest of a path.
import type { Pin } from "../templates/path-learner.ts"
import type { OperationIndex } from "./operation-index.ts"
import { type PathSegment, segmentsOf } from "./path-pattern.ts"

/** Of one service. */
export const PINS_MAX = 20_000

export function pinsOf(index: OperationIndex): Pin[] {
  const pins = new Map<string, Pin>()
  const operations = [...index.operations].sort((a, b) => Number(b.document.isCurrent) - Number(a.document.isCurrent))
  for (const { template, document } of operations) {
    if (pins.size >= PINS_MAX) break
    const segments = segmentsOf(template)
    if (segments.length === 0) continue
    const form = formOf(segments)
    if (form === null || pins.has(form)) continue
    const path = `/${segments.map(pinText).join("/")}`
    pins.set(form, { id: `specification:${document.name}:${path}`, kind: "template", path, source: "specification" })
  }
  return [...pins.values()]
}

/** Operations of documents in force that a pin can say, each once: what an endpoint is expected for. */
export function expectedOf(index: OperationIndex): { readonly method: string; readonly path: string }[] {
  const expected = new Map<string, { readonly method: string; readonly path: string }>()
  const pins = new Map(pinsOf(index).map(({ path }) => [formOf(segmentsOf(path)), path]))
  for (const { operation, template, document } of index.operations) {
    const path = pins.get(formOf(segmentsOf(template)))
    if (document.isCurrent && !operation.isDeprecated && path !== undefined)
      expected.set(`${operation.method} ${path}`, { method: operation.method, path })
  }
  return [...expected.values()]
}

/** The same for paths that take the same: names of parameters left out. Null when no pin can say it. */
function formOf(segments: readonly PathSegment[]): string | null {
  const forms: string[] = []
  for (const [i, segment] of segments.entries()) {
    if (segment.kind === "rest") return null
    if (segment.kind === "partial" && !(i === segments.length - 1 && isFrame(segment.pieces))) return null
    forms.push(segment.kind === "text" ? segment.text : segment.kind === "any" ? "{}" : `{}${segment.pieces[1]}`)
  }
  return forms.join("/")
}

const isFrame = (pieces: readonly string[]): boolean =>
  pieces.length === 2 && pieces[0] === "" && /^(?:\.[a-z0-9]{1,8}|:[A-Za-z]{3,32})$/.test(pieces[1]!)

function pinText(segment: PathSegment): string {
  switch (segment.kind) {
    case "text":
      return segment.text
    case "partial":
      return `{${segment.name}}${segment.pieces[1]}`
    default:
      return `{${segment.name}}`
  }
}
