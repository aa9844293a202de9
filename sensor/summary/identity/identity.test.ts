import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { SummaryCounters } from "../counters.ts"
import { PseudonymKey } from "../privacy/pseudonym.ts"
import { Kind } from "../value-class.ts"
import { authorizationClaim } from "./authorization.ts"
import { certificateFieldClaim } from "./certificate.ts"
import { Credentials } from "./credentials.ts"
import { displayName, publishedIssuer } from "./display-name.ts"
import { nodeAddress } from "./forwarding.ts"
import { jwtClaims } from "./jwt.ts"
import type { Location } from "./locations.ts"
import { fieldOf } from "./login-body.ts"
import { ntlmUser } from "./ntlm.ts"
import { authParameter } from "./parameters.ts"
import { DEFAULT_RULES, isCredential } from "./rules.ts"

const counters = new SummaryCounters()
const credentials = new Credentials(new PseudonymKey(new Uint8Array(32).fill(3)), counters)
const ruleOf = (name: string) => DEFAULT_RULES.find((rule) => rule.name === name)!
const locationOf = (rule: string, text: string) => credentials.locations.of(ruleOf(rule), text)
const AUTHORIZATION = locationOf("authorization", "authorization")

const base64 = (text: string): string => Buffer.from(text).toString("base64")
const jwt = (header: object, payload: object): string =>
  `${[header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.c2ln`

function of(value: string, location: Location = AUTHORIZATION) {
  const bytes = Buffer.from(`..${value}..`, "latin1")
  return credentials.of(location, bytes, 2, bytes.length - 2)
}
const identityOf = (value: string, location?: Location) => of(value, location).identity!

test("schemes and names, by example", () => {
  const rs = { alg: "RS256", kid: "k1" }
  for (const [value, scheme, name] of [
    [`Basic ${base64("partner:secret")}`, "basic", "partner"],
    [`basic ${base64("partner:")}`, "basic", "partner"],
    [`Basic ${base64("jane@example.com:x")}`, "basic", ""],
    [`Basic ${base64("sk_live_4eC39HqLyjWDarjtT1zdp7dc:")}`, "basic", ""],
    [`Bearer ${jwt(rs, { sub: "partner-42" })}`, "bearer-jwt", "partner-42"],
    [`Bearer ${jwt(rs, { azp: "portal", client_id: "b", sub: "s" })}`, "bearer-jwt", "portal"],
    [
      `Bearer ${jwt(rs, { client_id: "6f9619ff-8b86-d011-b42d-00c04fc964ff", sub: "s" })}`,
      "bearer-jwt",
      "6f9619ff-8b86-d011-b42d-00c04fc964ff",
    ],
    [`Bearer ${jwt(rs, { appid: "a1", sub: "s" })}`, "bearer-jwt", "a1"],
    [`Bearer ${jwt(rs, { sub: "jane@example.com" })}`, "bearer-jwt", ""],
    [`Bearer ${jwt(rs, {})}`, "bearer-jwt", ""],
    ["Bearer abcdefghijklmnop.qrstuvwxyz", "bearer-opaque", ""],
    ["Bearer eyJhbGciOiJSUzI1NiJ9.!!!.x", "bearer-opaque", ""],
    ["Bearer eyJhbGciOiJSUzI1NiJ9.bm90IGpzb24.x", "bearer-opaque", ""],
    ['Digest username="partner", realm="api", nonce="n", uri="/x", response="r"', "digest", "partner"],
    [
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=5d672d79",
      "sigv4",
      "AKIDEXAMPLE",
    ],
    ["AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=", "hmac", "AKIDEXAMPLE"],
    ['hmac username="partner", algorithm="hmac-sha256", signature="x"', "hmac", "partner"],
    ['Signature keyId="key-7",algorithm="rsa-sha256",signature="x"', "hmac", "key-7"],
    ["Token token=abcdef0123", "api-key", ""],
    ["ApiKey abcdef0123", "api-key", ""],
    ["abcdef0123", "api-key", ""],
    ["Custom whatever it is", "api-key", ""],
  ] as const) {
    const identity = identityOf(value)
    assert.deepEqual([identity.scheme, identity.name], [scheme, name], value)
    assert.match(identity.principal, /^[0-9a-f]{12}$/)
    assert.equal(identity.rule, "authorization")
  }
  for (const value of ["Negotiate YIIabc", "NTLM TlRMTVNT"]) {
    assert.equal(of(value).identity, null, value)
    assert.equal(of(value).scheme, "negotiate")
  }
})

test("the same holder with another token is the same principal, another holder is not", () => {
  const token = (sub: string, iat: number) =>
    identityOf(`Bearer ${jwt({ alg: "RS256" }, { sub, iss: "https://idp.example", iat })}`)
  assert.equal(token("a", 1).principal, token("a", 2).principal)
  assert.notEqual(token("a", 1).credential, token("a", 2).credential)
  assert.notEqual(token("a", 1).principal, token("b", 1).principal)
  const basic = (text: string) => identityOf(`Basic ${base64(text)}`)
  assert.equal(basic("p:1").principal, basic("p:2").principal)
  assert.notEqual(basic("p:1").credential, basic("p:2").credential)
  const issuer = (iss: string) => identityOf(`Bearer ${jwt({ alg: "RS256" }, { sub: "a", iss })}`)
  assert.notEqual(issuer("https://a.example").principal, issuer("https://b.example").principal)
})

test("equal content is the same object, also for values that change with every request", () => {
  assert.equal(identityOf("Bearer abcdefgh"), identityOf("Bearer abcdefgh"))
  const signed = (signature: string) =>
    identityOf(`AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu/iam/aws4_request, Signature=${signature}`)
  assert.equal(signed("aa"), signed("bb"))
})

test("claims: lifetime, expiry, scopes, key id, alg none", () => {
  const full = of(
    `Bearer ${jwt({ alg: "none", kid: "k" }, { sub: "x", iss: "https://idp.example/t?x=1", iat: 1000, exp: 4600, scope: "b a" })}`,
  )
  assert.equal(full.identity?.lifetimeLog2, 11)
  assert.equal(full.identity?.issuer, "https://idp.example/t")
  assert.equal(full.expiresUs, 4600e6)
  assert.ok(full.isUnsigned && full.at(4600e6 + 1).expired && !full.at(4600e6).expired)
  assert.ok(full.identity.scopeHash > 0 && full.identity.keyIdHash > 0)
  const listed = of(`Bearer ${jwt({ alg: "RS256" }, { sub: "x", scp: ["a", "b", "a"] })}`)
  assert.equal(listed.identity?.scopeHash, full.identity.scopeHash)
  assert.equal(listed.identity?.lifetimeLog2, -1)
  assert.equal(listed.expiresUs, Number.POSITIVE_INFINITY)
})

test("keys in fields, queries and cookies", () => {
  const field = locationOf("api_key_field", "header:x-api-key")
  const query = locationOf("api_key_query", "query:api_key")
  const cookie = locationOf("session_cookie", "cookie:sid")
  assert.equal(identityOf("k%2F1", field).scheme, "api-key")
  assert.equal(identityOf("k/1", field).principal, identityOf("k%2F1", query).principal)
  assert.equal(identityOf("k/1", cookie).scheme, "cookie")
  assert.equal(identityOf("k/1", cookie).location, "cookie:sid")
  const token = jwt({ alg: "RS256" }, { azp: "portal" })
  assert.equal(identityOf(`Bearer ${token}`, field).scheme, "bearer-jwt")
  assert.equal(identityOf(token, cookie).scheme, "cookie")
  assert.equal(identityOf(token, cookie).name, "portal")
  const amz = locationOf("signed_query", "query:x-amz-credential")
  assert.deepEqual(
    [identityOf("AKIDEXAMPLE%2F2024%2Fx", amz).scheme, identityOf("AKIDEXAMPLE%2F2024%2Fx", amz).name],
    ["sigv4", "AKIDEXAMPLE"],
  )
})

test("rules: which names count, and which only with a secret in them", () => {
  for (const [name, parameter, kind, expected] of [
    ["api_key_query", "API_KEY", Kind.word, true],
    ["api_key_query", "api_key", Kind.empty, false],
    ["api_key_query", "key", Kind.word, false],
    ["api_key_query", "key", Kind.hex, true],
    ["api_key_query", "page", Kind.hex, false],
    ["session_cookie", "JSESSIONID", Kind.mix, true],
    ["session_cookie", "__Host-session", Kind.base64, true],
    ["session_cookie", "_myapp_session", Kind.base64, true],
    ["session_cookie", "SESS49960de5880e8c68", Kind.base64, true],
    ["session_cookie", "theme", Kind.word, false],
    ["session_cookie", "_ga", Kind.mix, false],
  ] as const)
    assert.equal(isCredential(ruleOf(name), parameter, kind), expected, `${parameter} ${kind}`)
})

test("names and issuers that must not be shown", () => {
  for (const text of ["jane@example.com", "+4915112345678", "a\nb", "x".repeat(65), "", "10.0.0.1"])
    assert.equal(displayName(text, true), "", text)
  assert.equal(displayName("d41d8cd98f00b204e9800998ecf8427e", false), "")
  assert.equal(displayName("Acme Logistics", false), "Acme Logistics")
  assert.equal(publishedIssuer("https://user:secret@idp.example/t#f"), "https://idp.example/t")
  assert.equal(publishedIssuer("jane@example.com"), "")
})

test("parameters of a challenge response", () => {
  const text = 'Digest cusername=no, username="a\\"b", realm=plain'
  assert.equal(authParameter(text, "username"), 'a"b')
  assert.equal(authParameter(text, "realm"), "plain")
  assert.equal(authParameter(text, "nonce"), "")
})

test("any value gives a claim, never an exception; the malformed are counted", () => {
  const before = counters.malformedCredentials
  for (const value of [
    "",
    "Basic",
    "Basic !!!",
    "Bearer ",
    "Digest",
    "AWS4-HMAC-SHA256 x",
    "hmac",
    "Basic ====",
    "Bearer ..",
    "Bearer eyJ..",
  ])
    of(value)
  assert.ok(counters.malformedCredentials > before)
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom(
        ...["", "Bearer ", "Basic ", "Digest ", "AWS4-x ", "hmac ", "NTLM ", "Hawk id=", "v4.public.", "bce-auth-v1/"],
        ...["Hash=", "CN=", "-----BEGIN CERTIFICATE-----MII", "MIIB", '{"user":', "user="],
      ),
      (text, scheme) => {
        authorizationClaim(scheme + text)
        authorizationClaim(`Bearer ${scheme}${text}`)
        certificateFieldClaim(scheme + text)
        ntlmUser(Buffer.from(`NTLMSSP\0\x03\0\0\0${text}`.padEnd(90, text), "latin1"))
        nodeAddress(scheme + text)
        fieldOf(scheme + text, "user")
        jwtClaims(`eyJ${text}.${text}.`)
      },
    ),
    { verbose: true },
  )
  for (const payload of ['{"__proto__":{"sub":"x"}}', "[1]", "null", '{"sub":{}}', `{"a":${"[".repeat(5000)}`])
    assert.equal(jwtClaims(`eyJhbGciOiJub25lIn0.${Buffer.from(payload).toString("base64url")}.`)?.principal ?? "", "")
})
