// The shape of a multipart body: names of parts with what they are, never a value and never a file's name.
//
//   name="title", text                                           title:string
//   name="photos[]", filename="me.png", image/png                photos[]:file(image/png)
//   name="meta", application/json                                meta:part(application/json)
//
// In:  a boundary, and bytes [start, end) of a body, perhaps its beginning only.   Out: see Shape.
// Parts without a name (multipart/mixed, related) are elements of a list. A multipart inside a part is walked below that
// part's name. Of a part whose end was not seen only what its head says is believed. JSON parts are walked for the sake of their
// values only, when somebody wants to know them. RFC 2046 section 5.1, RFC 7578.
// Given up, and counted: parts beyond PARTS_MAX, nesting beyond NESTED_MAX, heads of parts beyond those of part-head.ts.
import { JsonShape } from "../json-shape.ts"
import { NONE, ROOT } from "../json-shape-tree.ts"
import { type FieldCounters, FieldShape } from "./field-shape.ts"
import { FormName } from "./form-name.ts"
import { BOUNDARY_MAX, PartHead } from "./part-head.ts"
import { TEXT_SALT, TEXT_TYPE_NAMES, TextType, textType } from "./text-type.ts"

export const PARTS_MAX = 256
/** Multiparts within each other. */
export const NESTED_MAX = 4

const LINE_FEED = 0x0a
const RETURN = 0x0d
const DASH = 0x2d
const JSON_MEDIA = /[/+]json$/
const NEW_LINE = Buffer.from("\n--")
/** Bytes of a media type in the text: a step is 64 at most. */
const MEDIA_MAX = 56
const MARK_MAX = 64
const mark = Buffer.alloc(MARK_MAX)
/** The step that says what a part is, as a line of the text has it. */
const MARKED = /(?<!\\)\.:((?:file|part)\(.*\)):string$/

export class MultipartShape extends FieldShape {
  readonly #head = new PartHead()
  readonly #name = new FormName()
  /** Boundaries of the multiparts that are open, the body's first, and the node that the parts of each belong to. */
  readonly #boundary: readonly Buffer[] = Array.from({ length: NESTED_MAX }, () => Buffer.alloc(BOUNDARY_MAX))
  readonly #length: Int32Array = new Int32Array(NESTED_MAX)
  readonly #node: Int32Array = new Int32Array(NESTED_MAX)
  #depth = 0
  #bytes: Buffer = Buffer.alloc(0)
  #whole = false
  /** The part at hand is JSON. */
  #isJson = false
  readonly #json: JsonShape
  /** Of the delimiter found last: the multipart it belongs to, whether it ends that, the first byte behind its line. */
  #level = 0
  #isLast = false
  #after = 0

  constructor(counters: FieldCounters, seed?: number) {
    super(counters, TEXT_TYPE_NAMES, TEXT_SALT, seed)
    this.#json = new JsonShape(counters, seed)
  }

  /** False when the boundary, which is the first `length` bytes of it, is not in the body, or there is none. */
  walk(boundary: Uint8Array, length: number, bytes: Uint8Array, start: number, end: number, whole: boolean): boolean {
    this.open()
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, end)
    this.#whole = whole
    this.#depth = 0
    if (length <= 0 || length > BOUNDARY_MAX) return false
    this.#open(boundary, length, ROOT)
    const parts = this.#parts(start, end)
    if (parts === 0 && this.#depth > 0) return false
    if (this.#depth > 0) this.truncated = true
    this.close()
    return true
  }

  #open(boundary: Uint8Array, length: number, node: number): void {
    const depth = this.#depth++
    for (let i = 0; i < length; i++) this.#boundary[depth]![i] = boundary[i]!
    this.#length[depth] = length
    this.#node[depth] = node
  }

  /** Walks all parts; the number of delimiters seen. */
  #parts(start: number, end: number): number {
    const head = this.#head
    const { fields } = this
    let node = NONE
    /** First byte of the content of a part that is looked into; -1 while there is none. */
    let content = -1
    let count = 0
    for (let at = start; this.#depth > 0; ) {
      const found = this.#delimiter(at, start)
      if (found < 0) break
      if (content >= 0) this.#value(node, content, this.#contentEnd(content, found))
      content = -1
      at = this.#after
      this.#depth = this.#isLast ? this.#level : this.#level + 1
      if (count++ === PARTS_MAX) {
        fields.atLimit = true
        break
      }
      if (this.#isLast) continue
      const first = head.read(this.#bytes, at, end)
      if (first < 0) {
        if (this.#whole || first < -1) fields.atLimit = true
        else break
        continue
      }
      at = first
      node = this.#nodeOf(this.#node[this.#depth - 1]!)
      const isNested = head.media.startsWith("multipart/") && head.boundaryLength > 0
      if (isNested && this.#depth < NESTED_MAX) this.#open(head.boundary, head.boundaryLength, node)
      else if (head.isFile) this.#mark(node, "file")
      else {
        const isPart = head.media !== "" && head.media !== "text/plain"
        if (isPart) this.#mark(node, "part")
        this.#isJson = isPart && JSON_MEDIA.test(head.media)
        if (!isPart || this.#isJson) content = first
      }
    }
    return count
  }

  /** Index of the next line that is a delimiter of an open multipart, -1 for none. */
  #delimiter(from: number, start: number): number {
    const bytes = this.#bytes
    let at = from
    if (at !== start && bytes[at - 1] !== LINE_FEED) at = this.#nextLine(at)
    else if (bytes[at] !== DASH || bytes[at + 1] !== DASH) at = this.#nextLine(at)
    while (at >= 0 && !this.#isDelimiter(at)) at = this.#nextLine(at)
    return at
  }

  #nextLine(at: number): number {
    const found = this.#bytes.indexOf(NEW_LINE, at)
    return found < 0 ? -1 : found + 1
  }

  #isDelimiter(at: number): boolean {
    for (let level = this.#depth - 1; level >= 0; level--)
      if (this.#isBoundary(level, at + 2)) {
        this.#level = level
        return true
      }
    return false
  }

  #isBoundary(level: number, from: number): boolean {
    const bytes = this.#bytes
    const length = this.#length[level]!
    const boundary = this.#boundary[level]!
    const end = bytes.length
    let at = from + length
    if (at > end) return false
    for (let i = 0; i < length; i++) if (bytes[from + i] !== boundary[i]) return false
    const isLast = bytes[at] === DASH && bytes[at + 1] === DASH && at + 1 < end
    if (isLast) at += 2
    while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++
    if (at < end && bytes[at] === RETURN) at++
    if (at < end ? bytes[at] !== LINE_FEED : !this.#whole) return false
    this.#isLast = isLast
    this.#after = Math.min(at + 1, end)
    return true
  }

  /** Without the line feed that belongs to the delimiter. */
  #contentEnd(start: number, delimiter: number): number {
    let end = delimiter
    if (end > start && this.#bytes[end - 1] === LINE_FEED) end--
    if (end > start && this.#bytes[end - 1] === RETURN) end--
    return end
  }

  #nodeOf(parent: number): number {
    const head = this.#head
    const { fields } = this
    if (head.isLong) {
      fields.atLimit = true
      return NONE
    }
    if (head.nameLength < 0) return fields.element(parent)
    return this.#name.node(fields, parent, head.name, 0, head.nameLength)
  }

  #value(node: number, start: number, end: number): void {
    const bytes = this.#bytes
    if (this.#isJson) {
      this.#json.receiver = this.fields.receiver
      if (this.fields.receiver !== null) this.#json.walk(bytes, start, end)
      return
    }
    const type = this.#head.isEncoded ? TextType.string : textType(bytes, start, end)
    const { start: nameStart, end: nameEnd } = this.#name
    const isNamed = this.#head.nameLength >= 0
    this.fields.value(node, type, this.#head.name, isNamed ? nameStart : 0, isNamed ? nameEnd : 0, bytes, start, end)
  }

  #mark(node: number, what: string): void {
    const length = mark.write(`:${what}(${this.#head.media.slice(0, MEDIA_MAX)})`, "latin1")
    this.fields.type(this.fields.mark(node, mark, 0, length), TextType.string)
  }

  override paths(classOf?: (path: number) => string): string[] {
    return super
      .paths(classOf)
      .map((line) => line.replace(MARKED, (_, step: string) => `:${step.replaceAll("\\.", ".")}`))
      .sort()
  }
}
