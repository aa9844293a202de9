// Who logged in stands behind the session that the login gave out: over connections, in packet time, within limits.
import assert from "node:assert/strict"
import { test } from "node:test"
import { gzipSync } from "node:zlib"
import type { Identity } from "../../../shared/event/api-event.ts"
import { SummaryCounters } from "../counters.ts"
import { ipv4Flow, lines, type Message, Recorder } from "../fake-conversation.ts"
import { fieldOf } from "./login-body.ts"
import { LoginPart, loginPartOf } from "./logins.ts"
import { Sessions } from "./sessions.ts"

const base64 = (text: string): string => Buffer.from(text).toString("base64")
const value = (name: string): string => Buffer.from(`${name} is a session of somebody`).toString("base64url")
const FORM = "Content-Type: application/x-www-form-urlencoded"
const JSON_TYPE = "Content-Type: application/json"
const OK = "HTTP/1.1 200 OK"

let port = 40_000
/** Each exchange comes over a connection of its own. */
function exchange(recorder: Recorder, request: Message, response: Message): Identity {
  return recorder.exchange(ipv4Flow("10.0.0.7", port++, "192.0.2.1", 80), request, response).identity
}

function login(recorder: Recorder, body: string, response: Message, type = FORM, path = "/login"): Identity {
  const head = lines(`POST ${path} HTTP/1.1`, "Host: a.example", type, `Content-Length: ${body.length}`)
  return exchange(recorder, { head, body }, response)
}

const setting = (cookie: string, status = OK): Message => ({
  head: lines(status, `Set-Cookie: ${cookie}; Path=/; HttpOnly`),
})
const plain: Message = { head: OK }

function ask(recorder: Recorder, field: string, response = plain): Identity {
  return exchange(recorder, { head: lines("GET /orders HTTP/1.1", "Host: a.example", field) }, response)
}

test("a login by credentials, form or JSON stands behind the session that it gave out", () => {
  const recorder = new Recorder()
  const basic = ask(recorder, `Authorization: Basic ${base64("jane:secret")}`, setting(`sid=${value("s0")}`))
  assert.equal(ask(recorder, `Cookie: sid=${value("s0")}`).principal, basic.principal)
  assert.equal(ask(recorder, `Cookie: sid=${value("s0")}`).scheme, "cookie")
  login(recorder, "csrf=1&username=jane&password=x", setting(`sid=${value("s1")}`, "HTTP/1.1 302 Found"))
  assert.equal(ask(recorder, `Cookie: theme=dark; sid=${value("s1")}`).principal, basic.principal)
  login(recorder, '{"user":{"email":"jane@x.example"}}', setting(`sid=${value("s2")}`), JSON_TYPE, "/api/v1/sessions")
  const json = ask(recorder, `Cookie: sid=${value("s2")}`)
  login(recorder, "email=jane%40x.example", setting(`sid="${value("s3")}"`))
  assert.equal(ask(recorder, `Cookie: sid=${value("s3")}`).principal, json.principal)
  assert.notEqual(json.principal, basic.principal)
  assert.equal(json.name, "")
  assert.equal(recorder.counters.identity.linked, 4)
  // Of the same value in a URL, too, linked or not.
  const url = (target: string): Identity =>
    exchange(recorder, { head: lines(`GET ${target} HTTP/1.1`, "Host: a.example") }, plain)
  assert.equal(url(`/orders;jsessionid=${value("s3")}`).principal, json.principal)
  assert.equal(url(`/orders?sid=${value("s9")}`).principal, ask(recorder, `Cookie: sid=${value("s9")}`).principal)
})

test("sessions known before their login was seen, and refused or unreadable logins, stay their own", () => {
  const recorder = new Recorder()
  const own = ask(recorder, `Cookie: sid=${value("s1")}`)
  login(recorder, "username=jane", setting(`sid=${value("s1")}`, "HTTP/1.1 401 Unauthorized"))
  login(recorder, "username=", setting(`sid=${value("s1")}`))
  login(recorder, "username=jane", setting(`theme=${value("s1")}`))
  login(recorder, "username=jane", setting("sid=short"))
  login(recorder, "username=jane", plain)
  assert.deepEqual(ask(recorder, `Cookie: sid=${value("s1")}`), own)
  assert.equal(recorder.counters.identity.linked, 0)
  // From the login on, it is the user's.
  login(recorder, "username=jane", setting(`sid=${value("s1")}`))
  assert.notEqual(ask(recorder, `Cookie: sid=${value("s1")}`).principal, own.principal)
  assert.equal(ask(recorder, `Cookie: sid=${value("s1")}`).credential, own.credential)
})

test("a session that goes on under a new value keeps its principal; after a logout or an unknown login it does not", () => {
  const recorder = new Recorder()
  login(recorder, "username=jane", setting(`sid=${value("r1")}`))
  const jane = ask(recorder, `Cookie: sid=${value("r1")}`, setting(`sid=${value("r2")}`))
  assert.equal(ask(recorder, `Cookie: sid=${value("r2")}`, setting(`sid=${value("r2")}`)).principal, jane.principal)
  const unknown = ask(recorder, `Cookie: sid=${value("u1")}`, setting(`sid=${value("u2")}`))
  assert.equal(ask(recorder, `Cookie: sid=${value("u2")}`).principal, unknown.principal)
  const cookie = `Cookie: sid=${value("r2")}`
  for (const [line, next] of [
    ["POST /logout HTTP/1.1", "r3"],
    ["POST /login HTTP/1.1", "r4"],
  ] as const) {
    exchange(recorder, { head: lines(line, "Host: a.example", cookie) }, setting(`sid=${value(next)}`))
    assert.notEqual(ask(recorder, `Cookie: sid=${value(next)}`).principal, jane.principal, line)
  }
})

test("tokens in the answer to a login are its principal's, also when they are refreshed", () => {
  const recorder = new Recorder()
  const tokens = (name: string): Message => ({
    head: lines(OK, JSON_TYPE, "Content-Length: 200"),
    body: `{"token_type":"Bearer", "access_token" : "${value(`a ${name}`)}","refresh_token":"${value(`r ${name}`)}"}`,
  })
  login(recorder, "grant_type=client_credentials&client_id=acme&client_secret=x", tokens("1"), FORM, "/oauth2/token")
  const acme = ask(recorder, `Authorization: Bearer ${value("a 1")}`)
  assert.equal(acme.principal, ask(recorder, `Authorization: Basic ${base64("acme:x")}`).principal)
  assert.equal(acme.scheme, "bearer-opaque")
  login(recorder, "username=jane&password=x&client_id=acme", tokens("2"), FORM, "/oauth2/token")
  const jane = ask(recorder, `Authorization: Bearer ${value("a 2")}`)
  assert.notEqual(jane.principal, acme.principal)
  login(
    recorder,
    `grant_type=refresh_token&client_id=acme&refresh_token=${value("r 2")}`,
    tokens("3"),
    FORM,
    "/oauth2/token",
  )
  assert.equal(ask(recorder, `Authorization: Bearer ${value("a 3")}`).principal, jane.principal)
  const coded = { head: lines(OK, JSON_TYPE, "Content-Encoding: gzip"), body: gzipSync(String(tokens("4").body)) }
  login(recorder, "username=jane", coded, FORM, "/api/auth")
  assert.equal(ask(recorder, `X-Auth-Token: ${value("a 4")}`).principal, jane.principal)
})

test("a token that names its holder itself is the holder's, whoever fetched it", () => {
  const recorder = new Recorder()
  const part = (text: object): string => Buffer.from(JSON.stringify(text)).toString("base64url")
  const jwt = `${part({ alg: "RS256" })}.${part({ sub: "service-7" })}.c2ln`
  const own = ask(new Recorder(), `Authorization: Bearer ${jwt}`)
  login(recorder, "username=jane", { head: lines(OK, JSON_TYPE), body: `{"token":"${jwt}"}` })
  assert.equal(ask(recorder, `Authorization: Bearer ${jwt}`).principal, own.principal)
})

test("a link ends a while after its last use, in packet time", () => {
  const recorder = new Recorder({ sessionTtlUs: 60e6 })
  login(recorder, "username=jane", setting(`sid=${value("t1")}`))
  const jane = ask(recorder, `Cookie: sid=${value("t1")}`).principal
  for (const afterS of [50, 50, 50]) {
    recorder.timeUs += afterS * 1e6
    assert.equal(ask(recorder, `Cookie: sid=${value("t1")}`).principal, jane)
  }
  recorder.timeUs += 61e6
  assert.notEqual(ask(recorder, `Cookie: sid=${value("t1")}`).principal, jane)
  assert.notEqual(ask(recorder, `Cookie: sid=${value("t1")}`).principal, jane)
})

test("links are bounded, and those forgotten are counted", () => {
  const counters = new SummaryCounters()
  const sessions = new Sessions(counters, 1e6, 8)
  for (let i = 0; i < 100; i++) sessions.link(`${i}`, { principal: "p", formerPrincipal: "", name: "" })
  assert.ok(counters.identity.linksForgotten >= 10)
  assert.equal(sessions.of("0", 0), null)
  assert.equal(sessions.of("99", 0)?.principal, "p")
})

test("members of small bodies", () => {
  for (const [text, name, expected] of [
    ['{"a":1,"UserName" :\n "j\\u00e4ne"}', "username", "jäne"],
    ['{"note":"\\"username\\":\\"no\\"","username":"yes"}', "username", "yes"],
    ['{"username":{"x":1}}', "username", ""],
    ['{"user_id": 17}', "user_id", "17"],
    ['{"username":"cut', "username", ""],
    ["a=1&User=j%20r+x", "user", "j r x"],
    ["user=%zz", "user", "%zz"],
    ["xuser=1", "user", ""],
    ["", "user", ""],
  ] as const)
    assert.equal(fieldOf(text, name), expected, text)
})

test("paths of logins", () => {
  for (const [line, expected] of [
    ["POST /login", LoginPart.login],
    ["POST /oauth2/v1/token", LoginPart.login],
    ["POST /api/auth/sign-in", LoginPart.login],
    ["POST /users/login.php", LoginPart.login],
    ["GET /login", LoginPart.none],
    ["POST /catalogs", LoginPart.none],
    ["POST /tokenize", LoginPart.none],
    ["POST /authors", LoginPart.none],
    ["GET /auth/logout", LoginPart.logout],
    ["POST /sign_off", LoginPart.logout],
  ] as const)
    assert.equal(loginPartOf(...(line.split(" ") as [string, string])), expected, line)
})
