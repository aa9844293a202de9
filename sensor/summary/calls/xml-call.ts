// The operation that an XML body names: SOAP 1.1 and 1.2, XML-RPC.
//
//   <s:Envelope><s:Header>...</s:Header><s:Body><m:GetOrder ...>      the first element in the body, without its prefix
//   <methodCall><methodName>orders.list</methodName>
//
// In:  bytes of a document, perhaps cut.   Out: kind and name, null when it names none. Comments, instructions, CDATA and a document
// type are passed over, entities are not expanded, nothing recurses. SOAP 1.2 part 1 section 5, XML-RPC.

const OPEN = 0x3c
const CLOSE = 0x3e
const SLASH = 0x2f
const BANG = 0x21
const QUESTION = 0x3f
const QUOTE = 0x22
const APOSTROPHE = 0x27
const COLON = 0x3a
const BRACKET = 0x5b
const BRACKET_CLOSE = 0x5d
/** Longest name that is told from others. */
const NAME_MAX = 65

export interface XmlCall {
  readonly kind: "soap" | "xml-rpc"
  readonly name: string
}

const Tag = { none: 0, start: 1, end: 2, empty: 3 } as const
type Tag = (typeof Tag)[keyof typeof Tag]

class XmlTags {
  readonly #bytes: Uint8Array
  readonly #end: number
  at: number
  /** Local name of the last tag. */
  name = ""

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes
    this.#end = end
    this.at = start
  }

  /** The next tag of an element; Tag.none when the bytes end first. */
  next(): Tag {
    const bytes = this.#bytes
    for (;;) {
      while (this.at < this.#end && bytes[this.at] !== OPEN) this.at++
      if (this.at + 1 >= this.#end) return Tag.none
      const b = bytes[this.at + 1]!
      if (b === QUESTION) this.#past("?>")
      else if (b === BANG) this.#declaration()
      else return this.#tag(b === SLASH)
    }
  }

  is(name: string): boolean {
    return this.name === name
  }

  /** Text up to the next tag; null when the bytes end first. */
  text(): string | null {
    const start = this.at
    let stop = start
    while (stop < this.#end && this.#bytes[stop] !== OPEN) stop++
    return stop === this.#end ? null : this.#slice(start, Math.min(stop, start + 2 * NAME_MAX)).trim()
  }

  #tag(isEnd: boolean): Tag {
    const bytes = this.#bytes
    let at = this.at + (isEnd ? 2 : 1)
    let start = at
    while (at < this.#end && !isBlank(bytes[at]!) && bytes[at] !== CLOSE && bytes[at] !== SLASH) {
      if (bytes[at] === COLON) start = at + 1
      at++
    }
    const stop = at
    let quote = 0
    for (; at < this.#end; at++) {
      const b = bytes[at]!
      if (quote !== 0) {
        if (b === quote) quote = 0
      } else if (b === QUOTE || b === APOSTROPHE) quote = b
      else if (b === CLOSE) {
        this.name = this.#slice(start, Math.min(stop, start + NAME_MAX))
        this.at = at + 1
        return isEnd ? Tag.end : bytes[at - 1] === SLASH ? Tag.empty : Tag.start
      }
    }
    this.at = this.#end
    return Tag.none
  }

  #declaration(): void {
    if (this.#starts("<!--")) this.#past("-->")
    else if (this.#starts("<![CDATA[")) this.#past("]]>")
    else {
      let depth = 0
      while (this.at < this.#end) {
        const b = this.#bytes[this.at++]!
        if (b === BRACKET) depth++
        else if (b === BRACKET_CLOSE) depth--
        else if (b === CLOSE && depth <= 0) return
      }
    }
  }

  #starts(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#bytes[this.at + i] !== text.charCodeAt(i)) return false
    return true
  }

  #past(text: string): void {
    while (this.at < this.#end && !this.#starts(text)) this.at++
    this.at = Math.min(this.#end, this.at + text.length)
  }

  #slice(start: number, stop: number): string {
    const bytes = this.#bytes
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, stop - start)).latin1Slice()
  }
}

const isBlank = (b: number): boolean => b === 0x20 || (b >= 0x09 && b <= 0x0d)

export function readXmlCall(bytes: Uint8Array, start: number, end: number): XmlCall | null {
  const tags = new XmlTags(bytes, start, end)
  if (tags.next() !== Tag.start) return null
  if (tags.is("methodCall")) {
    while (tags.next() === Tag.start) {
      if (!tags.is("methodName")) return null
      const name = tags.text()
      return name === null ? null : { kind: "xml-rpc", name }
    }
    return null
  }
  if (!tags.is("Envelope")) return null
  // Elements that are open within the envelope.
  let depth = 0
  for (let tag = tags.next(); tag !== Tag.none; tag = tags.next()) {
    if (tag === Tag.start && depth === 0 && tags.is("Body")) {
      tag = tags.next()
      return tag === Tag.start || tag === Tag.empty ? { kind: "soap", name: tags.name } : null
    }
    if (tag === Tag.start) depth++
    else if (tag === Tag.end && --depth < 0) return null
  }
  return null
}
