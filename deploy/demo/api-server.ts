// Meridian Freight's API server: what stands behind nginx in the demo recording. No dependencies.
//
// In:  HTTP/1.1 from nginx on a socket. Out: answers for three virtual hosts, told apart by Host: the API, the partner
// portal, the legacy gateway. Every answer is content-true: lengths, codings, entity tags and chunks are real.
//
//   node deploy/demo/api-server.ts SOCKET-OR-PORT

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { brotliCompressSync } from "node:zlib"
import { identify } from "./access.ts"
import { LEGACY_HOST, PARTNER_HOST } from "./cast.ts"
import { Freight } from "./freight.ts"
import { addOrderRoutes } from "./order-routes.ts"
import { addLegacyRoutes, addPortalRoutes } from "./portal-routes.ts"
import { BODY_MAX_BYTES, type Call, problem, type Reply, Router } from "./router.ts"
import { addPaperRoutes, addShipmentRoutes } from "./shipment-routes.ts"

const WORLD_SEED = 1
/** Reads that go out without a credential. The legacy gateway asks for none at all: that is its story. */
const OPEN_PATHS = new Set(["/health", "/v1/auth/token", "/login"])
/** The reseller's plan: each 60th of its calls comes too fast. */
const RESELLER_LIMIT_EVERY = 60
/** Each 20th order is answered 503 while a replica restarts; clients retry with the same idempotency key. */
const BUSY_EVERY = 20

export class ApiServer {
  readonly server: Server
  readonly #api = new Router()
  readonly #portal = new Router()
  readonly #legacy = new Router()
  #resellerCalls = 0
  #bookings = 0

  constructor() {
    const freight = new Freight(WORLD_SEED)
    addOrderRoutes(this.#api, freight)
    addShipmentRoutes(this.#api, freight)
    addPaperRoutes(this.#api, freight)
    addPortalRoutes(this.#portal, freight)
    addLegacyRoutes(this.#legacy, freight)
    this.server = createServer((request, response) => this.#serve(request, response))
    this.server.keepAliveTimeout = 120_000
  }

  /** The reply to one request: access, then limits, then routes. */
  answer(call: Omit<Call, "slots" | "caller">, nowMs: number): Reply {
    const caller = identify(call.headers, call.query, nowMs)
    if (call.host === LEGACY_HOST) return this.#legacy.answer({ ...call, caller: null })
    const portal = call.host === PARTNER_HOST
    const open = OPEN_PATHS.has(call.path) || call.method === "OPTIONS"
    if (!open && (caller === null || typeof caller === "string")) {
      const challenge = portal ? "Cookie" : 'Bearer realm="meridian"'
      return problem(401, "Unauthorized", caller ?? "A credential is needed.", { "www-authenticate": challenge })
    }
    const known = typeof caller === "string" ? null : caller
    const limited = this.#limit(call, known?.name ?? "")
    if (limited !== null) return limited
    return (portal ? this.#portal : this.#api).answer({ ...call, caller: known })
  }

  #limit(call: Omit<Call, "slots" | "caller">, name: string): Reply | null {
    if (name === "orbis" && ++this.#resellerCalls % RESELLER_LIMIT_EVERY === 0) {
      return problem(429, "Too Many Requests", "Slow down.", { "retry-after": "1", "x-ratelimit-remaining": "0" })
    }
    if (call.method === "POST" && call.path === "/v1/orders" && ++this.#bookings % BUSY_EVERY === 0) {
      return problem(503, "Service Unavailable", "A replica restarts; try again.", { "retry-after": "1" })
    }
    return null
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = []
    let bytes = 0
    request.on("data", (part: Buffer) => {
      bytes += part.length
      if (bytes <= BODY_MAX_BYTES) parts.push(part)
    })
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://placeholder.example")
      const host = (request.headers.host ?? "").toLowerCase().replace(/:\d+$/, "")
      const body = Buffer.concat(parts).toString()
      const call = { method: request.method ?? "", host, path: url.pathname, query: url.searchParams, body }
      const reply =
        bytes > BODY_MAX_BYTES
          ? problem(413, "Content Too Large", `A body holds at most ${BODY_MAX_BYTES} bytes.`)
          : this.answer({ ...call, headers: request.headers }, Date.now())
      setTimeout(() => send(request, response, reply), reply.workMs)
    })
  }
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value as string | string[])
  response.statusCode = reply.status
  if (Array.isArray(reply.body)) {
    sendInChunks(response, reply.body as readonly string[], 0)
    return
  }
  let body = Buffer.from(reply.body as string | Buffer)
  const accepted = String(request.headers["accept-encoding"] ?? "")
  if (/\bbr\b/.test(accepted) && body.length > 1024 && reply.status === 200) {
    body = brotliCompressSync(body)
    response.setHeader("content-encoding", "br")
  }
  if (reply.status !== 204 && reply.status !== 304) response.setHeader("content-length", body.length)
  response.end(body)
}

function sendInChunks(response: ServerResponse, parts: readonly string[], at: number): void {
  if (at === parts.length) {
    response.end()
    return
  }
  response.write(parts[at])
  setTimeout(() => sendInChunks(response, parts, at + 1), 3)
}

if (import.meta.main) {
  const place = process.argv[2]
  if (place === undefined) {
    process.stderr.write("usage: api-server.ts SOCKET-OR-PORT\n")
    process.exit(2)
  }
  const { server } = new ApiServer()
  server.listen(/^\d+$/.test(place) ? { port: Number(place), host: "127.0.0.1" } : { path: place })
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      server.close()
      server.closeAllConnections()
    })
  }
}
