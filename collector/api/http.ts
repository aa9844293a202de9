// The web server with everything that is the same for every route: strict headers, guards, problem+json errors, weak ETags, the OpenAPI
// document, the console's files. With guards.ts the only import of fastify and its plugins.
//
// Given up: caching by browsers of anything under /api (an inventory of a company's APIs does not belong into a shared cache).
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { STATUS_CODES } from "node:http"
import type { Socket } from "node:net"
import { join } from "node:path"
import helmet from "@fastify/helmet"
import serveStatic from "@fastify/static"
import swagger from "@fastify/swagger"
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyTypeProvider,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from "fastify"
import { neededRole } from "./access/gate.ts"
import type { Principal } from "./access/tokens.ts"
import { addGuards, type GuardOptions, isApiRequest } from "./guards.ts"
import { type ListenAddress, listenError } from "./listen.ts"
import { ApiProblem, Problem, problem, toProblem } from "./problem.ts"
import type { Static, TSchema } from "./schema.ts"
import { buildSerializer } from "./serializers.ts"
import { isWrite } from "./write-guard.ts"

/** Lets fastify read the types of a route from its schemas. */
interface SchemaTypes extends FastifyTypeProvider {
  readonly validator: this["schema"] extends TSchema ? Static<this["schema"]> : unknown
  readonly serializer: this["schema"] extends TSchema ? Static<this["schema"]> : unknown
}

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; null where nobody needs to say. */
    principal: Principal | null
  }
}

/** What the route files register themselves on. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  SchemaTypes
>

export type ApiRequest = FastifyRequest

export interface HttpOptions extends GuardOptions {
  /** Directory of the built console; missing or empty: the API alone. */
  readonly assets: string
  readonly version: string
  /** Certificate and key, PEM; null: plain HTTP. */
  readonly tls: TlsFiles | null
  /** Told of our own mistakes (status 500), never of a client's. */
  readonly onError: (error: unknown) => void
}

export const TLS_VERSION_MIN = "TLSv1.2"

/** Contents, PEM. */
export interface TlsFiles {
  readonly cert: Buffer
  readonly key: Buffer
}

/** Limits of a request. A URL that is longer, or a path parameter, is refused before routing. */
const PATH_PARAMETER_MAX = 128
/** Connections at once: beyond it new ones are closed. The store and the bus need theirs, too. */
export const CONNECTIONS_MAX = 500
const HEADER_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000

/** Browsers remember for a year that this name speaks TLS; names below it are others' affair. */
const HSTS_S = 365 * 86_400

const CONTENT_SECURITY_POLICY = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "style-src": ["'self'"],
  "img-src": ["'self'", "data:"],
  "connect-src": ["'self'"],
  "font-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
}

/** What is no request: there is no route and no reply, only the connection. */
function refuseBytes({ code }: { readonly code?: string }, socket: Socket): void {
  if (code === "ECONNRESET" || socket.destroyed || !socket.writable) return void socket.destroy()
  const status = BROKEN[code ?? ""] ?? 400
  const text = JSON.stringify(problem(status, "This is not a request that can be read."))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  )
}
const BROKEN: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }

function sendProblem(reply: FastifyReply, body: Problem): FastifyReply {
  return reply
    .code(body.status)
    .header("content-type", "application/problem+json; charset=utf-8")
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(body)
}

/** True when an If-None-Match field names this tag; the comparison is weak (RFC 9110 section 13.1.2). */
function matches(field: string, tag: string): boolean {
  if (field.trim() === "*") return true
  const bare = tag.replace(/^W\//, "")
  return field.split(",").some((entry) => entry.trim().replace(/^W\//, "") === bare)
}

function addTag(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (typeof payload !== "string" || reply.statusCode !== 200 || !isApiRequest(request)) return payload
  const tag = `W/"${createHash("sha1").update(payload).digest("base64url")}"`
  reply.header("etag", tag)
  const field = request.headers["if-none-match"]
  if (field === undefined || !matches(field, tag)) return payload
  reply.code(304).removeHeader("content-type").removeHeader("content-length")
  return ""
}

function addErrors(app: Api, options: HttpOptions): void {
  app.setErrorHandler((error, _request, reply) => {
    const { body, unexpected } = toProblem(error)
    if (unexpected) options.onError(error)
    if (error instanceof ApiProblem && error.retryAfterS > 0) reply.header("retry-after", error.retryAfterS)
    return sendProblem(reply, body)
  })
  const hasConsole = existsSync(join(options.assets, "index.html"))
  app.setNotFoundHandler((request, reply) => {
    if (isWrite(request.method)) {
      reply.header("allow", "GET, HEAD")
      return sendProblem(reply, problem(405, "Nothing can be changed at this address."))
    }
    const wantsPage = (request.headers.accept ?? "").includes("text/html") && !isApiRequest(request)
    if (wantsPage && hasConsole) return reply.header("cache-control", "no-cache").sendFile("index.html")
    const detail = wantsPage ? "The console is not built: run the set-up." : "There is nothing at this address."
    return sendProblem(reply, problem(404, detail))
  })
}

async function addPlugins(app: Api, options: HttpOptions): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Sonde collector",
        version: options.version,
        description:
          "What the sensors saw: services, endpoints, consumers, and how complete the evidence is. Times are event time. Ids are opaque.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      tags: [
        { name: "inventory", description: "Services, endpoints, consumers." },
        { name: "specifications", description: "What is said of services elsewhere, and how they differ from it." },
        { name: "evidence", description: "Sensors and the loss ledger." },
        { name: "operation", description: "Probes and metrics of the collector itself." },
      ],
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    },
    transform: ({ schema, url, route }) => ({ url, schema: withRole(schema, String(route.method), url) }),
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `Schema${i}`) },
  })
  if (existsSync(join(options.assets, "index.html"))) {
    await app.register(serveStatic, {
      root: options.assets,
      cacheControl: false,
      setHeaders: (response, path) => {
        // Built files carry a hash of their content in their name; the page that names them does not.
        const hashed = path.includes("/assets/")
        response.header("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache")
      },
    })
  }
}

/** The document says what each route needs, from the same table that lets requests through. */
function withRole<S extends object>(schema: S | undefined, method: string, url: string): S {
  const role = neededRole(method, url.replaceAll(/\{(\w+)\}/g, ":$1"))
  return { ...schema, ...(role === null ? { security: [] } : { security: [{ token: [] }], "x-role": role }) } as S
}

export async function createHttp(options: HttpOptions): Promise<Api> {
  const app: Api = fastify({
    logger: false,
    ...(options.tls === null
      ? { http: { headersTimeout: HEADER_TIMEOUT_MS } }
      : {
          https: {
            ...{ cert: options.tls.cert, key: options.tls.key, minVersion: TLS_VERSION_MIN },
            ...{ headersTimeout: HEADER_TIMEOUT_MS, handshakeTimeout: HEADER_TIMEOUT_MS },
          },
        }),
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX },
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    return503OnClosing: true,
    schemaController: { compilersFactory: { buildSerializer } },
    // An unknown parameter is refused, not dropped: a filter with a slip of the pen must not return everything.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, useDefaults: true, allErrors: false } },
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply, toProblem(error).body)
    },
    clientErrorHandler: refuseBytes,
  })
  // RFC 9110 section 10.1.1: an expectation that is not known may be ignored; the runtime would answer without a problem document.
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response))
  app.server.maxConnections = CONNECTIONS_MAX
  app.server.on("drop", () => options.refusals.count("connections"))
  app.addSchema(Problem)
  const json = app.getDefaultJsonParser("error", "error")
  // A client that always says JSON, also where it sends nothing (DELETE): where a body is needed, its schema says so.
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) done(null, undefined)
    else json(request, body as string, done)
  })
  // Before the guards: what they refuse has these headers, too.
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    // On plain HTTP whoever terminates TLS in front announces it.
    strictTransportSecurity: options.tls === null ? false : { maxAge: HSTS_S, includeSubDomains: false },
    frameguard: { action: "deny" },
    referrerPolicy: { policy: "no-referrer" },
  })
  await addGuards(app, options)
  app.addHook("onSend", async (request, reply, payload) => addTag(request, reply, payload))
  addErrors(app, options)
  await addPlugins(app, options)
  return app
}

/** For connections from now on; those that are open go on. */
export function useTls(app: Api, files: TlsFiles): void {
  const server = app.server as unknown as { setSecureContext(context: TlsFiles & { minVersion: string }): void }
  server.setSecureContext({ cert: files.cert, key: files.key, minVersion: TLS_VERSION_MIN })
}

/** Starts listening. The port is the real one when 0 was asked for. */
export async function listen(
  app: Api,
  address: ListenAddress,
): Promise<{ readonly host: string; readonly port: number }> {
  try {
    await app.listen({ host: address.host, port: address.port })
  } catch (error) {
    await app.close()
    throw listenError(address, (error as { code?: string }).code)
  }
  const bound = app.server.address()
  return { host: address.host, port: typeof bound === "object" && bound !== null ? bound.port : address.port }
}
