// Rules of an operator: what they hold for, in which order, what of a value names the principal; and mistakes in them.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { OptionTable } from "../../../shared/config/options.ts"
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import { ipv4Flow, lines, Recorder } from "../fake-conversation.ts"
import { parseIdentityRules, RULES_MAX } from "./rule-config.ts"
import { isGlobMatch } from "./rule-sets.ts"
import { DEFAULT_RULES } from "./rules.ts"
import { SOURCES_MAX } from "./sources.ts"

const base64 = (text: string): string => Buffer.from(text).toString("base64")
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")
const jwt = (payload: object): string => `${part({ alg: "RS256" })}.${part(payload)}.c2ln`
const SECRET = "9f2c71d4e0a84b5f9c1de27734aa01bd"

function recorderOf(...tables: readonly OptionTable[]): Recorder {
  const { rules, mistakes } = parseIdentityRules(tables)
  assert.deepEqual(mistakes, [])
  return new Recorder({ rules: [...rules, ...DEFAULT_RULES] })
}

function ask(recorder: Recorder, target: string, fields: readonly string[], host = "api.example.com"): ApiEvent {
  const head = lines(`GET ${target} HTTP/1.1`, `Host: ${host}`, ...fields)
  return recorder.exchange(ipv4Flow("10.0.0.7", 40_000, "192.0.2.1", 8080), { head }, null)
}

test("a rule holds for its services, ports and paths, and comes before the built-in ones", () => {
  const recorder = recorderOf(
    { name: "eu", services: ["*.eu.example.com"], from: "header x-partner" },
    { name: "port", services: ["api.example.com:8443"], from: "header x-partner" },
    { name: "path", path: "/v1/partner", from: "header x-partner", services: ["api.example.com"] },
    { name: "wrong_port", ports: [9], from: "header x-partner" },
  )
  for (const [host, target, rule] of [
    ["a.eu.example.com", "/x", "eu"],
    ["A.EU.example.com:8080", "/x", "eu"],
    ["eu.example.com", "/x", "api_key_field"],
    ["api.example.com:8443", "/x", "port"],
    ["api.example.com", "/v1/partner", "path"],
    ["api.example.com", "/v1/partner/7?x=1", "path"],
    ["api.example.com", "/v1/partners", "api_key_field"],
    ["other.example.com", "/v1/partner", "api_key_field"],
  ] as const)
    for (let again = 0; again < 2; again++) {
      const fields = ["X-Partner: acme", `X-Api-Key: ${SECRET}`]
      assert.equal(ask(recorder, target, fields, host).identity.rule, rule, `${host}${target}`)
    }
})

test("the first rule that takes what stands there decides; what it says is no credential is none", () => {
  const recorder = recorderOf(
    { name: "only_basic", from: "authorization", schemes: ["basic"] },
    { name: "no_session", from: "authorization", schemes: ["session"], ignore: true },
    { name: "shared_key", from: "header x-api-key", ignore: true },
    { name: "dotted", from: "header x-partner-*", before: "." },
    { name: "any_cookie", from: "cookie sid" },
  )
  for (const [fields, rule] of [
    [[`Authorization: Basic ${base64("a:b")}`], "only_basic"],
    [["Authorization: Bearer abcdefgh"], "authorization"],
    [["Authorization: Session abcdefgh"], "client"],
    [["Authorization: Session abcdefgh", "Cookie: sid=1"], "any_cookie"],
    [[`X-Api-Key: ${SECRET}`], "client"],
    [[`X-Api-Key: ${SECRET}`, `X-Auth-Token: ${SECRET}`], "api_key_field"],
    [["X-Partner-Key: acme.secret"], "dotted"],
    [["X-Partner-Key: nodot"], "client"],
    [["X-Partner-Key: nodot", "Cookie: sid=1"], "any_cookie"],
  ] as const)
    assert.equal(ask(recorder, "/x", fields).identity.rule, rule, fields.join())
  const ignored = recorderOf({ name: "filter", from: "query api_key", ignore: true })
  assert.deepEqual(ask(ignored, `/x?api_key=${SECRET}`, []).anomalies, [])
  assert.deepEqual(ask(recorderOf(), `/x?api_key=${SECRET}`, []).anomalies, [18])
})

test("which part of a value names the principal, and whether its name is shown", () => {
  const recorder = recorderOf(
    { name: "before", from: "header x-before", before: ".", show: true },
    { name: "after", from: "header x-after", after: ":" },
    { name: "parameter", from: "header x-parameter", parameter: "App", show: true },
    { name: "named", from: "header x-consumer-name", as: "hmac", show: true },
    { name: "segment", from: "path 2", path: "/bot", show: true },
    { name: "cookie", from: "cookie ticket", claims: ["sub"], show: true },
    { name: "signer", from: "header x-key-id", as: "hmac", show: true },
    { name: "quiet", from: "header x-quiet-id", as: "hmac" },
    { name: "user", from: "authorization", schemes: ["user"], claims: ["preferred_username"] },
    { name: "claims", from: "authorization", schemes: ["bearer"], claims: ["org.id", "https://acme/team"], show: true },
    { name: "hidden", from: "authorization", schemes: ["basic"], show: false },
  )
  const of = (field: string) => ask(recorder, "/x", [field]).identity
  assert.equal(of("X-Before: acme.s1").principal, of("X-Before: acme.s2").principal)
  assert.notEqual(of("X-Before: acme.s1").credential, of("X-Before: acme.s2").credential)
  assert.notEqual(of("X-Before: acme.s1").principal, of("X-Before: acne.s1").principal)
  assert.equal(of("X-After: s1:acme").principal, of("X-After: s2:acme").principal)
  assert.equal(ask(recorder, "/bot/a/x", []).identity.principal, ask(recorder, "/bot/a/y?q=1", []).identity.principal)
  assert.notEqual(ask(recorder, "/bot/a/x", []).identity.principal, ask(recorder, "/bot/b/x", []).identity.principal)
  for (const [field, name] of [
    ["X-Before: acme.s1", "acme"],
    ["X-After: s1:acme", ""],
    ['X-Parameter: key="v"; app="acme"', "acme"],
    ["X-Consumer-Name: acme", "acme"],
    [`X-Consumer-Name: ${SECRET}`, ""],
    ["X-Key-Id: acme-7", "acme-7"],
    ["X-Quiet-Id: acme-7", ""],
    [`Authorization: User ${jwt({ preferred_username: "jane" })}`, ""],
    [`Authorization: Bearer ${jwt({ org: { id: 7 }, sub: "x" })}`, "7"],
    [`Authorization: Bearer ${jwt({ "https://acme/team": "blue", sub: "x" })}`, "blue"],
    [`Authorization: Bearer ${jwt({ org: { id: "jane@example.com" } })}`, ""],
    [`Authorization: Basic ${base64("acme:x")}`, ""],
    ["Authorization: Bearer hunter2", ""],
    ["Cookie: ticket=hunter2", ""],
    [`Cookie: ticket=${jwt({ sub: "acme" })}`, "acme"],
  ] as const)
    assert.equal(of(field).name, name, field)
  // A segment is an id: shown, unless it looks like a secret or a person.
  for (const [segment, name] of [
    ["acme", "acme"],
    [SECRET, ""],
    ["jane%40example.com", ""],
  ] as const)
    assert.equal(ask(recorder, `/bot/${segment}/x`, []).identity.name, name, segment)
})

test("the tenant that a token names, against the path", () => {
  const recorder = recorderOf({
    name: "tenants",
    from: "authorization",
    tenant: "tenant_id",
    "tenant-after": "tenants",
  })
  const other = recorderOf({ name: "tenants", from: "authorization", tenant: "tenant_id" })
  const match = (one: Recorder, target: string, tenant: string | number): number =>
    ask(one, target, [`Authorization: Bearer ${jwt({ sub: "x", tenant_id: tenant })}`]).tenantMatch
  for (const [target, tenant, expected] of [
    ["/tenants/acme/orders", "acme", 1],
    ["/tenants/other/orders", "acme", 0],
    ["/tenants", "acme", -1],
    ["/health", "acme", -1],
    ["/orders/acme?tenants/other", "acme", 1],
  ] as const)
    assert.equal(match(recorder, target, tenant), expected, target)
  assert.equal(ask(recorder, "/tenants/acme", [`X-Api-Key: ${SECRET}`]).tenantMatch, -1)
  // Without a word of the operator, a place is learnt from those who stay with their own.
  assert.deepEqual(
    ["/t/12/orders/13", "/t/12/orders/14", "/t/13/orders/12"].map((target) => match(other, target, 13)),
    [1, 0, 1],
  )
})

test("rules of equal services share what is known, and unlimited rules cost no look", () => {
  const recorder = recorderOf({ name: "eu", services: ["*.eu.example.com"], from: "header x-partner" })
  for (let i = 0; i < 50; i++) ask(recorder, "/x", ["X-Partner: acme"], `h${i}.eu.example.com`)
  assert.equal(recorder.counters.made.operations, 1)
  assert.equal(recorder.counters.rules.eu, 50)
})

test("more places for a credential than are looked at are counted", () => {
  const tables = Array.from({ length: SOURCES_MAX + 4 }, (_, i) => ({
    name: `r${i}`,
    from: "header x-a",
    before: `${i}`,
  }))
  const recorder = recorderOf(...tables)
  assert.equal(ask(recorder, "/x", ["X-A: nothing"]).identity.rule, "client")
  assert.equal(recorder.counters.identity.sourcesCut, 1)
})

test("globs", () => {
  for (const [pattern, text, expected] of [
    ["api.example.com", "api.example.com", true],
    ["api.example.com", "xapi.example.com", false],
    ["*.example.com", "a.b.example.com", true],
    ["*.example.com", ".example.com", true],
    ["*.example.com", "example.com", false],
    ["a*b*c", "axxbxxc", true],
    ["a*b*c", "acb", false],
    ["ab*ba", "aba", false],
    ["*", "", true],
  ] as const)
    assert.equal(isGlobMatch(pattern, text), expected, `${pattern} ${text}`)
  assert.equal(isGlobMatch(`${"*a".repeat(100)}b`, "a".repeat(10_000)), false)
})

test("every mistake is said at once, with the rule and the key", () => {
  const { rules, mistakes } = parseIdentityRules([
    { name: "ok", from: "header x-a" },
    { name: "ok", from: "cookie sid" },
    { name: "authorization", from: "authorization" },
    { name: "Bad Name" },
    { name: "places", from: "body x", services: [], ports: ["80"], path: "v1" },
    { name: "form", from: "header x-a", schemes: ["basic"], as: "rsa", show: 1, before: "", tenant: 7 },
    { name: "parts", from: "path 0", before: ".", after: ":", "tenant-after": "t" },
    { name: "proxy", from: "header x-a", as: "mtls", trusted: false },
    { name: "claims", from: "authorization", claims: ["azp"], parameter: "p", as: "hmac", pth: 1 },
    { name: "stars", from: "header *x-a*" },
    { name: "whole", from: "header x-a", show: true },
    { name: "query", from: "query a", show: true },
    { name: "any", from: "authorization", show: true },
    { name: "bearer", from: "authorization", schemes: ["basic", "bearer"], show: true },
    { name: "user", from: "authorization", schemes: ["basic", "hmac-sha256"], show: true },
    { name: "cn", from: "certificate", show: true },
    { name: "none", from: "cookie a", show: true, ignore: true },
  ])
  assert.deepEqual(rules, [])
  const said = mistakes.map((mistake) => /^identity\.rule ("[\w-]+"|\d+): ("[\w-]+")/.exec(mistake)?.slice(1).join(" "))
  assert.deepEqual(said, [
    '"ok" "name"',
    '"authorization" "name"',
    '4 "name"',
    '4 "from"',
    '"places" "from"',
    '"places" "services"',
    '"places" "ports"',
    '"places" "path"',
    '"form" "schemes"',
    '"form" "as"',
    '"form" "before"',
    '"form" "show"',
    '"form" "tenant"',
    '"parts" "from"',
    '"parts" "after"',
    '"parts" "tenant-after"',
    '"proxy" "trusted"',
    '"claims" "pth"',
    '"claims" "as"',
    '"claims" "parameter"',
    '"stars" "from"',
    '"whole" "show"',
    '"query" "show"',
    '"any" "show"',
    '"bearer" "show"',
  ])
  const many = Array.from({ length: RULES_MAX + 1 }, (_, i) => ({ name: `r${i}`, from: "header x-a" }))
  assert.deepEqual(parseIdentityRules(many).mistakes.length, 1)
  assert.deepEqual(parseIdentityRules(many.slice(1)).mistakes, [])
})
