import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { fieldNameOf } from "./field-name.ts"
import { FIELD_NAMES, FieldName } from "./http-head.ts"

const lookUp = (name: string): number => {
  const bytes = Buffer.from(`##${name}##`, "latin1")
  return fieldNameOf(bytes, 2, bytes.length - 2)
}

const KNOWN: Readonly<Record<string, number>> = {
  host: FieldName.host,
  "content-length": FieldName.contentLength,
  "transfer-encoding": FieldName.transferEncoding,
  cookie: FieldName.cookie,
  "set-cookie": FieldName.setCookie,
  "x-api-key": FieldName.xApiKey,
  "api-key": FieldName.apiKey,
  apikey: FieldName.apiKey,
  "ocp-apim-subscription-key": FieldName.subscriptionKey,
  "grpc-status": FieldName.grpcStatus,
  te: FieldName.other,
  hose: FieldName.other,
  "content-lengths": FieldName.other,
  "x-api_key": FieldName.other,
  "": FieldName.other,
}

test("names are found in any case, and only whole", () => {
  for (const [name, code] of Object.entries(KNOWN)) {
    assert.equal(lookUp(name), code, name)
    assert.equal(lookUp(name.toUpperCase()), code, name)
    assert.equal(lookUp(`${name}x`), FieldName.other, `${name}x`)
  }
})

const dashed = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const ODD: Readonly<Record<string, string>> = {
  subscriptionKey: "ocp-apim-subscription-key",
  soapAction: "soapaction",
}
const NAMES = new Map(Object.entries(FieldName).map(([key, code]) => [ODD[key] ?? dashed(key), code]))

test("every FieldName but other has a name that finds it, and fits the record", () => {
  for (const [name, code] of NAMES) {
    assert.ok(code < FIELD_NAMES)
    if (code !== FieldName.other) assert.equal(lookUp(name), code, name)
  }
})

test("no other name is taken for one of them", () => {
  const near = fc.tuple(fc.constantFrom(...NAMES.keys()), fc.nat(30), fc.stringMatching(/^[a-z-]$/))
  fc.assert(
    fc.property(near, ([name, at, letter]) => {
      const changed = name.slice(0, at) + letter + name.slice(at + 1)
      const expected =
        changed === "other" || changed === "apikey" ? lookUp(changed) : (NAMES.get(changed) ?? FieldName.other)
      assert.equal(lookUp(changed), expected, changed)
    }),
    { numRuns: 2000 },
  )
})
