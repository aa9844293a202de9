// What finding the operation inside a body costs: node sensor/summary/calls/calls.bench.ts [bodies]

import { SummaryCounters } from "../counters.ts"
import { ipv4Flow, KEY, lines, readHead } from "../fake-conversation.ts"
import { Summarizer } from "../summarizer.ts"

const BODIES = Number(process.argv[2] ?? 200_000)
const QUERY =
  "query GetOrders($first: Int!, $after: String) { orders(first: $first, after: $after) { pageInfo { hasNextPage endCursor } " +
  "nodes { id status total { amount currency } customer { id name } items { sku quantity } } } }"
const BODIES_OF: Readonly<Record<string, string>> = {
  "plain JSON": JSON.stringify({
    id: 17,
    customer: { name: "Jane", tags: ["a", "b"] },
    items: [{ sku: "A-1", qty: 2 }],
    note: "x".repeat(200),
  }),
  GraphQL: JSON.stringify({ operationName: "GetOrders", variables: { first: 20, after: null }, query: QUERY }),
  "JSON-RPC": JSON.stringify({
    jsonrpc: "2.0",
    method: "orders.list",
    params: { first: 20, note: "x".repeat(250) },
    id: 17,
  }),
}
const conversation = ipv4Flow("10.0.0.1", 40_000, "10.0.0.2", 80)
const response = readHead(lines("HTTP/1.1 204 No Content"))

for (const [name, text] of Object.entries(BODIES_OF)) {
  const body = Buffer.from(text)
  const head = readHead(
    lines("POST /api HTTP/1.1", "Host: a", "Content-Type: application/json", `Content-Length: ${body.length}`),
  )
  const summarizer = new Summarizer({ publish: () => {}, note: () => {} }, KEY, new SummaryCounters())
  const run = (count: number): number => {
    const start = process.cpuUsage()
    for (let i = 0; i < count; i++) {
      const request = summarizer.onRequest(head, conversation, 1_700_000_000_000_000)
      if (summarizer.bodyWanted(request) > 0) summarizer.onBody(request, body, 0, body.length, true)
      const facts = summarizer.onResponse(response, request, conversation, 1_700_000_000_000_000)
      const at = 1_700_000_000_000_000 + i
      summarizer.onExchange({
        conversation,
        protocol: 2,
        state: 0,
        flags: 0,
        anomalies: [],
        request: { facts: request, firstUs: at, lastUs: at, bodyBytes: body.length, headBytes: 100 },
        response: { facts, firstUs: at, lastUs: at, bodyBytes: 0, headBytes: 30 },
        requestEndSeq: i,
        requestMessages: -1,
        responseMessages: -1,
        outcome: -1,
        unknown: 0,
      })
    }
    const { user, system } = process.cpuUsage(start)
    return (user + system) / count
  }
  run(BODIES / 4)
  const rounds = Array.from({ length: 5 }, () => run(BODIES)).sort((a, b) => a - b)
  console.log(
    `${name}, ${body.length} bytes: ${rounds[2]!.toFixed(2)} µs an exchange (${rounds[0]!.toFixed(2)} to ${rounds[4]!.toFixed(2)})`,
  )
}
