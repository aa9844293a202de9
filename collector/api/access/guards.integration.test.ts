// What a request passes before its route, each part by a client that tries to get past it: rates, names, origins, cookies, policies.
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { makePair } from "../../../shared/testing/certificate.ts"
import { CONNECTIONS_MAX } from "../http.ts"
import { type Answer, ServedApi } from "./fake-served.ts"
import { networkOf, SECURE_COOKIE } from "./gate.ts"
import { makeToken, readTokens, revokedToken, writeTokens } from "./tokens.ts"

const JSON_TYPE = { "content-type": "application/json" }
const PATH = "/api/v1/services"
const OUTSIDE = { host: "0.0.0.0", port: 0 }

const retryAfter = ({ headers }: Answer): number => Number(headers["retry-after"])
const cookieOf = ({ headers }: Answer): string => String(headers["set-cookie"]?.[0] ?? "")

test("rates: so many of an address, so many of a token over all addresses, probes never; 429 says when to come back", async (at) => {
  const served = await ServedApi.start({ requestsPerMinute: 8, principalRequestsPerMinute: 5 })
  at.after(() => served.close())
  const statuses = async (times: number, from: string, headers = {}): Promise<Answer[]> => {
    const all: Answer[] = []
    for (let n = 0; n < times; n++) all.push(await served.ask("GET", PATH, headers, null, from))
    return all
  }
  const ofToken = [
    ...(await statuses(3, "127.0.0.2", served.as("viewer"))),
    ...(await statuses(3, "127.0.0.3", served.as("viewer"))),
  ]
  assert.deepEqual(
    ofToken.map(({ status }) => status),
    [200, 200, 200, 200, 200, 429],
  )
  assert.match(ofToken[5]!.text, /of this token: 5 a minute/)
  assert.equal((await served.ask("GET", PATH, served.as("analyst"), null, "127.0.0.2")).status, 200)
  const ofAddress = await statuses(9, "127.0.0.4")
  assert.deepEqual(ofAddress.map(({ status }) => status).slice(-2), [401, 429])
  assert.match(ofAddress[8]!.headers["content-type"] as string, /^application\/problem\+json/)
  for (const answer of [ofToken[5]!, ofAddress[8]!])
    assert.ok(retryAfter(answer) >= 1 && retryAfter(answer) <= 60, String(retryAfter(answer)))
  for (let n = 0; n < 12; n++) assert.equal((await served.ask("GET", "/healthz", {}, null, "127.0.0.4")).status, 200)
  assert.equal((await served.ask("GET", PATH, served.as("admin"), null, "127.0.0.5")).status, 200)
  assert.equal(served.api.access.refused.rate, 2)
})

test("signing in: twenty wrong tokens a minute of an address, then 429; the right one is let in all the same", async (at) => {
  const served = await ServedApi.start()
  at.after(() => served.close())
  for (let n = 0; n < 20; n++) assert.equal((await served.signIn("sonde_guess", {}, "127.0.0.9")).status, 401)
  const refused = await served.signIn("sonde_guess", {}, "127.0.0.9")
  assert.equal(refused.status, 429)
  assert.ok(retryAfter(refused) >= 1 && retryAfter(refused) <= 60)
  assert.equal((await served.signIn("sonde_guess", {}, "127.0.0.8")).status, 401)
  assert.equal((await served.signIn(served.token.viewer, {}, "127.0.0.9")).status, 200)
  assert.deepEqual([served.api.access.refused.wrong_token, served.api.access.refused.throttled], [21, 1])
})

test("connections: five hundred at once, whoever holds them; those that are open go on, and room comes back", async (at) => {
  const served = await ServedApi.start()
  at.after(() => served.close())
  const { port } = served.api.address
  const held: Socket[] = []
  const hold = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => resolve(socket)).on("error", reject)
    })
  while (held.length < CONNECTIONS_MAX) held.push(...(await Promise.all(Array.from({ length: 50 }, hold))))
  const ended = new Promise((resolve) => held[0]!.once("close", resolve))
  const one = await hold()
  await new Promise((resolve) => one.on("error", resolve).on("close", resolve))
  assert.equal(served.api.access.refused.connections, 1)
  held[0]!.end()
  await ended
  assert.equal((await served.ask("GET", "/healthz")).status, 200)
  for (const socket of held) socket.destroy()
})

test("one client is an IPv4 address or an IPv6 /64", () => {
  const table: readonly (readonly [string, string])[] = [
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::6", "2001:db8:1:2"],
    ["2001:db8::6", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["fe80::1:2:3:4", "fe80:0:0:0"],
  ]
  for (const [address, network] of table) assert.equal(networkOf(address), network)
})

test("Host: on loopback its own names and those of --host-name; beyond it those and addresses, any where none is given", async (at) => {
  const names = ["sonde.example.com"]
  const [loopback, some, any] = await Promise.all([
    ServedApi.start({ hostNames: names }),
    ServedApi.start({ hostNames: names, listen: OUTSIDE, mayBePlain: true }),
    ServedApi.start({ listen: OUTSIDE, mayBePlain: true }),
  ])
  at.after(() => Promise.all([loopback.close(), some.close(), any.close()]))
  const asked = async (served: ServedApi, host: string): Promise<number> =>
    (await served.ask("GET", PATH, { ...served.as("viewer"), host })).status
  for (const [host, ...wanted] of [
    ["localhost:1", 200, 200, 200],
    ["Sonde.Example.com", 200, 200, 200],
    ["10.1.2.3:8470", 421, 200, 200],
    ["[2001:db8::1]:8470", 421, 200, 200],
    ["attacker.example", 421, 421, 200],
    ["sonde.example.com.attacker.example", 421, 421, 200],
  ] as const)
    assert.deepEqual([await asked(loopback, host), await asked(some, host), await asked(any, host)], wanted, host)
  assert.equal(some.api.access.refused.host, 2)
})

test("beyond loopback the last token revoked opens nothing", async (at) => {
  const served = await ServedApi.start({ listen: OUTSIDE, mayBePlain: true })
  at.after(() => served.close())
  writeTokens(
    served.folder,
    readTokens(served.folder).map((record) => revokedToken(record, Date.now())),
  )
  for (const headers of [{}, served.as("admin")]) assert.equal((await served.ask("GET", PATH, headers)).status, 401)
  assert.equal((await served.ask("GET", "/api/v1/session")).status, 401)
})

test("the session's cookie: out of reach of scripts, other sites and plain connections; changes by it are of this origin only", async (at) => {
  const folder = mkdtempSync(join(tmpdir(), "sonde-tls-"))
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")]
  makePair(cert, key, "sonde")
  const tls = { cert: readFileSync(cert), key: readFileSync(key) }
  rmSync(folder, { recursive: true })
  const [plain, proxied, secure] = await Promise.all([
    ServedApi.start(),
    ServedApi.start({ listen: OUTSIDE, mayBePlain: true }),
    ServedApi.start({ listen: OUTSIDE, tls }),
  ])
  at.after(() => Promise.all([plain.close(), proxied.close(), secure.close()]))
  assert.match(
    cookieOf(await plain.signIn(plain.token.viewer)),
    /^sonde_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
  )
  for (const served of [proxied, secure]) {
    const field = cookieOf(await served.signIn(served.token.viewer))
    assert.match(field, /^__Host-sonde_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/)
  }
  assert.match(String((await secure.ask("GET", "/healthz")).headers["strict-transport-security"]), /^max-age=31536000$/)

  const signed = await secure.signIn(secure.token.analyst)
  const cookie = cookieOf(signed).split(";")[0]!
  const host = `127.0.0.1:${secure.api.address.port}`
  const change = async (headers: Readonly<Record<string, string>>, body = '{"name":"Acme"}'): Promise<number> =>
    (await secure.ask("POST", "/api/v1/partners", { cookie, host, ...headers }, body)).status
  assert.equal(await change({ ...JSON_TYPE, origin: `https://${host}`, "sec-fetch-site": "same-origin" }), 200)
  for (const elsewhere of [
    { origin: "https://evil.example" },
    { origin: `http://${host}` },
    { origin: "null" },
    { origin: `https://${host}.evil.example` },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ] as Record<string, string>[])
    assert.equal(await change({ ...JSON_TYPE, ...elsewhere }), 403, JSON.stringify(elsewhere))
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
    assert.equal(await change({ "content-type": type }), 415, type)
  assert.equal(secure.api.access.refused.origin, 9)
  // A page of another site may not sign anybody in or out, either.
  assert.equal((await secure.signIn(secure.token.viewer, { origin: "https://evil.example" })).status, 403)
  const out = (headers: Record<string, string>) => secure.ask("DELETE", "/api/v1/session", { cookie, host, ...headers })
  assert.equal((await out({ "sec-fetch-site": "cross-site" })).status, 403)
  const again = await secure.signIn(secure.token.viewer, { cookie })
  assert.equal((await secure.ask("GET", PATH, { cookie })).status, 401, "a new session ends the one before")
  const second = cookieOf(again).split(";")[0]!
  assert.ok(second.startsWith(`${SECURE_COOKIE}=`) && second !== cookie)
  // Without the prefix a neighbouring host could have set it.
  const bare = second.replace(SECURE_COOKIE, "sonde_session")
  assert.equal((await secure.ask("GET", PATH, { cookie: bare })).status, 401)
  assert.equal((await secure.ask("GET", PATH, { cookie: `${bare}x; ${second}` })).status, 200)
  const ended = await secure.ask("DELETE", "/api/v1/session", { cookie: second })
  assert.match(cookieOf(ended), /^__Host-sonde_session=; .*Max-Age=0$/)
  assert.equal((await secure.ask("GET", PATH, { cookie: second })).status, 401)
})

test("every answer forbids scripts of elsewhere, frames, sniffing and other sites' reads", async (at) => {
  const served = await ServedApi.start()
  at.after(() => served.close())
  for (const path of ["/", PATH, "/healthz", "/nowhere", "/api/v1/session"]) {
    const { headers } = await served.ask("GET", path, { origin: "https://evil.example" })
    const policy = String(headers["content-security-policy"])
    assert.match(policy, /^default-src 'none';script-src 'self';style-src 'self';/, path)
    assert.doesNotMatch(policy, /unsafe|\*|http:/)
    for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"])
      assert.ok(policy.includes(part), part)
    assert.equal(headers["x-content-type-options"], "nosniff")
    assert.equal(headers["x-frame-options"], "DENY")
    assert.equal(headers["referrer-policy"], "no-referrer")
    assert.equal(headers["cross-origin-resource-policy"], "same-origin")
    assert.equal(headers["cross-origin-opener-policy"], "same-origin")
    assert.equal(headers["access-control-allow-origin"], undefined)
    assert.equal(headers.server, undefined)
  }
})

test("the audit log: who signed in and out, who was refused (bounded), whose token was made, replaced, revoked", async (at) => {
  const served = await ServedApi.start()
  at.after(() => served.close())
  assert.deepEqual(
    (await served.audit(3)).map(({ action, subject, who }) => [action, subject, who]),
    ["viewer", "analyst", "admin"].map((role) => ["token.make", `token:the-${role}`, "cli"]),
  )
  const cookie = cookieOf(await served.signIn(served.token.viewer)).split(";")[0]!
  assert.equal((await served.ask("POST", "/api/v1/partners", { cookie, ...JSON_TYPE }, "{}")).status, 403)
  await served.ask("DELETE", "/api/v1/session", { cookie })
  await served.signIn("sonde_guess")
  assert.deepEqual(
    (await served.audit(7)).slice(3).map(({ who, sentence }) => [who, sentence]),
    [
      ["the-viewer", "the-viewer (viewer) signed in from 127.0.0.1."],
      ["the-viewer", "the-viewer (viewer) was refused POST /api/v1/partners: it needs the role analyst."],
      ["the-viewer", "the-viewer (viewer) signed out."],
      ["nobody", "A token that is none was shown from 127.0.0.1."],
    ],
  )
  for (let n = 0; n < 100; n++)
    await served.ask("PUT", "/api/v1/labels", { ...served.as("viewer"), ...JSON_TYPE }, "{}")
  await served.audit(25)
  // Twenty at once: two were told before.
  assert.equal((await served.store.countAudit()) - 7, 18)
  assert.equal(served.api.access.untold(), 82)
  assert.equal(served.api.access.refused.role, 101)
  const [viewer, analyst, admin] = readTokens(served.folder)
  const { record } = makeToken("the-analyst", "analyst", Date.now() + 5, 0)
  writeTokens(served.folder, [revokedToken(viewer!, Date.now()), record, admin!])
  assert.equal((await served.ask("GET", PATH, { authorization: `Bearer ${served.token.analyst}` })).status, 401)
  assert.equal(analyst!.name, record.name)
  assert.deepEqual(
    (await served.audit(27)).slice(25).map(({ action, subject }) => [action, subject]),
    [
      ["token.revoke", "token:the-viewer"],
      ["token.make", "token:the-analyst"],
    ],
  )
  const text = JSON.stringify(await served.audit(27))
  for (const token of Object.values(served.token)) assert.ok(!text.includes(token))
  assert.deepEqual(served.errors, [])
})

test("a token that was made before a hundred sign-ins is not told of as made again", async (at) => {
  const served = await ServedApi.start()
  at.after(() => served.close())
  const note = { subject: "token:the-viewer", sentence: "the-viewer (viewer) signed in.", facts: {} }
  for (let n = 0; n < 250; n++)
    await served.inventory.edit({ kind: "session.begin", ...note }, { name: "the-viewer", atUs: n })
  const { record } = makeToken("another", "viewer", Date.now(), 0)
  writeTokens(served.folder, [...readTokens(served.folder), record])
  assert.equal((await served.ask("GET", PATH, served.as("viewer"))).status, 200)
  const made = (await served.audit(254)).filter(({ action }) => action === "token.make")
  assert.deepEqual(
    made.map(({ subject }) => subject),
    ["the-viewer", "the-analyst", "the-admin", "another"].map((name) => `token:${name}`),
  )
})
