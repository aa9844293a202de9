// The same judged from outside: a capture through a real sonde-collector, its endpoints read over HTTP, and their templates held
// against the URLs that were requested, as anybody could. What gets lost between packet and endpoint is in this figure.
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { RunningCollector } from "../../test/running-collector.ts"
import { captureOf, hostOf } from "./capture.ts"
import { isScored, type Traffic } from "./traffic.ts"

export interface OutsideEndpoint {
  readonly id: string
  readonly serviceName: string
  readonly method: string
  readonly template: string
}

/** Reads a capture into a fresh collector and returns the endpoints its API lists. */
export async function endpointsOf(traffics: readonly Traffic[]): Promise<readonly OutsideEndpoint[]> {
  const folder = mkdtempSync(join(tmpdir(), "sonde-eval-"))
  const capture = join(folder, "traffic.pcap")
  writeFileSync(capture, captureOf(traffics))
  const collector = await RunningCollector.start([capture], folder)
  try {
    return await collector.list<OutsideEndpoint>("/endpoints")
  } finally {
    await collector.remove()
  }
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** A template as a pattern: braces take one or more characters of a segment, the rest is compared in one spelling. */
export function patternOf(template: string): RegExp {
  return new RegExp(
    `^${template
      .split(/\{[^{}]*\}/)
      .map(quoted)
      .join("[^/]+")}$`,
  )
}

/** A path with no needless escapes, as templates are written; a slash and braces stay escaped. */
export const oneSpelling = (path: string): string =>
  path
    .split("/")
    .map((segment) => {
      try {
        return decodeURIComponent(segment.replace(/%(?:2f|7b|7d)/gi, (code) => `%25${code.slice(1).toUpperCase()}`))
      } catch {
        return segment
      }
    })
    .join("/")

/** Of templates that match the same path the one with most text goes first. */
export class EndpointMatcher {
  readonly #byMethod = new Map<string, { readonly id: string; readonly pattern: RegExp; readonly text: number }[]>()

  constructor(endpoints: readonly OutsideEndpoint[]) {
    for (const { method, template } of endpoints) {
      const list = this.#byMethod.get(method) ?? []
      this.#byMethod.set(method, list)
      list.push({
        id: `${method} ${template}`,
        pattern: patternOf(oneSpelling(template)),
        text: template.replace(/\{[^{}]*\}/g, "").length,
      })
    }
    for (const list of this.#byMethod.values()) list.sort((a, b) => b.text - a.text)
  }

  /** "GET /users/{word}", "" where no endpoint matches. */
  of(method: string, target: string): string {
    const path = oneSpelling(target)
    return this.#byMethod.get(method)?.find(({ pattern }) => pattern.test(path))?.id ?? ""
  }
}

export interface OutsideGroups {
  readonly traffic: Traffic
  /** Of each request method and true route; null when it is not scored. */
  readonly truth: readonly (string | null)[]
  readonly predicted: readonly string[]
}

/** One collector for all of them. */
export async function groupsFromOutside(traffics: readonly Traffic[]): Promise<OutsideGroups[]> {
  const endpoints = await endpointsOf(traffics)
  return traffics.map((traffic) => {
    const host = hostOf(traffic.api.name)
    const matcher = new EndpointMatcher(endpoints.filter(({ serviceName }) => serviceName === host))
    return {
      traffic,
      truth: traffic.requests.map((request) => (isScored(request) ? `${request.method} ${request.route!.key}` : null)),
      predicted: traffic.requests.map(({ method, target }) => matcher.of(method, target)),
    }
  })
}
