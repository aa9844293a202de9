import assert from "node:assert/strict"
import { test } from "node:test"
import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { Anomaly } from "../../shared/event/anomalies.ts"
import { CODEC_LIMITS } from "../../shared/event/event-codec-limits.ts"
import { ExchangeFlag } from "../http/exchange-receiver.ts"
import { ipv4Flow, lines, Recorder } from "./fake-conversation.ts"
import { PseudonymKey } from "./privacy/pseudonym.ts"

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")
const jwt = (payload: object, alg = "RS256"): string => `${base64url({ alg })}.${base64url(payload)}.c2ln`
const flow = () => ipv4Flow("10.0.0.1", 40112, "203.0.113.9", 80)
const OK = {
  head: lines("HTTP/1.1 200 OK", "Content-Type: application/json"),
  body: '{"id":17,"items":[{"sku":"a"},{"sku":"b"}]}',
}
const get = (target: string, ...fields: string[]) => ({
  head: lines(`GET ${target} HTTP/1.1`, "Host: API.example.com:80", ...fields),
})

test("the example of the interfaces page", () => {
  const recorder = new Recorder({ reveal: true })
  const request = get(
    "/v1/orders/17?expand=items",
    `Authorization: Bearer ${jwt({ sub: "partner-42" })}`,
    "User-Agent: partner-sdk/3.2",
  )
  const event = recorder.exchange(flow(), request, OK, { flags: ExchangeFlag.midstream })
  assert.equal(event.operation.path, "/v1/orders/{int}")
  assert.deepEqual(event.operation.query, ["expand:word"])
  assert.equal(event.operation.method, "GET")
  assert.equal(event.operation.protocol, 2)
  assert.equal(event.server.authority, "api.example.com")
  assert.equal(event.server.port, 80)
  assert.equal(event.server.addressClass, "public")
  assert.equal(event.client.addressClass, "private")
  assert.equal(event.client.userAgentFamily, "partner-sdk")
  assert.equal(event.identity.scheme, "bearer-jwt")
  assert.equal(event.identity.name, "partner-42")
  assert.equal(event.objects.length, 1)
  assert.equal(event.status, 200)
  assert.equal(event.items, 2)
  assert.equal(event.response.kind, "json")
  assert.equal(event.response.contentType, "application/json")
  assert.ok(event.response.fullShape > 0 && event.response.coarseShape > 0)
  assert.equal(event.request.kind, "none")
  assert.deepEqual([event.firstByteUs, event.totalUs, event.startUs], [2000, 4000, recorder.timeUs])
  assert.equal(event.flags, ExchangeFlag.midstream)
  assert.deepEqual(event.anomalies, [])
  assert.deepEqual(recorder.notes, [{ shape: event.response.fullShape, paths: recorder.notes[0]!.paths }])
  assert.ok(recorder.notes[0]!.paths.includes("items[].sku:string"))
  assert.deepEqual(recorder.plain[0], {
    clientAddress: "10.0.0.1",
    clientPort: 40112,
    serverAddress: "203.0.113.9",
    serverPort: 80,
    target: "/v1/orders/17?expand=items",
    method: "GET",
    authority: "api.example.com",
  })
})

test("equal content is the same object, across requests and flows", () => {
  const recorder = new Recorder()
  const fields = ["User-Agent: curl/8", "Authorization: Basic cGFydG5lcjpzZWNyZXQ="]
  const a = recorder.exchange(flow(), get("/v1/orders/17?b=2&a=x", ...fields), OK)
  const b = recorder.exchange(flow(), get("/v1/orders/18?a=yes&b=3", ...fields), OK)
  for (const record of ["client", "server", "identity", "operation", "request", "response"] as const)
    assert.equal(a[record], b[record], record)
  assert.notDeepEqual(a.objects, b.objects)
  const post = { head: lines("POST /v1/orders/17 HTTP/1.1", "Host: api.example.com", "Content-Length: 2"), body: "{}" }
  assert.notEqual(recorder.exchange(flow(), post, OK).operation, a.operation)
})

test("pseudonyms agree between sensors with one key and not with another", () => {
  const request = get("/v1/orders/17", "Authorization: Bearer abcdefgh")
  const event = (key?: PseudonymKey) => new Recorder({}, key).exchange(flow(), request, OK)
  const { operation, ...same } = event()
  const { operation: again, ...other } = event()
  assert.deepEqual([same, operation], [other, again])
  const foreign = event(new PseudonymKey(new Uint8Array(32).fill(9)))
  for (const pick of [
    (e: typeof foreign) => e.client.address,
    (e: typeof foreign) => e.client.prefix,
    (e: typeof foreign) => e.server.address,
    (e: typeof foreign) => e.identity.credential,
    (e: typeof foreign) => e.identity.principal,
    (e: typeof foreign) => e.objects[0],
    (e: typeof foreign) => e.exchangeKey,
  ])
    assert.notEqual(pick(foreign), pick({ ...same, operation }))
})

test("the exchange key: from both halves, another for each exchange, 0 when unknown", () => {
  const recorder = new Recorder()
  const both = recorder.exchange(flow(), get("/a"), OK, { requestEndSeq: 5000 }).exchangeKey
  assert.equal(recorder.exchange(flow(), get("/b"), null, { requestEndSeq: 5000 }).exchangeKey, both)
  assert.equal(recorder.exchange(flow(), null, OK, { requestEndSeq: 5000 }).exchangeKey, both)
  assert.notEqual(recorder.exchange(flow(), get("/a"), OK, { requestEndSeq: 5001 }).exchangeKey, both)
  assert.equal(recorder.exchange(flow(), get("/a"), OK, { requestEndSeq: -1 }).exchangeKey, 0)
  const keys = new Set<number>()
  for (let seq = 0; seq < 5000; seq++)
    keys.add(recorder.exchange(flow(), get("/a"), null, { requestEndSeq: seq }).exchangeKey)
  assert.equal(keys.size, 5000)
  assert.ok([...keys].every((key) => key > 0 && key < 2 ** 48 && Number.isInteger(key)))
})

test("zones: another server and another anonymous client, by name; the exchange key and credentials are the same", () => {
  const recorder = new Recorder({ zoneName: (zone) => `vni ${zone}` })
  const within = (zone: number) => ipv4Flow("10.0.0.1", 40112, "10.0.0.2", 80, zone)
  const [plain, first, second, again] = [0, 5, 6, 5].map((zone) => recorder.exchange(within(zone), get("/a"), OK))
  const events = [plain!, first!, second!]
  assert.deepEqual(
    events.map((event) => event.server.zone),
    ["", "vni 5", "vni 6"],
  )
  assert.equal(new Set(events.map((event) => event.identity.principal)).size, 3)
  assert.equal(new Set(events.map((event) => event.exchangeKey)).size, 1)
  assert.equal(new Set(events.map((event) => event.client)).size, 1)
  assert.deepEqual([again!.server, again!.identity], [first!.server, first!.identity])
  const bearer = get("/a", "Authorization: Bearer abcdefgh")
  assert.equal(
    recorder.exchange(within(5), bearer, OK).identity.principal,
    recorder.exchange(within(0), bearer, OK).identity.principal,
  )
})

test("a response alone says nothing of a request that was not seen", () => {
  const recorder = new Recorder({ reveal: true })
  const event = recorder.exchange(flow(), null, OK, { requestEndSeq: -1 })
  assert.deepEqual([event.operation.method, event.operation.path, event.server.authority], ["", "", ""])
  assert.deepEqual([event.identity.scheme, event.identity.principal, event.identity.rule], ["none", "", ""])
  assert.deepEqual([event.firstByteUs, event.totalUs, event.status], [-1, -1, 200])
  assert.deepEqual(
    [recorder.plain[0]?.target, recorder.plain[0]?.method, recorder.plain[0]?.clientAddress],
    [null, null, "10.0.0.1"],
  )
  const alone = recorder.exchange(flow(), get("/a"), null)
  assert.deepEqual([alone.status, alone.items, alone.response.kind, alone.totalUs], [0, -1, "none", -1])
})

test("a client without a credential is its address and software, whatever it asks for", () => {
  const recorder = new Recorder()
  const agent = "User-Agent: curl/8"
  const a = recorder.exchange(flow(), get("/a", agent, "Accept: */*"), OK)
  const b = recorder.exchange(
    flow(),
    { head: lines("POST /b HTTP/1.1", "Host: h", agent, "X-Extra: 1", "Content-Length: 0") },
    OK,
  )
  assert.equal(a.identity, b.identity)
  assert.notEqual(a.client, b.client)
  assert.deepEqual([a.identity.scheme, a.identity.rule, a.identity.credential], ["none", "client", ""])
  assert.match(a.identity.principal, /^[0-9a-f]{12}$/)
  assert.notEqual(recorder.exchange(flow(), get("/a", "User-Agent: wget/1"), OK).identity, a.identity)
  assert.notEqual(
    recorder.exchange(ipv4Flow("10.0.0.2", 1, "203.0.113.9", 80), get("/a", agent), OK).identity,
    a.identity,
  )
  const negotiated = recorder.exchange(flow(), get("/a", agent, "Authorization: Negotiate YIIabc"), OK).identity
  assert.deepEqual([negotiated.scheme, negotiated.rule, negotiated.credential], ["negotiate", "authorization", ""])
})

test("the first rule that matches decides, and a credential in the URL is always an anomaly", () => {
  const recorder = new Recorder()
  const of = (target: string, ...fields: string[]) => {
    const { identity, anomalies } = recorder.exchange(flow(), get(target, ...fields), OK)
    return [identity.rule, identity.location, anomalies.includes(Anomaly.credentialInUrl)]
  }
  const basic = "Authorization: Basic cGFydG5lcjpzZWNyZXQ="
  assert.deepEqual(of("/a"), ["client", "", false])
  assert.deepEqual(of("/a", basic, "X-Api-Key: k", "Cookie: sid=x"), ["authorization", "authorization", false])
  assert.deepEqual(of("/a", "Cookie: sid=x", "apikey: k"), ["api_key_field", "header:apikey", false])
  assert.deepEqual(of("/a?api_key=k&page=1", "Cookie: sid=x"), ["api_key_query", "query:api_key", true])
  assert.deepEqual(of("/a?page=1&api_key=k", basic), ["authorization", "authorization", true])
  assert.deepEqual(of("/a?key=blue"), ["client", "", false])
  assert.deepEqual(of("/a?key=d41d8cd98f00b204e9800998ecf8427e"), ["api_key_query", "query:key", true])
  assert.deepEqual(of("/a;jsessionid=d41d8cd98f00b204e9800998ecf8427e"), ["session_url", "matrix:jsessionid", true])
  assert.deepEqual(of("/a;jsessionid=d41d8cd98f00?api_key=k"), ["api_key_query", "query:api_key", true])
  assert.deepEqual(of("/a;jsessionid=d41d8cd98f00", "Cookie: sid=x"), ["session_cookie", "cookie:sid", true])
  assert.deepEqual(of("/a", "Cookie: theme=dark; JSESSIONID=abc"), ["session_cookie", "cookie:jsessionid", false])
  assert.deepEqual(of("/a", "Authorization: "), ["client", "", false])
  const first = recorder.exchange(flow(), get("/a?x=1&api_key=one"), OK).identity
  assert.notEqual(recorder.exchange(flow(), get("/a?x=1&api_key=two"), OK).identity.principal, first.principal)
  assert.equal(recorder.exchange(flow(), get("/b?x=1&api_key=one"), OK).identity, first)
})

test("expiry is judged by the time of each request, not of the first", () => {
  const recorder = new Recorder()
  const conversation = flow()
  const request = get("/a", `Authorization: Bearer ${jwt({ sub: "p", exp: recorder.timeUs / 1e6 + 10 })}`)
  const before = recorder.exchange(conversation, request, OK).identity
  recorder.timeUs += 11e6
  const after = recorder.exchange(conversation, request, OK).identity
  assert.deepEqual([before.expired, after.expired, after.principal], [false, true, before.principal])
  assert.equal(recorder.exchange(flow(), request, OK).identity, after)
})

test("anomalies are merged, in order, each once", () => {
  const recorder = new Recorder()
  const request = get("/a?access_token=x", `Authorization: Bearer ${jwt({ sub: "p" }, "none")}`)
  const event = recorder.exchange(flow(), request, OK, { anomalies: [Anomaly.duplicateHost, Anomaly.credentialInUrl] })
  assert.deepEqual(event.anomalies, [Anomaly.duplicateHost, Anomaly.credentialInUrl, Anomaly.jwtAlgNone])
})

test("authorities and forms of target", () => {
  const recorder = new Recorder()
  const of = (line: string, host: string) => {
    const { server, operation } = recorder.exchange(flow(), { head: lines(line, `Host: ${host}`) }, OK)
    return [server.authority, operation.path]
  }
  assert.deepEqual(of("GET /a HTTP/1.1", "Api.Example.COM."), ["api.example.com", "/a"])
  assert.deepEqual(of("GET /a HTTP/1.1", "h:8080"), ["h:8080", "/a"])
  assert.deepEqual(of("GET http://user:secret@Proxied.example/a/17?x=1 HTTP/1.1", "other"), [
    "proxied.example",
    "/a/{int}",
  ])
  assert.deepEqual(of("CONNECT db.example:443 HTTP/1.1", "x"), ["db.example:443", "{authority}"])
  assert.deepEqual(of("OPTIONS * HTTP/1.1", "h"), ["h", "*"])
  assert.match(of("GET /a HTTP/1.1", "[2001:db8::1]:80")[0]!, /^ip-[0-9a-f]{12}$/)
  assert.deepEqual(of("GET /a HTTP/1.1", "bad\x01host"), ["{id}", "/a"])
  assert.ok(String(of("GET /a HTTP/1.1", "h".repeat(400))[0]).length <= 255)
  assert.equal(recorder.counters.oddAuthorities, 2)
})

test("fields and cookies: what is not standard, with kinds, never values", () => {
  const recorder = new Recorder()
  const { operation } = recorder.exchange(
    flow(),
    get(
      "/a",
      "Accept: */*",
      "X-Api-Version: 2024-01-29",
      "X-Request-Id: 17",
      "Sec-Fetch-Mode: cors",
      "X-d41d8cd98f00b204e9800998ecf8427e: 1",
      'Cookie: Theme=dark; sid=d41d8cd98f00b204e9800998ecf8427e; SESS49960de5880e8c687434=1; q="x"',
    ),
    OK,
  )
  assert.deepEqual(operation.headers, ["x-api-version:date", "x-request-id:mix", "x-{hex}:int"])
  assert.deepEqual(operation.cookies, ["q:word", "sess{hex}:int", "sid:hex", "theme:word"])
})

test("bodies: a new kind is walked until its shape has held, then one in sixteen by chance", () => {
  const recorder = new Recorder()
  const conversation = flow()
  const states: string[] = []
  for (let i = 0; i < 40; i++) {
    const event = recorder.exchange(conversation, get(`/v1/orders/${i}`), OK)
    states.push((event.flags & ExchangeFlag.sampled) !== 0 ? "-" : "x")
    assert.equal(event.items, states.at(-1) === "x" ? 2 : -1)
    assert.equal(event.response, recorder.events[0]!.response)
  }
  assert.match(states.join(""), /^xxx-+x-+$/)
  assert.equal(recorder.notes.length, 1)
  assert.deepEqual(recorder.counters.bodies, { walked: 4, reused: 36, unread: 0 })
  const other = recorder.exchange(conversation, get("/v1/orders/7"), {
    ...OK,
    head: OK.head.replace("200 OK", "404 Not Found"),
    body: '{"error":"x"}',
  })
  assert.equal(other.flags & ExchangeFlag.sampled, 0)
  assert.equal(recorder.notes.length, 2)
})

test("bodies: kinds, codings, damage", () => {
  const recorder = new Recorder()
  const of = (type: string, body: string | Uint8Array, more = "", isCut = false) => {
    const head = lines(
      "HTTP/1.1 200 OK",
      ...(type === "" ? [] : [`Content-Type: ${type}`]),
      ...(more === "" ? [] : [more]),
    )
    return recorder.exchange(flow(), get(`/${String.fromCharCode(97 + recorder.events.length)}`), { head, body, isCut })
  }
  for (const [type, body, kind] of [
    ["application/problem+json; charset=utf-8", '{"a":1}', "json"],
    ["application/x-ndjson", '{"a":1}\n{"a":2}', "ndjson"],
    ["", '{"a":1}', "json"],
    ["", "<a/>", "xml"],
    ["", "hello", "text"],
    ["", "\x00\x01", "binary"],
    ["text/plain", '["a"]', "json"],
    ["application/json", "<html>oops", "text"],
    ["application/xml", "<a/>", "xml"],
    ["multipart/form-data; boundary=secret", "--secret", "multipart"],
    ["application/x-www-form-urlencoded", "a=1", "form"],
    ["image/png", "\x89PNG", "binary"],
    ["text/html", "<p>", "text"],
  ] as const)
    assert.equal(of(type, body).response.kind, kind, `${type} ${body}`)
  assert.equal(of("multipart/form-data; boundary=secret", "x").response.contentType, "multipart/form-data")
  assert.equal(of("not a type", "{}").response.contentType, "")
  const plain = of("application/json", OK.body)
  const zipped = of("application/json", gzipSync(OK.body), "Content-Encoding: gzip")
  assert.equal(zipped.response.fullShape, plain.response.fullShape)
  assert.deepEqual([zipped.response.contentEncoding, zipped.items], ["gzip", 2])
  const broken = of("application/json", "this is not gzip", "Content-Encoding: gzip")
  assert.deepEqual([broken.anomalies, broken.response.kind], [[Anomaly.bodyDecodeFailed], "unread"])
  const cut = of("application/json", OK.body.slice(0, 20), "", true)
  assert.deepEqual([cut.items, cut.response.fullShape, cut.response.kind], [-1, 0, "json"])
  const head = recorder.exchange(
    flow(),
    { head: "HEAD /h HTTP/1.1" },
    { head: lines("HTTP/1.1 200 OK", "Content-Type: application/json", "Content-Length: 100") },
  )
  assert.equal(head.response.kind, "none")
  assert.equal(recorder.counters.decode.failed, 1)
  const off = new Recorder({ bodyPrefixBytes: 0 }).exchange(flow(), get("/a"), OK)
  assert.deepEqual([off.response.kind, off.response.fullShape], ["unread", 0])
})

test("any text as head and body: an event within the limits of the codec, never an exception", () => {
  const recorder = new Recorder()
  const line = fc.string({ unit: "binary", maxLength: 120 }).map((text) => text.replace(/[\r\n]/g, " "))
  const field = fc.oneof(
    line,
    fc
      .tuple(fc.constantFrom("Authorization", "Cookie", "Host", "User-Agent", "Content-Type", "X-Api-Key", "X-Y"), line)
      .map(([name, value]) => `${name}: ${value}`),
  )
  fc.assert(
    fc.property(line, fc.array(field, { maxLength: 12 }), fc.uint8Array({ maxLength: 60 }), (target, fields, body) => {
      const path = target.replaceAll(" ", "%20")
      const event = recorder.exchange(
        flow(),
        { head: lines(`GET /${path} HTTP/1.1`, ...fields) },
        { head: lines("HTTP/1.1 200 OK", ...fields), body },
      )
      const strings: string[] = []
      JSON.stringify(event, (_, value) => {
        if (typeof value === "string") strings.push(value)
        return value
      })
      for (const text of strings)
        assert.ok(text.length <= CODEC_LIMITS.stringUnits && !/[\x00-\x1f]/.test(text), JSON.stringify(text))
      for (const list of [event.operation.query, event.operation.headers, event.operation.cookies])
        assert.ok(list.length <= 64 && list.every((name, i) => i === 0 || list[i - 1]! < name))
    }),
    { verbose: true, numRuns: 200 },
  )
})
