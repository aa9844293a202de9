// What bodies hold: sizes, kinds, shapes and data classes of the requests and answers of a route.
//
// One place for both ways out of a world, so that an event says of an exchange what a sensor would read from its bytes.
import type { Form, ShapeNote } from "../../shared/event/api-event.ts"
import type { Field, Resource, Route, Service } from "./api-design.ts"
import { NO_FORM } from "./client-print.ts"
import { hashText } from "./draws.ts"
import type { Exchange } from "./exchange.ts"

/** Bytes that a field takes in an answer: an upper bound, for bodies are filled up to the size that is stated. */
export const FIELD_BYTES = 64
const FRAME_BYTES = 160

/** none: no body; list: items in an envelope; object: one; lines: what hangs on one; error. */
export type AnswerKind = "none" | "list" | "object" | "lines" | "error"

/** Fields of each line of a nested collection. */
export const LINE_FIELDS: readonly Field[] = [
  { name: "line_no", type: "number" },
  { name: "text", type: "text" },
  { name: "amount", type: "number" },
]
export const ERROR_FIELDS: readonly Field[] = [
  { name: "error", type: "text" },
  { name: "message", type: "text" },
]
/** What a form adds to the fields of a resource: 1 with a release, 2 by mistake. */
const FORM_FIELDS: readonly (readonly Field[])[] = [
  [],
  [{ name: "channel", type: "text" }],
  [
    { name: "billing_email", type: "email" },
    { name: "bank_iban", type: "iban" },
  ],
]
/** A report or a health check: no objects. */
export const PLAIN_FIELDS: readonly Field[] = [
  { name: "state", type: "text" },
  { name: "total", type: "number" },
]

export function answerKind({ route, status, given }: Exchange): AnswerKind {
  if (status === 204) return "none"
  if (status >= 300) return "error"
  if (route.action === "nested" && !route.isHidden) return "lines"
  if (given !== null && route.action !== "create") return "list"
  return "object"
}

export function fieldsOf(resource: Resource | null, form: number): readonly Field[] {
  return resource === null ? PLAIN_FIELDS : [...resource.fields, ...FORM_FIELDS[form]!]
}

/** Lines below an object: always as many. */
export const linesOf = (asked: number): number => 1 + (hashText(String(asked)) % 6)

export function itemsOf(exchange: Exchange, kind: AnswerKind): number {
  if (kind === "list") return exchange.given!.length
  return kind === "lines" ? linesOf(exchange.asked) : -1
}

export function answerBytes(exchange: Exchange, kind: AnswerKind): number {
  if (kind === "none") return 0
  if (kind === "error") return FRAME_BYTES
  if (kind === "lines") return FRAME_BYTES + linesOf(exchange.asked) * LINE_FIELDS.length * FIELD_BYTES
  const { route, form } = exchange
  const fields =
    route.resource === null ? PLAIN_FIELDS.length : route.resource.fields.length + FORM_FIELDS[form]!.length
  return FRAME_BYTES + (kind === "list" ? exchange.given!.length : 1) * fields * FIELD_BYTES
}

/** A request has a body where something is made or changed. */
export const hasRequestBody = ({ route }: Exchange): boolean => route.method === "POST" || route.method === "PATCH"

export function requestBytes(exchange: Exchange): number {
  return hasRequestBody(exchange) ? 96 + (exchange.sent.length + exchange.extraFields.length) * FIELD_BYTES : 0
}

const JSON_TYPES: Readonly<Partial<Record<Field["type"], string>>> = { number: "int", flag: "bool" }

/** Type of a field in JSON. */
function typeOf({ type }: Field, resource: Resource | null): string {
  if (type === "id") return resource?.collection.style === "int" ? "int" : "string"
  if (type === "reference") return resource?.referred?.collection.style === "int" ? "int" : "string"
  return JSON_TYPES[type] ?? "string"
}

function line(path: string, field: Field, resource: Resource | null): string {
  const isClass = field.type === "email" || field.type === "iban" || field.type === "card" || field.type === "phone"
  return `${path}${field.name}:${typeOf(field, resource)}${isClass ? `#${field.type}` : ""}`
}

function linesOfShape(kind: AnswerKind, service: Service, route: Route, form: number, isEmpty: boolean): string[] {
  const { resource } = route
  if (kind === "error") return ERROR_FIELDS.map((field) => line("", field, null))
  if (kind === "object") return fieldsOf(resource, form).map((field) => line("", field, resource))
  const isLines = kind === "lines"
  const fields = isLines ? LINE_FIELDS : fieldsOf(resource, form)
  const name = isLines ? "items" : service.envelope
  if (isEmpty) return name === "" ? [":array"] : [`${name}:array`, "total:int"]
  const path = `${name}[].`
  const lines = fields.map((field) => line(path, field, isLines ? null : resource))
  return name === "" || isLines ? lines : [...lines, "total:int"]
}

/** "items[].id:int" and "items:array" are "items[]", "amount:int" is "amount"; of an array at the top the keys of its elements stay. */
function topName(line: string): string {
  const [path = "", type = ""] = line.split(":")
  if (path.startsWith("[].")) return path
  const inside = path.indexOf("[]")
  if (inside >= 0) return path.slice(0, inside + 2)
  return type === "array" ? `${path}[]` : path
}

export interface Answer {
  readonly kind: AnswerKind
  readonly form: Form
  /** Null where it has no shape. */
  readonly note: ShapeNote | null
  /** Names of classes with how many values of each one object has. */
  readonly classes: readonly string[]
}

const NO_ANSWER: Answer = { kind: "none", form: NO_FORM, note: null, classes: [] }

/** Answers of each route, made once. */
export class Answers {
  readonly #services: readonly Service[]
  readonly #answers = new Map<string, Answer>()
  readonly #byRoute: (Answer | undefined)[] = []
  readonly #requests = new Map<string, Form>()

  constructor(services: readonly Service[]) {
    this.#services = services
  }

  of(exchange: Exchange): Answer {
    const kind = answerKind(exchange)
    if (kind === "none") return NO_ANSWER
    const { route, form } = exchange
    const isEmpty = kind === "list" && exchange.given!.length === 0
    const place =
      route.index * 32 +
      form * 8 +
      (kind === "error" ? 0 : kind === "list" ? 1 : kind === "lines" ? 2 : 3) * 2 +
      (isEmpty ? 1 : 0)
    this.#byRoute[place] ??= this.#make(kind, route, form, isEmpty)
    return this.#byRoute[place]
  }

  #make(kind: AnswerKind, route: Route, form: number, isEmpty: boolean): Answer {
    const lines = linesOfShape(kind, this.#services[route.service]!, route, form, isEmpty).sort()
    const text = lines.join("\n")
    const known = this.#answers.get(text)
    if (known !== undefined && known.kind === kind) return known
    const shape = hashText(text.replaceAll(/#\w+/g, "")) || 1
    const coarse = hashText([...new Set(lines.map(topName))].join(" "))
    const answer: Answer = {
      kind,
      form: {
        contentType: "application/json",
        contentEncoding: "",
        kind: "json",
        coarseShape: coarse,
        fullShape: shape,
      },
      note: { shape, paths: lines },
      classes: isEmpty ? [] : lines.flatMap((one) => (one.includes("#") ? [one.slice(one.indexOf("#") + 1)] : [])),
    }
    this.#answers.set(text, answer)
    return answer
  }

  /** Of the request's body. */
  requestForm(exchange: Exchange): Form {
    if (!hasRequestBody(exchange)) return NO_FORM
    const names = requestFields(exchange)
    const key = names.join(" ")
    let form = this.#requests.get(key)
    if (form === undefined) {
      const shape = hashText(`request ${key}`) || 1
      form = {
        contentType: "application/json",
        contentEncoding: "",
        kind: "json",
        coarseShape: shape,
        fullShape: shape,
      }
      this.#requests.set(key, form)
    }
    return form
  }

  /** Text of a request's shape, for its note. */
  requestNote(exchange: Exchange): ShapeNote {
    const { referred } = exchange.route.resource ?? { referred: null }
    const type = (name: string): string => {
      if (name === "amount" || name === "version") return "int"
      if (name === "is_admin") return "bool"
      return name.endsWith("_id") && referred?.collection.style === "int" ? "int" : "string"
    }
    const paths = requestFields(exchange).map((name) => `${name}:${type(name)}`)
    return { shape: this.requestForm(exchange).fullShape, paths: paths.sort() }
  }
}

/** Names of the fields of a request's body, in their order. */
export function requestFields({ route, sent, extraFields }: Exchange): readonly string[] {
  const reference = sent.length === 0 ? [] : [`${route.resource!.theme.reference!.replace(/s$/, "")}_id`]
  return ["status", "amount", ...reference, ...extraFields]
}
