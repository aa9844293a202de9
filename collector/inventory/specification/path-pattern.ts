// A path of a specification as a pattern, and what it has in common with the template of an endpoint.
//
//   "/v1/files/{id}.json"  -->  text "v1", text "files", partial "", ".json"
// Segments of an endpoint's template are text or hold a parameter in braces ("{int}", "Orders({int})"). Text fits text of the same
// spelling, a whole parameter fits anything, a partial segment what has its text at the right places. A parameter that has learnt to cover
// what is text in the specification does not fit it: it stands for more. "{+path}", "{proxy+}" and "{path*}" take the rest of the path.
// Given up: queries and fragments in paths; a trailing slash means nothing. RFC 6570 only as far as OpenAPI uses it.

export type PathSegment =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "any"; readonly name: string }
  /** Text around its parameters: of "{a}-{b}.json" "", "-", ".json". */
  | { readonly kind: "partial"; readonly pieces: readonly string[]; readonly name: string }
  | { readonly kind: "rest"; readonly name: string }

/** Bytes that mean themselves wherever they stand in a path (RFC 3986, unreserved): an escape of one is another spelling of it. */
const UNRESERVED = /%(2[dDeE]|3\d|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE])/g

export function textOf(segment: string): string {
  return segment
    .replaceAll(UNRESERVED, (_whole, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replaceAll(/%[0-9a-f]{2}/gi, (octet) => octet.toUpperCase())
}

/** Segments without those of a trailing slash. */
export function splitPath(path: string): string[] {
  const bare = path.replace(/[?#].*$/s, "").replace(/^\//, "")
  return (bare.endsWith("/") ? bare.slice(0, -1) : bare)
    .split("/")
    .filter((_, i, all) => all.length > 1 || all[i] !== "")
}

export function segmentsOf(path: string): PathSegment[] {
  return splitPath(path).map((segment) => {
    if (!segment.includes("{")) return { kind: "text", text: textOf(segment) }
    const whole = /^\{([^{}]+)\}$/.exec(segment)?.[1]
    if (whole === undefined) return partial(segment)
    const name = whole.replace(/^\+|[+*]$/g, "")
    return name === whole ? { kind: "any", name } : { kind: "rest", name }
  })
}

function partial(segment: string): PathSegment {
  const name = /\{([^{}]+)\}/.exec(segment)?.[1] ?? ""
  // A key in parentheses is one parameter, however many it names and whether or not it is quoted: "Orders(id={a},line='{b}')".
  const open = segment.indexOf("(")
  const brace = segment.indexOf("{")
  if (open > 0 && brace > open && segment.endsWith(")"))
    return { kind: "partial", pieces: [`${textOf(segment.slice(0, open))}(`, ")"], name }
  // Parameters side by side are one: nothing says where one ends.
  return { kind: "partial", pieces: segment.split(/(?:\{[^{}]+\})+/).map(textOf), name }
}

/** Whether `text` has the pieces in their order, the first at its start, the last at its end, and something between each two. Linear. */
export function hasPieces(pieces: readonly string[], text: string): boolean {
  const last = pieces.length - 1
  if (!text.startsWith(pieces[0]!) || !text.endsWith(pieces[last]!)) return false
  let at = pieces[0]!.length
  const end = text.length - pieces[last]!.length
  for (let i = 1; i < last; i++) {
    const next = text.indexOf(pieces[i]!, at + 1)
    if (next < 0) return false
    at = next + pieces[i]!.length
  }
  return at + 1 <= end
}

export const isParameter = (segment: string): boolean => /^\{[^{}]*\}$/.test(segment)

/** Whether a segment of an endpoint's template lies within a segment of a specification. */
export function fits(segment: PathSegment, of: string): boolean {
  switch (segment.kind) {
    case "text":
      return segment.text === of
    case "partial":
      return hasPieces(segment.pieces, of) || mayHide(segment.pieces, of)
    default:
      return true
  }
}

/** A verb behind a colon: the sensor leaves it visible whatever it hides before it. */
const VERB = /:[A-Za-z]{3,32}$/

export const hasVerb = (segment: string): boolean => VERB.test(segment)

/**
 * Whether a value that the sensor took as a whole ("{serial}", "{serial}.csv") may be of this form ("sales-{month}.csv"): what is visible
 * around its mark agrees, and the rest of the text is inside.
 */
function mayHide(pieces: readonly string[], of: string): boolean {
  const marked = /^([^{}]*)\{[^{}]*\}([^{}]*)$/.exec(of)
  if (marked === null) return false
  const last = pieces.at(-1)!
  return pieces[0]!.startsWith(marked[1]!) && last.endsWith(marked[2]!) && (!hasVerb(last) || hasVerb(of))
}

/** Whether the template fits the path only if text of the path is inside of values that are not visible. */
export function isHidden(path: string, template: string): boolean {
  if (!/[^/{}]\{|\}[^/{}]/.test(path)) return false
  const segments = splitPath(template).map(textOf)
  return segmentsOf(path).some(
    (segment, i) => segment.kind === "partial" && segments[i] !== undefined && !hasPieces(segment.pieces, segments[i]),
  )
}

/** Whether the segment is of this form, and has its verb. */
export function isVerbOf(segment: PathSegment, of: string): boolean {
  return segment.kind === "partial" && hasVerb(segment.pieces.at(-1)!) && hasPieces(segment.pieces, of)
}
