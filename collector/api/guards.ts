// What every request passes before its route: so many of an address, a Host that is served, no change by a page of elsewhere, somebody who
// may (access/gate.ts), so many of whoever it is. Each refusal is counted by its reason.
//
// In:  requests as they come. Out: request.principal, or a problem document.
import rateLimit from "@fastify/rate-limit"
import { type Gate, networkOf } from "./access/gate.ts"
import type { Refusal, Refusals } from "./access/refusals.ts"
import type { Api, ApiRequest } from "./http.ts"
import { hostName, isLoopback, isServedName } from "./listen.ts"
import { ApiProblem } from "./problem.ts"
import { assertOwnOrigin, isWrite } from "./write-guard.ts"

export interface GuardOptions {
  readonly listenHost: string
  /** Other names under which it may be asked; beyond loopback none of them: any. */
  readonly hostNames: readonly string[]
  /** Browsers reach it over TLS. */
  readonly isSecure: boolean
  /** Who may ask; null: everybody who reaches the address. */
  readonly gate: Gate | null
  /** Requests that an address, and that a holder of a token, may make in a minute. */
  readonly addressRequestsPerMinute: number
  readonly principalRequestsPerMinute: number
  readonly refusals: Refusals
}

/** Files of the console: they hold nothing, and who is not signed in needs them to sign in. */
const CONSOLE_FILES = new Set(["/*", "/"])
const MINUTE_MS = 60_000
/** Addresses and principals counted at once; the longest unseen go first. */
const CLIENTS_MAX = 10_000

const isApi = (url: string): boolean => url.startsWith("/api/") || url === "/api"
/** By the route that was found, too: "/%61pi" and absolute forms lead there as well. */
export const isApiRequest = ({ url, routeOptions }: ApiRequest): boolean => isApi(url) || isApi(routeOptions.url ?? "")
const isProbe = (url: string): boolean => /^\/(healthz|readyz|metrics)(\?|$)/.test(url)

export async function addGuards(app: Api, options: GuardOptions): Promise<void> {
  const { gate, refusals, isSecure } = options
  await app.register(rateLimit, { global: false, timeWindow: MINUTE_MS, cache: CLIENTS_MAX })
  const limitOf = (max: number, keyGenerator: (request: ApiRequest) => string) => {
    const count = app.createRateLimit({ max, keyGenerator })
    return async (request: ApiRequest, whose: string): Promise<void> => {
      const limit = await count(request)
      if (!limit.isAllowed && limit.isExceeded) {
        refusals.count("rate")
        const sentence = `Too many requests of this ${whose}: ${max} a minute are taken.`
        throw new ApiProblem(429, sentence, "", Math.max(1, limit.ttlInSeconds))
      }
    }
  }
  const limitAddress = limitOf(options.addressRequestsPerMinute, ({ ip }) => networkOf(ip))
  const limitPrincipal = limitOf(options.principalRequestsPerMinute, ({ principal }) => principal?.name ?? "")
  const refuse = (reason: Refusal, error: unknown): never => {
    refusals.count(reason)
    throw error
  }
  app.decorateRequest("principal", null)
  app.addHook("onRequest", async (request, reply) => {
    if (isApiRequest(request)) reply.header("cache-control", "no-store")
    if (!isProbe(request.url)) await limitAddress(request, "address")
    const name = hostName(request.headers.host ?? "")
    if (!isServedName(name, options.listenHost, options.hostNames)) refuse("host", misdirected(options))
    // Whatever the address: the router decodes it, and what it finds is what would change.
    if (isWrite(request.method)) {
      try {
        assertOwnOrigin(request, isSecure)
      } catch (error) {
        refuse("origin", error)
      }
    }
    // By the router's own pattern, not by the address as it was sent: there are many ways to write one address.
    const route = request.routeOptions.url
    if (gate === null || route === undefined || CONSOLE_FILES.has(route)) return
    const { authorization, cookie } = request.headers
    request.principal = gate.admit(request.method, route, { authorization, cookie, address: request.ip }, Date.now())
    if (request.principal !== null && !isProbe(request.url)) await limitPrincipal(request, "token")
  })
}

function misdirected({ listenHost, hostNames }: GuardOptions): ApiProblem {
  const names = isLoopback(listenHost) ? ["localhost", "127.0.0.1", ...hostNames] : [...hostNames, "its addresses"]
  return new ApiProblem(421, `This address is served for the names ${names.join(", ")} only (--host-name).`)
}
