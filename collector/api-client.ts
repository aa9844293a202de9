// What the commands of sonde-collector ask of a collector, over its HTTP API.
//
// Out: answers as the API gives them; a refusal of a document is the user's mistake (UsageError), anything else the world's (WorldError).
import { UsageError, WorldError } from "../shared/config/program.ts"
import type { Backtest } from "./api/backtest-models.ts"
import type { Totals } from "./api/models.ts"
import type { NotificationChannels, NotificationTestResults } from "./api/notification-models.ts"
import type { Sensor } from "./api/sensor-models.ts"
import type { ServiceDrift, Specification } from "./api/specification-models.ts"

export interface ServiceLabel {
  readonly id: string
  readonly name: string
  readonly authority: string | null
}

export type ObservedDrift = ServiceDrift

interface Imported {
  readonly sentence: string
  readonly specifications: readonly Specification[]
}

export interface Readiness {
  readonly ready: boolean
  readonly reasons: readonly string[]
  readonly lag: number | null
}

interface Page {
  readonly items: readonly ServiceLabel[]
  readonly next: string | null
}

/** A back-test of 10 million exchanges takes two minutes. */
const TIMEOUT_MS = 600_000

export class ApiClient {
  readonly #base: string

  constructor(url: string) {
    this.#base = url.replace(/\/+$/, "")
  }

  async services(): Promise<ServiceLabel[]> {
    const services: ServiceLabel[] = []
    let cursor = ""
    do {
      const page = (await this.#json(`/services?limit=1000&sort=name${cursor}`)) as Page
      services.push(...page.items)
      cursor = page.next === null ? "" : `&cursor=${encodeURIComponent(page.next)}`
    } while (cursor !== "")
    return services
  }

  /** `service` null: those that the document's servers name. */
  async importText(
    service: ServiceLabel | null,
    name: string,
    text: string,
    syntax: string,
    terms: Readonly<Record<string, string>>,
  ): Promise<Imported> {
    const query = new URLSearchParams(service === null ? { name, ...terms } : terms)
    const place =
      service === null
        ? `/specifications?${query}`
        : `/services/${encodeURIComponent(service.id)}/specifications/${encodeURIComponent(name)}?${query}`
    return (await this.#json(place, {
      method: service === null ? "POST" : "PUT",
      ...documentOf(text, syntax),
    })) as Imported
  }

  async exported(service: string, syntax: "json" | "yaml", hasUnproven: boolean): Promise<string> {
    const response = await this.#ask(
      `/services/${encodeURIComponent(service)}/openapi.${syntax}?unproven=${hasUnproven}`,
    )
    return response.text()
  }

  async checked(service: string, text: string, syntax: string): Promise<ObservedDrift> {
    const place = `/services/${encodeURIComponent(service)}/specifications/check`
    return (await this.#json(place, { method: "POST", ...documentOf(text, syntax) })) as ObservedDrift
  }

  async backtested(body: unknown): Promise<Backtest> {
    const init = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }
    return (await this.#json("/backtests", init)) as Backtest
  }

  async notifications(): Promise<NotificationChannels> {
    return (await this.#json("/notifications")) as NotificationChannels
  }

  /** `channel` "": all. */
  async notificationTest(channel: string): Promise<NotificationTestResults> {
    const body = JSON.stringify(channel === "" ? {} : { channel })
    const init = { method: "POST", body, headers: { "content-type": "application/json" } }
    return (await this.#json("/notifications/test", init)) as NotificationTestResults
  }

  /** Whether it is ready, or why it is not: 503 is an answer, too. */
  async readiness(): Promise<Readiness> {
    const response = await this.#fetch("/readyz")
    if (!response.ok && response.status !== 503) throw new WorldError(`${this.#base} answered ${response.status}.`)
    return (await this.#parsed(response)) as Readiness
  }

  async ledger(): Promise<Totals> {
    return (await this.#json("/ledger")) as Totals
  }

  /** The first thousand. */
  async sensors(): Promise<{ readonly items: readonly Sensor[]; readonly total: number }> {
    return (await this.#json("/sensors?limit=1000")) as { items: readonly Sensor[]; total: number }
  }

  async openIncidents(lane: "high" | "review"): Promise<number> {
    return ((await this.#json(`/incidents?state=open&lane=${lane}&limit=1`)) as { total: number }).total
  }

  async #json(place: string, init: RequestInit = {}): Promise<unknown> {
    return this.#parsed(await this.#ask(place, init))
  }

  async #parsed(response: Response): Promise<unknown> {
    try {
      return (await response.json()) as unknown
    } catch {
      throw new WorldError(`${this.#base} does not answer as a collector does.`)
    }
  }

  async #ask(place: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.#fetch(`/api/v1${place}`, init)
    if (response.ok) return response
    const problem = (await response.json().catch(() => null)) as { readonly detail?: string } | null
    const sentence = problem?.detail ?? `${this.#base} answered ${response.status}.`
    if ([400, 404, 409, 413, 415, 422].includes(response.status)) throw new UsageError(sentence)
    throw new WorldError(sentence)
  }

  async #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await fetch(`${this.#base}${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
    } catch (error) {
      const { cause } = error as { cause?: { code?: string; message?: string } }
      const reason = cause?.code ?? cause?.message ?? (error as Error).name
      throw new WorldError(
        `No collector answers at ${this.#base} (${reason}): see --url, or --data for a store at rest.`,
      )
    }
  }
}

const documentOf = (text: string, syntax: string): RequestInit => ({
  body: text,
  headers: { "content-type": `application/${syntax}` },
})
