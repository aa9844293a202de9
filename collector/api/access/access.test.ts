import assert from "node:assert/strict"
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { openSqliteStore } from "../../store/sqlite-store.ts"
import { runToken } from "../../token.ts"
import { assertMayListen } from "../listen.ts"
import { startApi } from "../server.ts"
import { Gate, neededRole } from "./gate.ts"
import { SESSIONS_MAX, Sessions } from "./sessions.ts"
import { makeToken, ROLES, type Role, readTokens, Tokens, writeTokens } from "./tokens.ts"

const NOW = Date.UTC(2026, 10, 25, 9)
const HOUR = 3_600_000
const refuse = (error: unknown): never => assert.fail(String(error))
const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "sonde-access-"))
  folders.push(made)
  return made
}

/** A folder with a token of each role. */
function withTokens(lifeMs = 0) {
  const at = folder()
  const made = ROLES.map((role) => makeToken(`the-${role}`, role, NOW, lifeMs))
  writeTokens(
    at,
    made.map(({ record }) => record),
  )
  return {
    at,
    token: Object.fromEntries(made.map(({ token }, index) => [ROLES[index], token])) as Record<Role, string>,
  }
}

const command = (at: string, operands: readonly string[], role = "viewer", life = 0) => {
  const said = { out: "", err: "" }
  const to = {
    out: (text: string) => {
      said.out += text
    },
    err: (text: string) => {
      said.err += text
    },
  }
  const settled = { values: { data: at, role, life }, origins: {}, operands, mistakes: [] }
  return { code: runToken(settled as never, NOW, to), ...said }
}

test("the command: a token is printed once and kept as a hash, in a file for its owner only", () => {
  const at = folder()
  const { out, err } = command(at, ["create", "soc"], "analyst")
  const token = out.trim()
  assert.match(token, /^sonde_[\w-]{43}$/)
  assert.match(err, /soc \(analyst\), shown once/)
  const file = join(at, "tokens.json")
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.ok(!readFileSync(file, "utf8").includes(token))
  assert.ok(!command(at, ["list"]).out.includes(token))
  assert.throws(() => command(at, ["create", "soc"]), /soc is there already/)
  const rotated = command(at, ["rotate", "soc"]).out.trim()
  const tokens = new Tokens(at, refuse)
  assert.deepEqual(
    [tokens.holderOf(token, NOW), tokens.holderOf(rotated, NOW)],
    [null, { name: "soc", role: "analyst" }],
  )
  command(at, ["revoke", "soc"])
  assert.deepEqual(tokens.holderOf(rotated, NOW + 1000), null)
  assert.equal(tokens.areNeeded(NOW + 5000), false)
  for (const wrong of [[], ["create"], ["list", "x"], ["create", "../x"], ["drop", "x"], ["revoke", "nobody"]])
    assert.throws(() => command(at, wrong), /^Error: token/, wrong.join(" "))
  assert.throws(() => command(at, ["create", "__proto__"]), /begins with a letter or digit/)
})

test("a token ends, a file that is open to others or damaged lets nobody in", () => {
  const { at, token } = withTokens(HOUR)
  const said: unknown[] = []
  const tokens = new Tokens(at, (error) => said.push(error))
  assert.equal(tokens.holderOf(token.admin, NOW + HOUR - 1)?.role, "admin")
  assert.equal(tokens.holderOf(token.admin, NOW + HOUR), null)
  assert.equal(tokens.holderOf("sonde_", NOW), null)
  writeFileSync(join(at, "tokens.json"), "[{}]")
  assert.equal(tokens.holderOf(token.admin, NOW + 5000), null)
  assert.equal(tokens.areNeeded(NOW + 5000), true)
  assert.match(String(said[0]), /is not a file of tokens/)
  chmodSync(join(at, "tokens.json"), 0o644)
  assert.throws(() => readTokens(at), /chmod 600/)
  assert.throws(() => new Tokens(at, refuse), /chmod 600/)
})

test("sessions end when idle, after twelve hours, with their token, and the oldest where there are too many", () => {
  const sessions = new Sessions()
  const id = sessions.begin("hash", NOW)
  for (let minutes = 0; minutes < 12 * 60; minutes += 59)
    assert.equal(sessions.tokenOf(id, NOW + minutes * 60_000), "hash")
  assert.equal(sessions.tokenOf(id, NOW + 12 * HOUR), null)
  const idle = sessions.begin("hash", NOW)
  assert.equal(sessions.tokenOf(idle, NOW + HOUR), null)
  const first = sessions.begin("hash", NOW)
  for (let count = 0; count < SESSIONS_MAX; count++) sessions.begin("other", NOW)
  assert.equal(sessions.tokenOf(first, NOW), null)
  const { at, token } = withTokens()
  const gate = new Gate(new Tokens(at, refuse), new Sessions())
  const cookie = `a=b; sonde_session=${gate.signIn(token.viewer, "a", NOW)!.id}`
  const shown = { authorization: undefined, cookie, address: "a" }
  assert.equal(gate.admit("GET", "/api/v1/services", shown, NOW)?.role, "viewer")
  writeTokens(at, [])
  writeTokens(at, [makeToken("another", "admin", NOW, 0).record])
  assert.throws(() => gate.admit("GET", "/api/v1/services", shown, NOW + 2000), { status: 401 })
})

test("wrong tokens of an address are throttled; right ones are let in, and other addresses are not concerned", () => {
  const { at, token } = withTokens()
  const gate = new Gate(new Tokens(at, refuse), new Sessions())
  for (let count = 0; count < 20; count++) assert.equal(gate.check("sonde_wrong", "bad", NOW), null)
  assert.throws(() => gate.check("sonde_wrong", "bad", NOW), { status: 429 })
  assert.equal(gate.check(token.admin, "bad", NOW)?.role, "admin")
  assert.equal(gate.check("sonde_wrong", "good", NOW), null)
  assert.equal(gate.check("sonde_wrong", "bad", NOW + 60_000), null)
})

test("beyond loopback: tokens and TLS, or none of it", () => {
  const outside = { host: "0.0.0.0", port: 8470 }
  assert.throws(() => assertMayListen(outside, false, true), /no access token/)
  assert.throws(() => assertMayListen(outside, true, false), /plain text/)
  assertMayListen(outside, true, true)
  assertMayListen({ host: "127.0.0.1", port: 1 }, false, false)
})

interface Document {
  readonly paths: Record<string, Record<string, { "x-role"?: Role; security: readonly unknown[] }>>
}

test("every route of the document, by nobody, with wrong tokens and with each role: only what it says", async (at) => {
  const { at: data, token } = withTokens()
  const store = await openSqliteStore(":memory:")
  const api = await startApi({
    store,
    health: () => ({ ready: true, reasons: [] }),
    metrics: () => "sonde 1\n",
    assets: "",
    version: "1",
    listen: { host: "127.0.0.1", port: 0 },
    tokens: new Tokens(data, refuse),
    onError: (error) => assert.fail(String(error)),
  })
  at.after(async () => {
    await api.close()
    await store.close()
  })
  const { url } = api.address
  const ask = async (method: string, path: string, authorization?: string): Promise<number> => {
    const headers: Record<string, string> = { "content-type": "application/json" }
    if (authorization !== undefined) headers.authorization = authorization
    const hasBody = method !== "GET" && method !== "HEAD"
    const response = await fetch(url + path, { method, headers, ...(hasBody && { body: "{}" }) })
    const text = await response.text()
    assert.doesNotMatch(text, /\n\s+at |node:internal|\.ts:\d/)
    return response.status
  }
  const bearer = (role: Role): string => `Bearer ${token[role]}`
  const document = (await (
    await fetch(`${url}/api/v1/openapi.json`, { headers: { authorization: bearer("viewer") } })
  ).json()) as Document
  let scanned = 0
  for (const [template, methods] of Object.entries(document.paths))
    for (const [name, operation] of Object.entries(methods)) {
      const method = name.toUpperCase()
      const path = template.replaceAll(/\{\w+\}/g, "x")
      const said = `${method} ${template}`
      const needed = operation["x-role"] ?? null
      assert.equal(needed, neededRole(method, template.replaceAll(/\{(\w+)\}/g, ":$1")), said)
      scanned++
      const wanted = needed === null ? -1 : ROLES.indexOf(needed)
      if (needed === null) assert.deepEqual(operation.security, [], said)
      else assert.equal(await ask(method, path), 401, said)
      for (const [index, role] of ROLES.entries()) {
        const status = await ask(method, path, bearer(role))
        if (index < wanted) assert.equal(status, 403, `${said} as ${role}`)
        else if (wanted >= 0) assert.ok(![401, 403, 429, 500].includes(status), `${said} as ${role}: ${status}`)
      }
    }
  assert.ok(scanned > 60, String(scanned))
  for (const none of ["Bearer x", "Basic eDp4", "Bearer", `Bearer ${"x".repeat(5000)}`, `Bearer ${token.admin}x`])
    assert.equal(await ask("GET", "/api/v1/services", none), 401, none.slice(0, 20))
  // Written another way, an address is the same address.
  for (const path of ["/%61pi/v1/services", "/api/v1/services/", "//api/v1/services", "/api/v1/../v1/services"])
    assert.notEqual(await ask("GET", path), 200, path)
  assert.deepEqual([await ask("GET", "/healthz"), await ask("GET", "/metrics")], [200, 401])
})
