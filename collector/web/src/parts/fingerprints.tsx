// From where and with which programs a consumer came before an incident, and what was met for the first time in it.
import { useApi } from "../api.ts"
import { compact, time } from "../format.ts"
import type { ConsumerDetail } from "../types/consumers.ts"
import { Loaded } from "./states.tsx"

const KINDS: readonly (readonly [kind: string, name: string])[] = [
  ["credential", "Credentials"],
  ["prefix", "Addresses"],
  ["network", "Networks"],
  ["forwardedPrefix", "Behind proxies"],
  ["userAgent", "Programs"],
  ["ja4", "TLS clients"],
  ["fieldOrder", "Order of header fields"],
]
const SHOWN = 5

type Client = ConsumerDetail["clients"][number]

function Values({ values, from }: { readonly values: readonly Client[]; readonly from: string }) {
  const isNew = ({ firstSeen }: Client): boolean => firstSeen !== null && firstSeen >= from
  const sorted = [...values].sort((a, b) => Number(isNew(b)) - Number(isNew(a)) || b.requests - a.requests)
  return (
    <>
      {sorted.slice(0, SHOWN).map((value) => (
        <div key={value.name} title={`${time(value.firstSeen)} to ${time(value.lastSeen)} UTC`}>
          {isNew(value) ? <span class="badge bad">new</span> : <span class="badge">usual</span>}{" "}
          <span class="mono">{value.name}</span> <span class="faint">{compact(value.requests)}</span>
        </div>
      ))}
      {sorted.length > SHOWN ? <div class="faint">and {sorted.length - SHOWN} more</div> : null}
    </>
  )
}

function Content({ consumer, from }: { readonly consumer: ConsumerDetail; readonly from: string }) {
  const all: Client[] = [
    ...consumer.credentialsSeen.map((seen) => ({ kind: "credential", ...seen })),
    ...consumer.clients,
  ]
  const isYoung = consumer.firstSeen !== null && consumer.firstSeen >= from
  if (isYoung) return <p class="faint">It was first seen in this incident: there is nothing to compare with.</p>
  const shown = KINDS.map(([kind, name]) => [name, all.filter((client) => client.kind === kind)] as const)
  return (
    <dl class="facts">
      {shown.map(([name, values]) =>
        values.length === 0 ? null : (
          <>
            <dt>{name}</dt>
            <dd>
              <Values values={values} from={from} />
            </dd>
          </>
        ),
      )}
    </dl>
  )
}

/** `from`: first event of the incident. What was seen first since then is new. */
export function FingerprintsPanel({ consumer, from }: { readonly consumer: string; readonly from: string }) {
  const answer = useApi<ConsumerDetail>(`/consumers/${encodeURIComponent(consumer)}`)
  return (
    <section class="panel" aria-labelledby="fingerprints">
      <div class="panel-head">
        <h2 id="fingerprints">From where, with what</h2>
        <span class="aside">new since its first event</span>
      </div>
      <div class="panel-body">
        <Loaded answer={answer}>{(body) => <Content consumer={body} from={from} />}</Loaded>
      </div>
    </section>
  )
}
