// The shape of an XML document: paths of elements and attributes with the types of their text, never a value.
//
//   <o:Order id="7"><Total>12.5</Total><Line><Sku>A</Sku></Line></o:Order>
//   ->   Order.@id:int   Order.Line.Sku:string   Order.Total:number
//
// In:  bytes [start, end) of a document in UTF-8, perhaps its beginning only.   Out: see Shape.
// One pass, no tree of the document. Names are local: prefixes are cut off, declarations of namespaces are no attributes.
// Repeated elements have one path. Text beside child elements is a string when it is more than white space. An element
// that ends the bytes before its own end has no type yet. XML 1.0 section 2; what is not well-formed ends the walk there,
// but names are not checked character by character.
// A document type declaration is stepped over: no entity is ever expanded, so that there is nothing to blow up. One that
// defines entities, or names a file for it, is said (`hasEntities`). Given up, and counted: elements deeper than DEPTH_MAX, paths beyond those of a FieldTree.
import { KEY_BYTES_MAX } from "../json-shape-key.ts"
import { NONE, ROOT } from "../json-shape-tree.ts"
import { type FieldCounters, FieldShape } from "./field-shape.ts"
import { TEXT_SALT, TEXT_TYPE_NAMES, TextType, textType } from "./text-type.ts"
import { ENDED, isNameStart, isSpace, nameEnd, SENSELESS, skipDeclaration, skipPast, startsWith } from "./xml-scan.ts"
import { XmlText } from "./xml-text.ts"

/** Elements within each other. */
export const DEPTH_MAX = 64
/** Attributes of one element. */
const ATTRIBUTES_MAX = 64
/** Bytes of an attribute's name: with its mark a step is no longer than a name may be. */
const NAME_MAX = KEY_BYTES_MAX - 1

const LESS = 0x3c
const GREATER = 0x3e
const SLASH = 0x2f
const BANG = 0x21
const QUESTION = 0x3f
const EQUALS = 0x3d
const AT = 0x40
const COLON = 0x3a

const attributeName = Buffer.alloc(NAME_MAX + 1)

export class XmlShape extends FieldShape {
  /** Its document type defines entities, or says where to find their definitions: an API has no need of either. */
  hasEntities = false
  #bytes: Uint8Array = new Uint8Array(0)
  #end = 0
  /** Open elements; those deeper than DEPTH_MAX are counted only. */
  #depth = 0
  readonly #node: Int32Array = new Int32Array(DEPTH_MAX)
  /** Name of each as written, prefix included. */
  readonly #nameStart: Int32Array = new Int32Array(DEPTH_MAX)
  readonly #nameEnd: Int32Array = new Int32Array(DEPTH_MAX)
  /** Runs of text that are not white space: 0, 1, or 2 for more; where the one is. */
  readonly #runs: Uint8Array = new Uint8Array(DEPTH_MAX)
  readonly #textStart: Int32Array = new Int32Array(DEPTH_MAX)
  readonly #textEnd: Int32Array = new Int32Array(DEPTH_MAX)
  /** 1: it has an attribute or an element. */
  readonly #hasChild: Uint8Array = new Uint8Array(DEPTH_MAX)
  readonly #text = new XmlText()

  constructor(counters: FieldCounters, seed?: number) {
    super(counters, TEXT_TYPE_NAMES, TEXT_SALT, seed)
  }

  /** False when the bytes are no XML, or a page of HTML. */
  walk(bytes: Uint8Array, start: number, end: number, whole: boolean): boolean {
    this.open()
    this.#bytes = bytes
    this.#end = end
    this.#depth = 0
    this.hasEntities = false
    const hasMark = end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf
    let at = hasMark ? start + 3 : start
    while (at < end && isSpace(bytes[at]!)) at++
    if (at >= end || bytes[at] !== LESS) return false
    let hasRoot = false
    while (at >= 0 && at < end) {
      if (this.#depth === 0 && hasRoot) break
      if (bytes[at] !== LESS) {
        at = this.#characters(at)
        continue
      }
      const next = bytes[at + 1]
      if (at + 1 >= end) at = ENDED
      else if (next === SLASH) at = this.#close(at + 2)
      else if (next === BANG) at = this.#bang(at)
      else if (next === QUESTION) at = skipPast(bytes, at + 2, end, "?>")
      else {
        if (!isNameStart(next!)) at = SENSELESS
        else if (!hasRoot && isHtml(bytes, at + 1, end)) return false
        else at = this.#element(at + 1)
        hasRoot = true
      }
    }
    if (!hasRoot) return !whole && at !== SENSELESS
    if (at === SENSELESS && !this.fields.hasValues()) return false
    this.truncated = this.#depth > 0 || at < 0
    this.close()
    return true
  }

  /** Text up to the next mark. */
  #characters(at: number): number {
    const found = this.#bytes.indexOf(LESS, at)
    const stop = found < 0 || found >= this.#end ? this.#end : found
    if (stop === this.#end) return ENDED
    this.#run(at, stop)
    return stop
  }

  /** A whole run of text inside the open element. */
  #run(start: number, end: number): void {
    const bytes = this.#bytes
    while (start < end && isSpace(bytes[start]!)) start++
    if (start === end) return
    while (isSpace(bytes[end - 1]!)) end--
    const level = this.#depth - 1
    if (level < 0 || level >= DEPTH_MAX) return
    if (this.#runs[level]! < 2) this.#runs[level]!++
    this.#textStart[level] = start
    this.#textEnd[level] = end
  }

  /** "<!": a comment, a section of characters, a declaration. */
  #bang(at: number): number {
    const bytes = this.#bytes
    const end = this.#end
    if (startsWith(bytes, at, end, "<!--")) return skipPast(bytes, at + 4, end, "-->")
    if (startsWith(bytes, at, end, "<![CDATA[")) {
      const stop = skipPast(bytes, at + 9, end, "]]>")
      if (stop > 0) this.#run(at + 9, stop - 3)
      return stop
    }
    if (end - at < 9) return ENDED
    if (this.#depth > 0 || !startsWith(bytes, at, end, "<!DOCTYPE")) return SENSELESS
    const stop = skipDeclaration(bytes, at + 9, end)
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, (stop < 0 ? end : stop) - at)
    this.hasEntities = text.includes("<!ENTITY") || text.includes(" SYSTEM")
    return stop
  }

  /** From the first byte of a name to behind the tag. */
  #element(start: number): number {
    const bytes = this.#bytes
    const end = this.#end
    const stop = nameEnd(bytes, start, end)
    if (stop >= end) return ENDED
    const level = this.#depth
    const parent = level === 0 ? ROOT : level <= DEPTH_MAX ? this.#node[level - 1]! : NONE
    let node = NONE
    if (level < DEPTH_MAX) {
      node = this.fields.child(parent, bytes, localStart(bytes, start, stop), stop)
      this.#node[level] = node
      this.#nameStart[level] = start
      this.#nameEnd[level] = stop
      this.#runs[level] = 0
      this.#hasChild[level] = 0
    } else this.fields.atLimit = true
    const close = this.#attributes(node, level, stop)
    if (close < 0) return close
    this.#depth++
    if (level > 0 && level <= DEPTH_MAX) this.#hasChild[level - 1] = 1
    if (bytes[close] === GREATER) return close + 1
    this.#finish(node, level)
    return close + 2
  }

  /** From behind the element's name to its ">" or "/>". */
  #attributes(node: number, level: number, at: number): number {
    const bytes = this.#bytes
    const end = this.#end
    for (let count = 0; ; ) {
      const before = at
      while (at < end && isSpace(bytes[at]!)) at++
      if (at >= end) return ENDED
      if (bytes[at] === GREATER) return at
      if (bytes[at] === SLASH) {
        if (at + 1 >= end) return ENDED
        return bytes[at + 1] === GREATER ? at : SENSELESS
      }
      if (before === at || !isNameStart(bytes[at]!)) return SENSELESS
      const name = at
      const stop = nameEnd(bytes, at, end)
      at = stop
      while (at < end && isSpace(bytes[at]!)) at++
      if (at >= end) return ENDED
      if (bytes[at] !== EQUALS) return SENSELESS
      at++
      while (at < end && isSpace(bytes[at]!)) at++
      if (at >= end) return ENDED
      const quote = bytes[at]!
      if (quote !== 0x22 && quote !== 0x27) return SENSELESS
      const close = bytes.indexOf(quote, at + 1)
      if (close < 0 || close >= end) return ENDED
      if (count++ < ATTRIBUTES_MAX) this.#attribute(node, level, name, stop, at + 1, close)
      else this.fields.atLimit = true
      at = close + 1
    }
  }

  #attribute(node: number, level: number, start: number, end: number, from: number, to: number): void {
    const bytes = this.#bytes
    if (node === NONE || startsWith(bytes, start, end, "xmlns")) return
    const local = localStart(bytes, start, end)
    const length = end - local
    if (length > NAME_MAX) {
      this.fields.atLimit = true
      return
    }
    this.#hasChild[level] = 1
    attributeName[0] = AT
    for (let i = 0; i < length; i++) attributeName[1 + i] = bytes[local + i]!
    this.#value(this.fields.child(node, attributeName, 0, 1 + length, 1), attributeName, 1, 1 + length, from, to)
  }

  #value(node: number, names: Uint8Array, nameStart: number, nameStop: number, start: number, end: number): void {
    const { fields } = this
    const type = textType(this.#bytes, start, end)
    if (fields.receiver === null) fields.type(node, type)
    else {
      const text = this.#text
      text.read(this.#bytes, start, end)
      fields.value(node, type, names, nameStart, nameStop, text.bytes, text.start, text.end)
    }
  }

  /** From the first byte of a name behind "</" to behind the tag. */
  #close(start: number): number {
    const bytes = this.#bytes
    const end = this.#end
    let at = nameEnd(bytes, start, end)
    const stop = at
    while (at < end && isSpace(bytes[at]!)) at++
    if (at >= end) return ENDED
    const level = this.#depth - 1
    if (bytes[at] !== GREATER || level < 0) return SENSELESS
    if (level >= DEPTH_MAX) this.#depth--
    else {
      if (!this.#isOpen(level, start, stop)) return SENSELESS
      this.#finish(this.#node[level]!, level)
    }
    return at + 1
  }

  #isOpen(level: number, start: number, stop: number): boolean {
    const bytes = this.#bytes
    const from = this.#nameStart[level]!
    if (this.#nameEnd[level]! - from !== stop - start) return false
    for (let i = start, k = from; i < stop; i++, k++) if (bytes[i] !== bytes[k]) return false
    return true
  }

  /** The element ends: what its text was. */
  #finish(node: number, level: number): void {
    this.#depth--
    if (node === NONE || level >= DEPTH_MAX) return
    const runs = this.#runs[level]!
    if (runs === 0) {
      if (this.#hasChild[level] === 0) this.fields.type(node, TextType.empty)
      return
    }
    const bytes = this.#bytes
    const end = this.#nameEnd[level]!
    const name = localStart(bytes, this.#nameStart[level]!, end)
    if (runs === 1) this.#value(node, bytes, name, end, this.#textStart[level]!, this.#textEnd[level]!)
    else this.fields.type(node, TextType.string)
  }
}

/** Behind the prefix. */
function localStart(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end - 1; i++) if (bytes[i] === COLON) return i + 1
  return start
}

function isHtml(bytes: Uint8Array, at: number, end: number): boolean {
  return end - at > 4 && /^html[\s>]$/i.test(String.fromCharCode(...bytes.subarray(at, at + 5)))
}
