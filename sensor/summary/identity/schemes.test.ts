// Heads as clients send them, one of each scheme, with made-up values: who is found, by which rule, under which name.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Identity } from "../../../shared/event/api-event.ts"
import { parseNetwork } from "../../flow/address-text.ts"
import { ipv4Flow, lines, Recorder } from "../fake-conversation.ts"

const base64 = (text: string): string => Buffer.from(text).toString("base64")
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")
const jwt = (payload: object): string => `${part({ alg: "RS256", kid: "k1" })}.${part(payload)}.c2ln`
const OPAQUE = "9f2c71d4e0a84b5f9c1de27734aa01bd"

function ntlm(type: number, domain: string, user: string): string {
  const names = [Buffer.from(domain, "utf16le"), Buffer.from(user, "utf16le")]
  const message = Buffer.alloc(72 + names[0]!.length + names[1]!.length)
  message.write("NTLMSSP\0", 0, "latin1")
  message.writeUInt32LE(type, 8)
  let at = 72
  for (const [i, field] of [28, 36].entries()) {
    message.writeUInt16LE(names[i]!.length, field)
    message.writeUInt16LE(names[i]!.length, field + 2)
    message.writeUInt32LE(at, field + 4)
    names[i]!.copy(message, at)
    at += names[i]!.length
  }
  message.writeUInt32LE(1, 60)
  return message.toString("base64")
}

function identify(target: string, fields: readonly string[], options = {}): Identity {
  const head = lines(`GET ${target} HTTP/1.1`, "Host: api.example.com", ...fields)
  return new Recorder(options).exchange(ipv4Flow("10.0.0.7", 40_000, "192.0.2.1", 80), { head }, null).identity
}

/** Field, or target when it begins with "/"; rule, scheme, name. */
const TABLE: readonly (readonly [string, string, string, string])[] = [
  [`Authorization: Basic ${base64("acme:secret")}`, "authorization", "basic", "acme"],
  [`Authorization: Bearer ${jwt({ azp: "portal", sub: "x" })}`, "authorization", "bearer-jwt", "portal"],
  [`Authorization: DPoP ${jwt({ client_id: "mobile" })}`, "authorization", "bearer-jwt", "mobile"],
  [`Authorization: Bearer ${OPAQUE}`, "authorization", "bearer-opaque", ""],
  [`Authorization: Bearer ${part({ alg: "RSA-OAEP", kid: "e1" })}.a.b.c.d`, "authorization", "bearer-opaque", ""],
  [`Authorization: Bearer v2.local.${"Ab1_".repeat(12)}`, "authorization", "bearer-opaque", ""],
  [`Authorization: OAuth ${OPAQUE}`, "authorization", "bearer-opaque", ""],
  [
    'Authorization: OAuth oauth_consumer_key="acme-key", oauth_token="t", oauth_signature="s"',
    "authorization",
    "hmac",
    "acme-key",
  ],
  [
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240129/eu-west-1/s3/aws4_request, Signature=5d67",
    "authorization",
    "sigv4",
    "AKIDEXAMPLE",
  ],
  [
    "Authorization: AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20240129/s3/aws4_request, Signature=30",
    "authorization",
    "sigv4",
    "AKIDEXAMPLE",
  ],
  ["Authorization: AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo=", "authorization", "hmac", "AKIDEXAMPLE"],
  ["Authorization: SharedKey acmestore:ctzMq410TV3wS7up", "authorization", "hmac", "acmestore"],
  ["Authorization: HMAC acme:c2lnbmF0dXJl", "authorization", "hmac", "acme"],
  [
    "Authorization: TC3-HMAC-SHA256 Credential=AKIDz8/2024-01-29/cvm/tc3_request, Signature=ab",
    "authorization",
    "hmac",
    "AKIDz8",
  ],
  [
    "Authorization: EMS-HMAC-SHA256 Credential=acme_key/20240129/eu/ems_request, Signature=ab",
    "authorization",
    "hmac",
    "acme_key",
  ],
  ["Authorization: bce-auth-v1/acmekey/2024-01-29T10:00:00Z/1800/host/ab12", "authorization", "hmac", "acmekey"],
  [
    "Authorization: SDK-HMAC-SHA256 Access=ACMEKEY, SignedHeaders=host, Signature=ab",
    "authorization",
    "hmac",
    "ACMEKEY",
  ],
  ['Authorization: Hawk id="acme", ts="1353832234", nonce="j4h3g2", mac="x"', "authorization", "hmac", "acme"],
  ['Authorization: Signature keyId="acme-1",algorithm="rsa-sha256",signature="x"', "authorization", "hmac", "acme-1"],
  [
    'Signature-Input: sig1=("@method");created=1618884473;keyid="acme-9";alg="ed25519"',
    "http_signature",
    "hmac",
    "acme-9",
  ],
  ['Authorization: Digest username="acme", realm="r", nonce="n", response="x"', "authorization", "digest", "acme"],
  ['Authorization: Digest username="5e884898da", userhash=true, realm="r"', "authorization", "digest", ""],
  [`Authorization: NTLM ${ntlm(3, "CORP", "jroe")}`, "authorization", "negotiate", ""],
  ["Authorization: Negotiate YIIFgAYGKwYBBQUCoIIFdDCC", "authorization", "negotiate", ""],
  [`Authorization: ApiKey ${OPAQUE}`, "authorization", "api-key", ""],
  [`Authorization: Token token="${OPAQUE}"`, "authorization", "api-key", ""],
  [`Authorization: ${OPAQUE}`, "authorization", "api-key", ""],
  [`X-Api-Key: ${OPAQUE}`, "api_key_field", "api-key", ""],
  [`X-Access-Token: ${jwt({ azp: "portal" })}`, "api_key_field", "bearer-jwt", "portal"],
  [`Cookie: theme=dark; sid=${OPAQUE}`, "session_cookie", "cookie", ""],
  [`Cookie: access_token=${jwt({ azp: "portal" })}`, "session_cookie", "cookie", "portal"],
  [`/x?api_key=${OPAQUE}`, "api_key_query", "api-key", ""],
  [`/x;jsessionid=${OPAQUE}?a=1`, "session_url", "cookie", ""],
  ["/x?PHPSESSID=abc", "session_url", "cookie", ""],
  [`/x?sid=${OPAQUE}`, "session_url", "cookie", ""],
  ["/x?sid=7", "client", "none", ""],
  ["/b/o?X-Amz-Credential=AKIDEXAMPLE%2F20240129%2Feu%2Fs3%2Faws4_request", "signed_query", "sigv4", "AKIDEXAMPLE"],
  ["/b/o?X-Goog-Credential=robot%40acme.example%2F20240129%2Fauto", "signed_query", "sigv4", ""],
  ["/b/o?AWSAccessKeyId=AKIDEXAMPLE&Expires=1&Signature=x", "key_id_query", "hmac", "AKIDEXAMPLE"],
  ["/c/b?sv=2022-11-02&sr=b&sig=abc", "shared_access_query", "api-key", ""],
  ["/search?sig=abc", "client", "none", ""],
  ["/plain", "client", "none", ""],
]

test("schemes, as clients send them", () => {
  for (const [sent, rule, scheme, name] of TABLE) {
    const identity = sent.startsWith("/") ? identify(sent, []) : identify("/x", [sent])
    assert.deepEqual([identity.rule, identity.scheme, identity.name], [rule, scheme, name], sent)
    assert.match(identity.principal, /^[0-9a-f]{12}$/, sent)
  }
})

test("the same holder by another scheme's spelling is the same principal, whatever is signed", () => {
  const of = (field: string): string => identify("/x", [`Authorization: ${field}`]).principal
  for (const [one, other] of [
    ["Hawk id=acme, mac=a", "Hawk id=acme, mac=b"],
    ["AWS AKID:a", "AWS4-HMAC-SHA256 Credential=AKID/20240129/eu/s3/aws4_request, Signature=b"],
    [`NTLM ${ntlm(3, "CORP", "jroe")}`, `Negotiate ${ntlm(3, "corp", "JRoe")}`],
    [`Basic ${base64("acme:one")}`, 'Digest username="acme", realm="r"'],
  ] as const)
    assert.equal(of(one), of(other), one)
  assert.notEqual(of(`NTLM ${ntlm(3, "CORP", "jroe")}`), of(`NTLM ${ntlm(3, "CORP", "jdoe")}`))
})

test("a PASETO that is public says who it is of; its footer names the key", () => {
  const claims = Buffer.concat([
    Buffer.from(JSON.stringify({ sub: "acme", exp: "2030-01-01T00:00:00Z" })),
    Buffer.alloc(64),
  ])
  const token = `v4.public.${claims.toString("base64url")}.${part({ kid: "k9" })}`
  const identity = identify("/x", [`Authorization: Bearer ${token}`])
  assert.deepEqual([identity.scheme, identity.name, identity.keyIdHash > 0], ["bearer-opaque", "acme", true])
  assert.equal(identify("/x", [`Authorization: Bearer ${token}x.y`]).scheme, "bearer-opaque")
})

test("certificates that a proxy tells of count behind trusted proxies only", () => {
  const hash = "468ed33be74eee6556d90c0149c1309e9ba61d6425303443c0748a02dd8de688"
  const trusted = { trustedProxies: [parseNetwork("10.0.0.0/8")!] }
  for (const [field, name] of [
    [
      `X-Forwarded-Client-Cert: By=spiffe://a;Hash=${"0".repeat(64)},Hash=${hash};Subject="CN=acme,O=Acme, Inc."`,
      "acme",
    ],
    ["X-SSL-Client-S-DN: CN=acme,OU=Partners,O=Acme", "acme"],
    ["ssl-client-subject-dn: /O=Acme/CN=acme", "acme"],
    [`X-SSL-Client-SHA1: ${hash.slice(0, 40)}`, ""],
  ] as const) {
    const identity = identify("/x", [field], trusted)
    assert.deepEqual([identity.rule, identity.scheme, identity.name], ["forwarded_certificate", "mtls", name], field)
    assert.equal(identify("/x", [field]).rule, "client", field)
  }
  const by = (subject: string): Identity => identify("/x", [`X-Client-DN: ${subject}`], trusted)
  assert.equal(by("CN=acme,O=Acme").principal, by("/C=DE/CN=acme").principal)
  const bad = identify("/x", [`X-Client-Cert: -----BEGIN%20CERTIFICATE-----${"MIIB".repeat(20)}-----END`], trusted)
  assert.deepEqual([bad.scheme, bad.credential], ["mtls", ""])
})

test("what authenticates a connection holds for its later requests, and for no other connection", () => {
  const recorder = new Recorder()
  const conversation = ipv4Flow("10.0.0.7", 40_000, "192.0.2.1", 80)
  const plain = { head: lines("GET /x HTTP/1.1", "Host: api.example.com") }
  const signed = { head: `${plain.head}\r\nAuthorization: NTLM ${ntlm(3, "CORP", "jroe")}` }
  assert.equal(recorder.exchange(conversation, plain, null).identity.scheme, "none")
  const own = recorder.exchange(conversation, signed, null).identity
  assert.deepEqual([recorder.exchange(conversation, plain, null).identity, own.scheme], [own, "negotiate"])
  assert.equal(recorder.exchange(ipv4Flow("10.0.0.7", 40_001, "192.0.2.1", 80), plain, null).identity.scheme, "none")
})

test("the age of a token is that at the time of each request, and expiry is seen when it comes", () => {
  const recorder = new Recorder()
  const conversation = ipv4Flow("10.0.0.7", 40_000, "192.0.2.1", 80)
  const at = recorder.timeUs / 1e6
  const token = jwt({ sub: "acme", iat: at - 10, exp: at + 90 })
  const head = lines("GET /x HTTP/1.1", "Host: api.example.com", `Authorization: Bearer ${token}`)
  const seen: [number, boolean][] = []
  for (const afterS of [0, 5, 6, 54, 90, 90.000_001, 1000, 3]) {
    recorder.timeUs = (at + afterS) * 1e6
    const { identity } = recorder.exchange(conversation, { head }, null)
    seen.push([identity.ageLog2, identity.expired])
  }
  assert.deepEqual(seen, [
    [3, false],
    [3, false],
    [4, false],
    [6, false],
    [6, false],
    [6, true],
    [9, true],
    [3, false],
  ])
  const before = recorder.counters.made.identities
  for (let i = 0; i < 20; i++) recorder.exchange(conversation, { head }, null)
  assert.equal(recorder.counters.made.identities, before)
})
