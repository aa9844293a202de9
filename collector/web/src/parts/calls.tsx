// What the exchanges of an endpoint say inside their URL, and what conversations they opened.
import { compact, count } from "../format.ts"
import type { EndpointDetail } from "../types/endpoints.ts"
import { Bars, barsOf } from "./bars.tsx"

const GRPC = [
  "ok",
  "cancelled",
  "unknown",
  "invalid argument",
  "deadline exceeded",
  "not found",
  "already exists",
  "permission denied",
  "resource exhausted",
  "failed precondition",
  "aborted",
  "out of range",
  "unimplemented",
  "internal",
  "unavailable",
  "data loss",
  "unauthenticated",
]
const CLOSES: Readonly<Record<string, string>> = {
  1000: "normal",
  1001: "going away",
  1002: "protocol error",
  1003: "unsupported",
  1005: "no code",
  1006: "broken off",
  1008: "policy",
  1009: "too big",
  1011: "server error",
}

/** "12 unimplemented", "1000 normal". */
export function outcomeName(outcome: string): string {
  const name = Number(outcome) < 1000 ? GRPC[Number(outcome)] : CLOSES[outcome]
  return name === undefined ? outcome : `${outcome} ${name}`
}

const outcomeTone = (outcome: string): string =>
  outcome === "0" || outcome === "1000" || outcome === "1001" ? "good" : "warn"

export function Calls({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const { calls, outcomes, conversations, messages } = endpoint
  const kinds = Object.keys(calls.kinds)
  const isPlain = kinds.length === 0 && Object.keys(outcomes).length === 0 && conversations === 0
  if (isPlain && messages.request + messages.response === 0) return null
  const bars = barsOf(outcomes, outcomeTone).map((bar) => ({ ...bar, name: outcomeName(bar.name) }))
  return (
    <section class="panel" aria-labelledby="calls">
      <div class="panel-head">
        <h2 id="calls">Calls</h2>
        <span class="aside">
          {kinds.map((kind) => (
            <span key={kind} class="badge info">
              {kind}
            </span>
          ))}
        </span>
      </div>
      <div class="panel-body">
        <dl class="facts">
          {conversations === 0 ? null : (
            <>
              <dt>Conversations</dt>
              <dd>{compact(conversations)}</dd>
            </>
          )}
          {messages.request + messages.response === 0 ? null : (
            <>
              <dt>Messages</dt>
              <dd>
                {compact(messages.request)} to the server, {compact(messages.response)} back
              </dd>
            </>
          )}
          {calls.depth === null ? null : (
            <>
              <dt>Deepest</dt>
              <dd>
                {count(calls.depth)}
                {calls.aliases === null ? null : <span class="soft"> with up to {count(calls.aliases)} aliases</span>}
              </dd>
            </>
          )}
          {calls.batch <= 1 ? null : (
            <>
              <dt>Largest batch</dt>
              <dd>{count(calls.batch)}</dd>
            </>
          )}
        </dl>
        {bars.length === 0 ? null : (
          <>
            <h3>Outcomes</h3>
            <Bars bars={bars} empty="" />
          </>
        )}
        {Object.keys(calls.fields).length === 0 ? null : (
          <>
            <h3>Asked for</h3>
            <Bars bars={barsOf(calls.fields).slice(0, 12)} empty="" />
          </>
        )}
      </div>
    </section>
  )
}
