// Test support: requests that no honest client sends, made from an OpenAPI document by a seed.
//
// In:  a route of the document, ids that exist, a source of randomness. Out: method, raw path, headers, raw body. A request begins as one
// that the document allows, and one or two places of it are then made hostile: so the bodies get past the first check and reach the rest.

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minimum?: number
  readonly format?: string
}

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly schema: Schema
}

export interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> }
}

export interface OpenapiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export interface HostileRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | null
}

/** Numbers in [0, 1). */
export type Random = () => number

const LONG = "A".repeat(10_240)
/** As they stand in an address: some are no valid encoding. */
const RAW_TEXTS: readonly string[] = [
  "",
  "0",
  "-1",
  "NaN",
  "Infinity",
  "1e309",
  "9007199254740993",
  "-9223372036854775809",
  "99999999999999999999999999",
  "0x10",
  "1.5",
  "true",
  "null",
  "undefined",
  "[object%20Object]",
  "__proto__",
  "constructor",
  "%00",
  "a%00b",
  "%0d%0aX-Injected:%201",
  "%c3%28",
  "%ff%fe",
  "%",
  "%zz",
  "%25%32%65",
  "..%2f..%2f..%2fetc%2fpasswd",
  "....//etc/passwd",
  "%27%20OR%201=1--",
  "%22%3B%20DROP%20TABLE%20services%3B--",
  "%3Cscript%3Ealert(1)%3C/script%3E",
  "%F0%9F%92%A9",
  "%ED%A0%80",
  "%E2%80%AE",
  "%7B%22a%22%3A1%7D",
  "2026-99-99T99:99:99Z",
  "+275760-09-13T00:00:00.001Z",
  "-271821-04-19T23:59:59.999Z",
  "2026-11-25T00:00:00%2B99:99",
  "$%7Bjndi:ldap://x%7D",
  "*",
  "%25",
  "_",
  "a".repeat(129),
  LONG,
  Buffer.from('[null,"x",1e400]').toString("base64url"),
  Buffer.from('{"__proto__":1}').toString("base64url"),
  Buffer.from("[1,2,3,4,5,6,7,8,9]").toString("base64url"),
  "W10",
  "bnVsbA",
]

const deep = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  1e308,
  -1e308,
  Number.MAX_SAFE_INTEGER + 1,
  5e-324,
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\u202e\u{1f4a9}",
  "__proto__",
  "constructor",
  "'; DROP TABLE services;--",
  "../../etc/passwd",
  "%00%ff",
  "{{7*7}}",
  "(a+)+$",
  "/{a}/{a}/{b}//",
  "/".repeat(3000),
  "*",
  "NaN",
  "2026-99-99",
  "+275760-09-13T00:00:00.001Z",
  "10.0.0.0/99",
  "::/129",
  LONG,
  [],
  {},
  [[]],
  [null],
  ["\u0000", LONG],
  Array.from({ length: 2000 }, (_, i) => i),
  Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i])),
  deep(60),
  JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"a":1}}}'),
]

/** Bodies as bytes: what never becomes a value, or one that no field asked for. */
const RAW_BODIES: readonly (string | Buffer)[] = [
  "",
  "{",
  '{"a":',
  '{"a":1',
  "[1,2",
  '"',
  "nul",
  "NaN",
  '{"a":NaN}',
  "\u0000",
  "[]",
  "null",
  '"text"',
  "1e999",
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"a":1,"a":2}',
  `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
  `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
  Buffer.from([0xc3, 0x28]),
  Buffer.alloc(2000, 0x80),
  "openapi: 3.0.0\npaths: &a [*a]",
  "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]",
  '{"openapi":"3.1.0","info":{},"paths":{"/a/{":{"get":{}}},"components":{"schemas":{"A":{"$ref":"#/components/schemas/A"}}}}',
  '{"openapi":"3.0.0","paths":[]}',
  '{"swagger":"2.0","paths":{"__proto__":{"get":null}}}',
]
const BIG = "x".repeat(2_000_000)

const TYPES: readonly string[] = [
  "application/json",
  "application/json; charset=utf-16",
  "application/json;;;",
  "text/html",
  "application/xml",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
  "application/yaml",
  "text/plain",
  "x",
  "/",
  "application/__proto__",
]

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { "if-none-match": LONG.slice(0, 4000) },
  { "accept-encoding": "__proto__" },
  { accept: "*/*;q=NaN, \u00ff" },
  { range: "bytes=-1-" },
  { expect: "x" },
  { cookie: `sonde_session=${"%00".repeat(100)}; sonde_session` },
  { "x-http-method-override": "DELETE" },
]

export class Hostility {
  readonly #document: OpenapiDocument
  readonly #idOf: (collection: string) => string
  readonly #random: Random

  /** `idOf`: an id that "/api/v1/services" and the like listed. */
  constructor(document: OpenapiDocument, idOf: (collection: string) => string, random: Random) {
    this.#document = document
    this.#idOf = idOf
    this.#random = random
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T
  }

  #chance(share: number): boolean {
    return this.#random() < share
  }

  request(template: string, method: string, { parameters = [], requestBody }: Operation): HostileRequest {
    const path = template.replaceAll(/\{(\w+)\}/g, (_all, _name, at: number) => {
      const collection = template.slice(0, at - 1)
      const known = this.#idOf(collection)
      return known !== "" && this.#chance(0.7) ? encodeURIComponent(known) : this.#pick(RAW_TEXTS)
    })
    const headers: Record<string, string> = this.#chance(0.1) ? { ...this.#pick(HEADERS) } : {}
    const query = this.#query(parameters)
    if (method === "GET") return { method, path: path + query, headers, body: null }
    const [type = "application/json", content] = this.#pick(Object.entries(requestBody?.content ?? {})) ?? []
    headers["content-type"] = this.#chance(0.15) ? this.#pick(TYPES) : type
    return { method, path: path + query, headers, body: this.#body(content?.schema) }
  }

  #query(parameters: readonly Parameter[]): string {
    const parts: string[] = []
    for (const { name, in: place, schema } of parameters) {
      if (place !== "query" || !this.#chance(0.4)) continue
      const value = this.#chance(0.5) ? this.#pick(RAW_TEXTS) : encodeURIComponent(String(this.#valid(schema)))
      parts.push(this.#chance(0.1) ? `${name}[]=${value}&${name}=${value}` : `${name}=${value}`)
    }
    if (this.#chance(0.05)) parts.push(`${this.#pick(RAW_TEXTS)}=${this.#pick(RAW_TEXTS)}`)
    return parts.length === 0 ? "" : `?${parts.join("&")}`
  }

  #body(schema: Schema | undefined): string | Buffer | null {
    if (this.#chance(0.01)) return BIG
    if (schema === undefined || this.#chance(0.25)) return this.#chance(0.1) ? null : this.#pick(RAW_BODIES)
    const text = JSON.stringify(this.#mutated(this.#valid(schema)))
    return this.#chance(0.1) ? text.slice(0, Math.floor(this.#random() * text.length)) : text
  }

  /** The value with one or two places replaced. */
  #mutated(value: unknown): unknown {
    if (value === null || typeof value !== "object" || this.#chance(0.1)) return this.#pick(VALUES)
    const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...value }
    const keys = Object.keys(copy)
    if (keys.length === 0 || this.#chance(0.05)) copy.unknown = this.#pick(VALUES)
    for (let times = 0; times < 2 && keys.length > 0; times++) {
      const key = this.#pick(keys)
      copy[key] = this.#chance(0.4) ? this.#mutated(copy[key]) : this.#pick(VALUES)
      if (this.#chance(0.6)) break
    }
    return copy
  }

  /** A value that the schema allows, as far as types and names go. */
  #valid(schema: Schema): unknown {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.split("/").at(-1)!
      return this.#valid(this.#document.components.schemas[name] ?? {})
    }
    if (schema.const !== undefined) return schema.const
    if (schema.enum !== undefined) return this.#pick(schema.enum)
    if (schema.anyOf !== undefined) return this.#valid(this.#pick(schema.anyOf))
    const type = typeof schema.type === "string" ? schema.type : this.#pick(schema.type ?? ["string"])
    if (type === "object") {
      const chosen = Object.entries(schema.properties ?? {}).filter(
        ([name]) => schema.required?.includes(name) === true || this.#chance(0.6),
      )
      return Object.fromEntries(chosen.map(([name, property]) => [name, this.#valid(property)]))
    }
    if (type === "array") return this.#chance(0.2) ? [] : [this.#valid(schema.items ?? {})]
    if (type === "integer" || type === "number") return schema.minimum ?? 1
    if (type === "boolean") return this.#chance(0.5)
    if (type === "null") return null
    if (schema.format === "date-time") return "2026-11-25T09:00:00Z"
    return this.#pick(["x", "/v1/orders/{id}", "api.example.com", "10.0.0.0/8", "1", "open", "enumeration"])
  }
}
