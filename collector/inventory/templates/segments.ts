// The segments of a path as the learner sees them: what kind of value each is, and what is written around it.
//
// In:  path and extension as the sensor says them ("/users/{int}/a", "/reports/2024-q1" and "csv").
// Out: one token a segment. A token's text is its key among its siblings; only the last one carries an extension.
// Marks of the sensor ("{int}", "Customers({int})") are strong; "{~0f3a...}" is a word whose text is hidden; braces of the
// request itself are escaped by the sensor, so that a brace is always a mark.

/**
 * What a segment looks like, as one letter. Weak: w word, m camel case, s slug of letters, d slug with digits, c capitals, x mix, f file,
 * t other text, e version or locale, h hidden word. Strong: "!".  Fixed: "=" (a reserved word, nothing at all), and v, a version, until there
 * are more of them than an API has.
 */
export type Form = "w" | "m" | "s" | "d" | "c" | "x" | "f" | "t" | "e" | "h" | "!" | "=" | "v"

export interface Token {
  /** Key among siblings: the segment, and for the last one its extension. */
  readonly text: string
  /** "" for all but a last segment with one. */
  readonly extension: string
  readonly form: Form
  /** Kind by the sensor's names: what templates and evidence say. */
  readonly kind: string
  /** What siblings share that are values of the same parameter: "" or what surrounds the value: "*.json", "*:cancel", "Customers(*)". */
  readonly frame: string
  /** The value without its frame. */
  readonly core: string
}

export const KIND_OF: Readonly<Record<Form, string>> = {
  w: "word",
  m: "word",
  s: "slug",
  d: "slug",
  c: "code",
  x: "mix",
  f: "file",
  t: "text",
  e: "code",
  h: "word",
  "!": "id",
  "=": "word",
  v: "version",
}

/** Text by rule, whatever stands beside it: nothing is weighed. */
export const isFixed = (form: Form): boolean => form === "=" || form === "v"

/** Versions of one place that are text: past them they are values of a parameter. */
export const VERSIONS_MAX = 16

/** Reserved: says what is done or to whom, whatever stands beside it. */
const RESERVED = new Set(
  (
    "me self my current latest all search query find filter lookup export import bulk batch count stats new health status version " +
    "login logout $metadata $batch $count .well-known"
  ).split(" "),
)
const VERSION = /^(?:v\d{1,4}(?:\.\d{1,3}){0,2}(?:-?(?:alpha|beta|rc|preview)\d{0,2})?|\d{4}-\d{2}-\d{2}-preview)$/i
/** Versions without a "v", and locales: as good a name of a route as a value. */
const EITHER = /^(?:\d{1,2}\.\d{1,2}|[a-z]{2}-[A-Z]{2})$/
/** "{int}", "Customers({int})", "{uuid}:cancel". */
const MARKED = /^([^{}]*)\{([a-z0-9]+)\}([^{}]*)$/
/** "datasets:undelete", "123:undelete": a verb on what is before it. */
const VERB = /^([^:]+):([A-Za-z]{3,})$/

export const TOKENS_MAX = 64
/** Begins the text of what is no path: "*", or nothing at all. */
export const BARE = "\u0003"
const KEPT_MAX = 4096
/** Texts repeat: what they are is asked once. Dropped as a whole when full. */
const kept = new Map<string, Token>()

/** Tokens of a path, without the empty one before the first "/". More than TOKENS_MAX: the rest is the last one's. */
export function tokensOf(path: string, extension: string): Token[] {
  const tokens: Token[] = []
  let from = 1
  if (path.charCodeAt(0) !== 0x2f)
    return [{ text: BARE + path, extension: "", form: "=", kind: "word", frame: "", core: path }]
  for (;;) {
    const to = path.indexOf("/", from)
    const isLast = to < 0 || tokens.length === TOKENS_MAX - 1
    const segment = isLast ? path.slice(from) : path.slice(from, to)
    tokens.push(tokenOf(segment, isLast ? extension : ""))
    if (isLast) return tokens
    from = to + 1
  }
}

export function tokenOf(segment: string, extension: string): Token {
  const text = extension === "" ? segment : `${segment}.${extension}`
  // A segment that only looks as if it had an extension is another token than one that has.
  const key = extension === "" ? segment : `${segment}\u0000${extension}`
  const known = kept.get(key)
  if (known !== undefined) return known
  if (kept.size >= KEPT_MAX) kept.clear()
  const token = read(segment, extension, text)
  kept.set(key, token)
  return token
}

/** Endings that make a file's name of a segment that is not the last one: those of the last one the sensor splits off. */
const ENDING = /^(.+)\.(json|xml|html?|csv|txt|pdf|png|jpe?g|gif|svg|zip|docx?|xlsx?|pptx?|ya?ml|md)$/i

function read(segment: string, extension: string, text: string): Token {
  const ending = extension === "" ? ENDING.exec(segment) : null
  if (ending !== null) return { ...tokenOf(ending[1]!, ending[2]!.toLowerCase()), text }
  const suffix = extension === "" ? "" : `.${extension}`
  const marked = MARKED.exec(segment)
  if (marked !== null) {
    const [, before, kind, after] = marked
    return { text, extension, form: "!", kind: kind!, frame: frameOf(before!, after + suffix), core: `{${kind}}` }
  }
  if (suffix === "" && VERSION.test(segment))
    return { text, extension, form: "v", kind: KIND_OF.v, frame: "", core: segment }
  if (suffix === "" && isText(segment)) return { text, extension, form: "=", kind: "word", frame: "", core: segment }
  const verb = suffix === "" ? VERB.exec(segment) : null
  const core = verb === null ? segment : verb[1]!
  const frame = frameOf("", verb === null ? suffix : `:${verb[2]}`)
  if (verb !== null && /^\d+$/.test(core)) return { text, extension, form: "!", kind: "int", frame, core }
  const form = formOf(core)
  return {
    text,
    extension,
    form,
    kind: KIND_OF[form],
    frame: frameOf("", verb === null ? suffix : `:${verb[2]}`),
    core,
  }
}

const frameOf = (prefix: string, suffix: string): string => (prefix + suffix === "" ? "" : `${prefix}*${suffix}`)

function isText(segment: string): boolean {
  return segment === "" || segment === "." || segment === ".." || isReserved(segment)
}

/** In small letters, or with the first one large: "MY" is Malaysia. */
const isReserved = (segment: string): boolean =>
  RESERVED.has(segment) || (RESERVED.has(segment.toLowerCase()) && /^[A-Z][a-z]/.test(segment))

function formOf(text: string): Form {
  if (text.startsWith("{~")) return "h"
  if (EITHER.test(text)) return "e"
  if (/^[A-Za-z]+$/.test(text)) {
    if (/^[A-Z]{2,}$/.test(text)) return "c"
    return /^[A-Z]?[a-z]*$/.test(text) ? "w" : isCamel(text) ? "m" : "x"
  }
  if (/^[a-z]+(?:[-_][a-z]+)+$/.test(text)) return "s"
  if (/^[A-Z0-9]+(?:[-_][A-Z0-9]+)*$/.test(text)) return "c"
  if (/^[a-z0-9]*(?:[-_][a-z0-9]+)+$/.test(text) && /[a-z]{2}/.test(text)) return "d"
  if (/^[\w.-]+\.[A-Za-z0-9]{1,5}$/.test(text) && /[A-Za-z]\w*$/.test(text)) return "f"
  return /^[\w.~:+=@$!-]+$/.test(text) ? (/\d/.test(text) ? "x" : "s") : "t"
}

/** Humps of at least two small letters, or capitals together: "getIamPolicy", "IncludeChild", "byURL"; not "aXbQz". */
function isCamel(text: string): boolean {
  return /^(?:[A-Z]+|[A-Z]?[a-z]{2,})(?:[A-Z][a-z]+|[A-Z]{2,})*$/.test(text)
}
