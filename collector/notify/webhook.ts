// Webhooks: the notice as JSON in a signed POST. The collector's only import of undici.
//
// Certificates are verified, redirects are not followed (a signed message goes where it was addressed to, or nowhere), answers are not
// read beyond a few KB. Which answers mean "later", "never" or "delivered" is told in OUTCOMES' order below.
import { Agent, request } from "undici"
import { type Channel, delivered, type Message, notNow, type Outcome, refused, unreachable } from "./channel.ts"
import { reasonOf } from "./failures.ts"
import { signatureOf } from "./signature.ts"

export const WEBHOOK_TIMEOUT_MS = 10_000
const ANSWER_BYTES_MAX = 16_384
/** What a receiver may ask for. */
const RETRY_AFTER_MAX_MS = 24 * 3_600_000
/** It is the message that is not taken, and it will be the same the next time. */
const NEVER: ReadonlySet<number> = new Set([400, 413, 414, 415, 422, 431])
/** It is this message, for now; any other failure would be that of every message. */
const THIS_ONE: ReadonlySet<number> = new Set([409, 500])

export interface WebhookSettings {
  readonly name: string
  readonly lanes: readonly string[]
  readonly url: string
  readonly secret: Uint8Array
  /** Certificates that are trusted in place of the system's; null for those. */
  readonly ca: string | null
  readonly version: string
  readonly timeoutMs?: number
  /** Wall clock, ms. */
  readonly now: () => number
}

export class Webhook implements Channel {
  readonly kind = "webhook"
  readonly name: string
  readonly lanes: readonly string[]
  readonly target: string
  readonly #settings: WebhookSettings
  readonly #agent: Agent
  readonly #timeoutMs: number

  constructor(settings: WebhookSettings) {
    this.name = settings.name
    this.lanes = settings.lanes
    // Paths of webhooks are often secrets.
    this.target = new URL(settings.url).origin
    this.#settings = settings
    this.#timeoutMs = settings.timeoutMs ?? WEBHOOK_TIMEOUT_MS
    this.#agent = new Agent({
      connections: 1,
      headersTimeout: this.#timeoutMs,
      bodyTimeout: this.#timeoutMs,
      connect: {
        timeout: this.#timeoutMs,
        rejectUnauthorized: true,
        ...(settings.ca !== null && { ca: settings.ca }),
      },
    })
  }

  async deliver({ notice }: Message, signal: AbortSignal): Promise<Outcome> {
    const { url, secret, version, now } = this.#settings
    const body = Buffer.from(JSON.stringify(notice))
    try {
      const answer = await request(url, {
        method: "POST",
        dispatcher: this.#agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]),
        headers: {
          "content-type": "application/json",
          "user-agent": `sonde-collector/${version}`,
          "sonde-event": `incident.${notice.kind}`,
          "sonde-delivery": notice.id,
          "sonde-signature": signatureOf(secret, Math.floor(now() / 1000), body),
        },
        body,
      })
      // What it says beyond its status is not looked at.
      await answer.body.dump({ limit: ANSWER_BYTES_MAX }).catch(() => undefined)
      return outcomeOf(answer.statusCode, retryAfterMs(answer.headers["retry-after"], now()))
    } catch (error) {
      return unreachable(`${this.target} cannot be told: ${reasonOf(error)}.`)
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}

function outcomeOf(status: number, afterMs: number): Outcome {
  const sentence = `The receiver answered ${status}.`
  if (status >= 200 && status < 300) return delivered(sentence)
  if (status >= 300 && status < 400)
    return unreachable(`The receiver answered ${status}: redirects are not followed, say its address as it is.`)
  if (NEVER.has(status)) return refused(sentence)
  return THIS_ONE.has(status) ? notNow(sentence, afterMs) : unreachable(sentence, afterMs)
}

/** RFC 9110 section 10.2.3: seconds, or a date. 0 for none. */
function retryAfterMs(field: string | string[] | undefined, nowMs: number): number {
  const text = (Array.isArray(field) ? field[0] : field)?.trim() ?? ""
  if (text === "") return 0
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS) : 0
}
