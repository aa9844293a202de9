// Certificates made with openssl for this test; node:crypto reads them too and serves as the oracle.
import assert from "node:assert/strict"
import { X509Certificate } from "node:crypto"
import { test } from "node:test"
import fc from "fast-check"
import { firstCertificate, NAMES_MAX, readCertificate } from "./certificate.ts"
import { Certificates } from "./certificates.ts"
import { certificateMessage, list24, u8, u16 } from "./fake-tls.ts"

/** Subject with two common names; names, wildcard, both kinds of addresses, mailbox and URI. */
const MANY = Buffer.from(
  `MIICljCCAjygAwIBAgIUXi1HBCLnq228tdgH0NwY5aOO7oEwCgYIKoZIzj0EAwIwVzELMAkGA1UEBhMCREUxEDAOBgNVBAoMB0V4YW1wbGUxGD
AWBgNVBAMMD0V4YW1wbGUgRWRnZSBDQTEcMBoGA1UEAwwTUGFydG5lci5FeGFtcGxlLkNPTTAgFw0yNjExMjQyMDU5NTVaGA8yMTI2MTAzMTIw
NTk1NVowVzELMAkGA1UEBhMCREUxEDAOBgNVBAoMB0V4YW1wbGUxGDAWBgNVBAMMD0V4YW1wbGUgRWRnZSBDQTEcMBoGA1UEAwwTUGFydG5lci
5FeGFtcGxlLkNPTTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKvbD53Pf7QTfS7qStfV38PpolEE1PucPlTr6G6+XrAWLRnqlfBhXbO+aVmK
HUD708ySAE04UqO9aly/k0WPgb+jgeMwgeAwHQYDVR0OBBYEFD4Vw5hpEBoGSuuFDFtUnaJDv298MB8GA1UdIwQYMBaAFD4Vw5hpEBoGSuuFDF
tUnaJDv298MA8GA1UdEwEB/wQFMAMBAf8wgYwGA1UdEQSBhDCBgYITUGFydG5lci5leGFtcGxlLmNvbYIUKi5vcmRlcnMuZXhhbXBsZS5jb22H
BMAAAgeHECABDbgAAAAAAAAAAAAAAAGBFGphbmUuZG9lQGV4YW1wbGUuY29thhFodHRwczovL3guZXhhbXBsZYITcGFydG5lci5leGFtcGxlLm
NvbTAKBggqhkjOPQQDAgNIADBFAiAeSQMLKjPQDB1XsJyEdUxs3Aov62ejGJh+RusGwF0udwIhAOdatrVOMGYQMV1q0eP1zG3G8jwVwButgr7D
0KVx3irt`,
  "base64",
)
/** A common name, and no alternative ones. */
const PLAIN = Buffer.from(
  `MIIBijCCAS+gAwIBAgIUC4+tT5tq3NYIVDlXeNCX2Zx22wIwCgYIKoZIzj0EAwIwHDEaMBgGA1UEAwwRcGxhaW4uZXhhbXBsZS5jb20wIBcNMj
YxMTI0MjA1OTU2WhgPMjEyNjEwMzEyMDU5NTZaMBwxGjAYBgNVBAMMEXBsYWluLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEjmPg4CIw4+FH5xi1W6N4mUuQrpdqJ86vsy1Q1dUGjDlelRaqMXeOsnpgx5C0qfJGwF89bip+9Ag07FxzdcWw56NNMEswHQYDVR0OBBYEFO
DRLlCRte5k3mSn9qZT8YUo1VaaMB8GA1UdIwQYMBaAFODRLlCRte5k3mSn9qZT8YUo1VaaMAkGA1UdEwQCMAAwCgYIKoZIzj0EAwIDSQAwRgIh
AMpuFHbpwdy8tRgEieWA1OWkCCeYoTzDUK60BZhn45j/AiEA/tJgGwsACSdQX/H34WZa2O8rRDZqHDZtsohQtYJ2iEo=`,
  "base64",
)

test("names of hosts and addresses, each once; mailboxes and URIs are none", () => {
  assert.deepEqual(readCertificate(MANY, 0, MANY.length), {
    names: ["partner.example.com", "*.orders.example.com", "192.0.2.7", "[2001:db8:0:0:0:0:0:1]"],
    subject: "Partner.Example.COM",
    issuer: "Partner.Example.COM",
  })
})

test("without alternative names the common name stands in", () => {
  assert.deepEqual(readCertificate(PLAIN, 0, PLAIN.length)!.names, ["plain.example.com"])
})

test("node:crypto reads the same", () => {
  for (const der of [MANY, PLAIN]) {
    const oracle = new X509Certificate(der)
    const names = readCertificate(der, 0, der.length)!
    assert.ok(oracle.subject.split("\n").includes(`CN=${names.subject}`))
    assert.ok(oracle.issuer.split("\n").includes(`CN=${names.issuer}`))
    for (const name of names.names)
      if (!name.startsWith("[") && !name.startsWith("*") && !/^\d/.test(name)) assert.ok(oracle.checkHost(name))
  }
})

test("the message of TLS 1.2 and that of TLS 1.3, with a chain, or with nothing", () => {
  const span = { start: 0, end: 0 }
  const of12 = certificateMessage(MANY, PLAIN).subarray(4)
  assert.ok(firstCertificate(of12, 0, of12.length, false, span))
  assert.deepEqual(of12.subarray(span.start, span.end), MANY)
  const entries = Buffer.concat([list24(MANY), u16(0), list24(PLAIN), u16(0)])
  const of13 = Buffer.concat([u8(0), list24(entries)])
  assert.ok(firstCertificate(of13, 0, of13.length, true, span))
  assert.deepEqual(of13.subarray(span.start, span.end), MANY)
  const none = certificateMessage().subarray(4)
  assert.equal(firstCertificate(none, 0, none.length, false, span), false)
  assert.equal(firstCertificate(none, 0, 0, true, span), false)
})

test("the same certificate is one object while it is remembered", () => {
  const certificates = new Certificates()
  const body = certificateMessage(MANY).subarray(4)
  const first = certificates.first(body, 0, body.length, false)
  assert.equal(certificates.first(body, 0, body.length, false), first)
  assert.deepEqual(Buffer.from(first!.der), MANY)
})

test("property: damaged certificates never throw, and never give more than the limit", () => {
  const change = fc.tuple(fc.nat(MANY.length - 1), fc.nat(255))
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(MANY.length), (changes, length) => {
      const der = Buffer.from(MANY)
      for (const [at, byte] of changes) der[at] = byte
      const names = readCertificate(der, 0, length)
      assert.ok(names === null || names.names.length <= NAMES_MAX)
    }),
    { numRuns: 500 },
  )
})
