// Bodies and heads as real clients send them, and the operation that each names. Every body is also cut at every byte: what is
// left names the same operation or none.
import assert from "node:assert/strict"
import { test } from "node:test"
import { gzipSync } from "node:zlib"
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import { ipv4Flow, lines, type Message, Recorder } from "../fake-conversation.ts"

const FLOW = ipv4Flow("10.0.0.1", 40_000, "10.0.0.2", 80)
const ANSWER: Message = {
  head: lines("HTTP/1.1 200 OK", "Content-Type: application/json", "Content-Length: 2"),
  body: "{}",
}

function post(path: string, type: string, body: string, more: readonly string[] = [], isCut = false): Message {
  const fields = [
    "Host: api",
    `Content-Type: ${type}`,
    `Content-Length: ${body.length + (isCut ? 99_999 : 0)}`,
    ...more,
  ]
  return { head: lines(`POST ${path} HTTP/1.1`, ...fields), body, isCut }
}
const get = (path: string): Message => ({ head: lines(`GET ${path} HTTP/1.1`, "Host: api") })
const json = (value: unknown): string => JSON.stringify(value)

const shown = ({ call, operation }: ApiEvent): string => {
  const facts = call.depth < 0 ? [] : [`depth ${call.depth}`, `aliases ${call.aliases}`]
  const batch = call.batch === 1 || call.kind === "" ? [] : [`batch ${call.batch}`]
  const fields = call.fields.length === 0 ? [] : [`[${call.fields.join(",")}]`]
  assert.equal(operation.operationKey, call.key)
  return [call.kind, `"${call.key}"`, ...fields, ...facts, ...batch].join(" ")
}

interface Row {
  readonly what: string
  readonly request: Message
  readonly call: string
}

const QUERY =
  "query GetOrders($first: Int = 10, $q: String) { orders(first: $first, q: $q) { id items { sku } } me: viewer { id } }"
const soap = (version: 11 | 12, body: string): string =>
  `<?xml version="1.0"?><!-- <Body> --><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" a='>'><s:Header><w:Body>` +
  `<w:Token>S3cretToken99</w:Token></w:Body></s:Header><s:Body>${body}</s:Body></s:Envelope>${version === 12 ? " " : ""}`
const JSON_TYPE = "application/json"
const mcp = (method: string, params: unknown): Message =>
  post("/mcp", JSON_TYPE, json({ jsonrpc: "2.0", id: 7, method, params }), [
    "Accept: application/json, text/event-stream",
  ])
const batchPart = (line: string): string =>
  `--b1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n${line}\r\nAccept: application/json\r\n\r\n`

const ROWS: readonly Row[] = [
  {
    what: "GraphQL, named, with variables before the document as Apollo sends it",
    request: post(
      "/graphql",
      JSON_TYPE,
      json({ operationName: "GetOrders", variables: { q: "S3cretToken99" }, query: QUERY }),
    ),
    call: 'graphql "query GetOrders" [orders,viewer] depth 3 aliases 1',
  },
  {
    what: "GraphQL, the document first, the name behind",
    request: post("/api", JSON_TYPE, json({ query: QUERY, variables: null, operationName: "GetOrders" })),
    call: 'graphql "query GetOrders" [orders,viewer] depth 3 aliases 1',
  },
  {
    what: "GraphQL without a name, by its root fields",
    request: post("/graphql", JSON_TYPE, json({ query: '{ orders { id } customer(id: "S3cretToken99") { name } }' })),
    call: 'graphql "query {customer,orders}" [customer,orders] depth 2 aliases 0',
  },
  {
    what: "one of several operations",
    request: post("/graphql", JSON_TYPE, json({ query: "query A { a } mutation B { b { c } }", operationName: "B" })),
    call: 'graphql "mutation B" [b] depth 2 aliases 0',
  },
  {
    what: "several operations and no name: a server refuses",
    request: post("/graphql", JSON_TYPE, json({ query: "query A { a } mutation B { b { c } }" })),
    call: ' ""',
  },
  {
    what: "a subscription, with fragments counted into the depth",
    request: post(
      "/graphql",
      JSON_TYPE,
      json({
        query:
          "subscription S { ...root ... on Subscription { b { x } } }\nfragment root on Subscription { a { ...deep } }\n" +
          "fragment deep on T { c { d { e } } }",
      }),
    ),
    call: 'graphql "subscription S" [a,b] depth 4 aliases 0',
  },
  {
    what: "comments, block strings, directives, braces in strings",
    request: post(
      "/graphql",
      JSON_TYPE,
      json({
        query: '# mutation X { y }\nquery Q @live { a(s: """ } \\""" { """, t: "}\\"{") @include(if: $b) { b } }',
      }),
    ),
    call: 'graphql "query Q" [a] depth 2 aliases 0',
  },
  {
    what: "a batch of operations",
    request: post("/graphql", JSON_TYPE, json([{ query: "query B { b }" }, { query: "query A { a { c } }" }])),
    call: 'graphql "query A,query B" [query A,query B] depth 2 aliases 0 batch 2',
  },
  {
    what: "a persisted query with a name",
    request: post(
      "/graphql",
      JSON_TYPE,
      json({
        operationName: "Orders",
        variables: {},
        extensions: { persistedQuery: { version: 1, sha256Hash: "ab12" } },
      }),
    ),
    call: 'graphql "persisted Orders"',
  },
  {
    what: "the body is the document",
    request: post("/graphql", "application/graphql", 'mutation Pay { pay(card: "4111111111111111") { ok } }'),
    call: 'graphql "mutation Pay" [pay] depth 2 aliases 0',
  },
  {
    what: "GraphQL in a URL",
    request: get(
      "/graphql?query=query%20Get%7Borders%7Bid%7D%7D&variables=%7B%22q%22%3A%22S3cretToken99%22%7D&operationName=Get",
    ),
    call: 'graphql "query Get" [orders] depth 2 aliases 0',
  },
  {
    what: "a persisted query in a URL",
    request: get(
      "/graphql?operationName=Orders&extensions=%7B%22persistedQuery%22%3A%7B%22version%22%3A1%2C%22sha256Hash%22%3A%22ab%22%7D%7D",
    ),
    call: 'graphql "persisted Orders"',
  },
  {
    what: "an upload",
    request: post(
      "/graphql",
      "multipart/form-data; boundary=xx",
      `--xx\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${json({ query: "mutation Up { up }", variables: { f: null } })}\r\n` +
        '--xx\r\nContent-Disposition: form-data; name="0"; filename="a"\r\n\r\nS3cretToken99\r\n--xx--\r\n',
    ),
    call: 'graphql "mutation Up" [up] depth 1 aliases 0',
  },
  {
    what: "a name that is a token is not shown",
    request: post("/graphql", JSON_TYPE, json({ query: "query sk_live_4eC39HqLyjWDarjtT1zdp7dc { a }" })),
    call: 'graphql "query {odd}" [a] depth 1 aliases 0',
  },
  {
    what: "a search is no GraphQL",
    request: post("/search", JSON_TYPE, json({ query: "query of { cells" })),
    call: ' ""',
  },
  {
    what: "nor is Elasticsearch",
    request: post("/_search", JSON_TYPE, json({ query: { match: { a: 1 } } })),
    call: ' ""',
  },
  { what: "nor a query in a URL", request: get("/search?query=mutation+of+cells"), call: ' ""' },
  {
    what: "JSON-RPC 2.0",
    request: post(
      "/rpc",
      JSON_TYPE,
      json({ jsonrpc: "2.0", method: "orders.list", params: { name: "S3cretToken99" }, id: 1 }),
    ),
    call: 'json-rpc "orders.list"',
  },
  {
    what: "JSON-RPC 2.0 in another order, Ethereum's",
    request: post(
      "/",
      JSON_TYPE,
      json({ method: "eth_getBalance", params: ["0xS3cretToken99"], id: 1, jsonrpc: "2.0" }),
    ),
    call: 'json-rpc "eth_getBalance"',
  },
  {
    what: "JSON-RPC 1.0",
    request: post("/", JSON_TYPE, json({ method: "getblockcount", params: [], id: "curl" })),
    call: 'json-rpc "getblockcount"',
  },
  {
    what: "a body with a method is not JSON-RPC for that",
    request: post("/pay", JSON_TYPE, json({ method: "card", params: { a: 1 }, id: 1 })),
    call: ' ""',
  },
  {
    what: "a batch",
    request: post(
      "/rpc",
      JSON_TYPE,
      json([
        { jsonrpc: "2.0", method: "b.get", id: 1 },
        { jsonrpc: "2.0", method: "a.get", id: 2 },
        { jsonrpc: "2.0", method: "b.get", id: 3 },
      ]),
    ),
    call: 'json-rpc "a.get,b.get" [a.get,b.get] batch 3',
  },
  {
    what: "an answer of a client",
    request: post("/mcp", JSON_TYPE, json({ jsonrpc: "2.0", id: 1, result: {} })),
    call: ' ""',
  },
  {
    what: "MCP starts",
    request: mcp("initialize", { protocolVersion: "2025-06-18", capabilities: {} }),
    call: 'mcp "initialize"',
  },
  { what: "MCP lists", request: mcp("tools/list", {}), call: 'mcp "tools/list"' },
  {
    what: "MCP calls a tool",
    request: mcp("tools/call", { arguments: { q: "S3cretToken99" }, name: "search_orders" }),
    call: 'mcp "tools/call search_orders"',
  },
  {
    what: "MCP reads, without the address",
    request: mcp("resources/read", { uri: "file:///S3cretToken99" }),
    call: 'mcp "resources/read"',
  },
  {
    what: "MCP's ping is told by the field of its protocol",
    request: post("/m", JSON_TYPE, json({ jsonrpc: "2.0", method: "ping", id: 1 }), [
      "MCP-Protocol-Version: 2025-06-18",
    ]),
    call: 'mcp "ping"',
  },
  {
    what: "SOAP 1.1 by its action",
    request: post("/svc", "text/xml; charset=utf-8", soap(11, "<m:Other/>"), [
      'SOAPAction: "http://example.com/orders/GetOrder"',
    ]),
    call: 'soap "GetOrder"',
  },
  {
    what: "SOAP 1.1 by its body where the action is empty",
    request: post("/svc", "text/xml", soap(11, '<m:GetOrder xmlns:m="urn:x"><m:id>S3cretToken99</m:id></m:GetOrder>'), [
      'SOAPAction: ""',
    ]),
    call: 'soap "GetOrder"',
  },
  {
    what: "SOAP 1.2 by its parameter",
    request: post("/svc", 'application/soap+xml; charset=utf-8; action="urn:orders#CancelOrder"', soap(12, "<Other/>")),
    call: 'soap "CancelOrder"',
  },
  {
    what: "SOAP 1.2 by its body",
    request: post("/svc", "application/soap+xml", soap(12, "<CancelOrder/>")),
    call: 'soap "CancelOrder"',
  },
  {
    what: "XML-RPC",
    request: post(
      "/RPC2",
      "text/xml",
      '<?xml version="1.0"?><methodCall><methodName>orders.list</methodName><params><param><value>S3cretToken99</value></param></params></methodCall>',
    ),
    call: 'xml-rpc "orders.list"',
  },
  {
    what: "other XML",
    request: post("/x", "application/xml", "<order><Envelope><Body><A/></Body></Envelope></order>"),
    call: ' ""',
  },
  {
    what: "OData, multipart",
    request: post(
      "/odata/$batch",
      "multipart/mixed; boundary=b1",
      `${batchPart("GET Customers('S3cretToken99')?$select=a HTTP/1.1")}${batchPart("POST Orders HTTP/1.1")}--b1--\r\n`,
    ),
    call: 'odata-batch "GET Customers,POST Orders" [GET Customers,POST Orders] batch 2',
  },
  {
    what: "OData, JSON",
    request: post(
      "/v1.0/$batch",
      JSON_TYPE,
      json({
        requests: [
          { id: "1", method: "GET", url: "/me/messages?$top=1" },
          { id: "2", method: "patch", url: "Orders(17)/Items", body: { a: "S3cretToken99" } },
        ],
      }),
    ),
    call: 'odata-batch "GET me,PATCH Orders" [GET me,PATCH Orders] batch 2',
  },
  {
    what: "gRPC-Web",
    request: post("/shop.v1.Orders/Get", "application/grpc-web+proto", "\0\0\0\0\x02ab", ["X-Grpc-Web: 1"]),
    call: 'grpc-web "shop.v1.Orders/Get"',
  },
  {
    what: "Connect, one message",
    request: post("/api/shop.v1.Orders/Get", JSON_TYPE, "{}", ["Connect-Protocol-Version: 1"]),
    call: 'connect "shop.v1.Orders/Get"',
  },
  {
    what: "Connect, a stream",
    request: post("/shop.v1.Orders/Watch", "application/connect+json", "\0\0\0\0\x02{}"),
    call: 'connect "shop.v1.Orders/Watch"',
  },
  {
    what: "Connect, without side effects",
    request: get("/shop.v1.Orders/Get?connect=v1&encoding=json&message=%7B%7D"),
    call: 'connect "shop.v1.Orders/Get"',
  },
  { what: "plain JSON", request: post("/orders", JSON_TYPE, json({ id: 1, name: "a" })), call: ' ""' },
  { what: "a list of things", request: post("/orders", JSON_TYPE, json([{ id: 1 }, { id: 2 }])), call: ' ""' },
]

const SECRETS = /S3cretToken99|4111111111111111|4eC39H/

test("each names its operation, and nothing of its values", () => {
  for (const { what, request, call } of ROWS) {
    const event = new Recorder().exchange(FLOW, request, ANSWER)
    assert.equal(shown(event), call, what)
    assert.doesNotMatch(JSON.stringify(event), SECRETS, what)
  }
})

test("cut anywhere, a body names the same operation or none", () => {
  for (const { what, request, call } of ROWS) {
    const whole = `${request.body ?? ""}`
    if (whole === "") continue
    const key = /"(.*?)"/.exec(call)![1]
    const recorder = new Recorder({ bodyPrefixBytes: 65_536 })
    for (let length = 1; length < whole.length; length++) {
      const head = request.head.replace(/Content-Length: \d+/, `Content-Length: ${whole.length + 1}`)
      const event = recorder.exchange(FLOW, { head, body: whole.slice(0, length), isCut: true }, ANSWER)
      const { operationKey } = event.operation
      assert.ok(operationKey === "" || operationKey === key, `${what}, cut at ${length}: ${operationKey}`)
    }
  }
})

test("coded bodies are decoded first", () => {
  const body = gzipSync(json({ query: QUERY }))
  const head = lines(
    "POST /graphql HTTP/1.1",
    "Host: a",
    "Content-Type: application/json",
    "Content-Encoding: gzip",
    `Content-Length: ${body.length}`,
  )
  assert.equal(new Recorder().exchange(FLOW, { head, body }, ANSWER).operation.operationKey, "query GetOrders")
})

test("a place that names calls is read each time, its shape is not", () => {
  const recorder = new Recorder()
  for (let i = 0; i < 100; i++) {
    const query = `query Q${i % 7} { a }`
    const event = recorder.exchange(FLOW, post("/graphql", JSON_TYPE, json({ query, variables: { i } })), ANSWER)
    assert.equal(event.operation.operationKey, `query Q${i % 7}`)
    assert.equal(event.request.kind, "json")
  }
  assert.ok(recorder.counters.calls.only > 50)
  assert.ok(recorder.counters.bodies.walked < 120)
})

test("each call of a place has a shape of its own, and so has its answer", () => {
  const recorder = new Recorder()
  const shapes = new Map<string, Set<number>>()
  for (let i = 0; i < 90; i++) {
    const name = i % 3 === 0 ? "A" : "B"
    const variables = name === "A" ? { id: i } : { name: "x", tags: ["y"] }
    const answer = name === "A" ? { data: { a: i } } : { data: { b: [{ c: "d" }] } }
    const request = post("/graphql", JSON_TYPE, json({ query: `query ${name} { a }`, variables }))
    const body = json(answer)
    const head = lines("HTTP/1.1 200 OK", "Content-Type: application/json", `Content-Length: ${body.length}`)
    const event = recorder.exchange(FLOW, request, { head, body })
    const key = event.operation.operationKey
    for (const [part, form] of [
      ["request", event.request],
      ["response", event.response],
    ] as const) {
      const seen = shapes.get(`${key} ${part}`) ?? new Set()
      shapes.set(`${key} ${part}`, seen.add(form.fullShape))
    }
  }
  for (const [what, seen] of shapes) assert.equal(seen.size, 1, what)
  assert.equal(new Set([...shapes.values()].map((seen) => [...seen][0])).size, 4)
})

test("bodyless, nothing is named and the event says so", () => {
  const recorder = new Recorder()
  recorder.summarizer.isBodyless = true
  const event = recorder.exchange(FLOW, post("/graphql", JSON_TYPE, json({ query: QUERY })), ANSWER)
  assert.equal(event.operation.operationKey, "")
  assert.equal(event.request.kind, "unread")
})

test("a place shows a bounded number of names", () => {
  const recorder = new Recorder()
  const keys = new Set<string>()
  for (let i = 0; i < 700; i++) {
    const body = json({ jsonrpc: "2.0", method: `m${"abcdefghij"[i % 10]}.n${i}`, id: 1 })
    keys.add(recorder.exchange(FLOW, post("/rpc", JSON_TYPE, body), ANSWER).operation.operationKey)
  }
  assert.equal(keys.size, 513)
  assert.ok(keys.has("{other}"))
  assert.equal(recorder.counters.calls.other, 188)
})
