// One piece of evidence: its sentence, its numbers with their units, what it is not, the exchanges that show it.
import { useState } from "preact/hooks"
import { chance, factLines } from "../facts.ts"
import { count, percent, span, time } from "../format.ts"
import type { Evidence, Incident, Sample } from "../types/incidents.ts"
import { Usual } from "./baseline.tsx"
import { detectionName } from "./incident-labels.tsx"

function Doubts({ doubts }: { readonly doubts: Evidence["doubts"] }) {
  if (doubts.length === 0) return null
  return (
    <>
      <h3>What else it could be</h3>
      <ul class="doubts">
        {doubts.map(({ what, explains, sentence }) => (
          <li key={what + sentence}>
            <span class={`badge ${explains ? "warn" : "good"}`}>{explains ? "may be" : "is not"}</span>
            <span>
              <strong>{what}</strong>: {sentence}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Facts({ facts }: { readonly facts: Evidence["facts"] }) {
  const lines = factLines(facts)
  if (lines.length === 0) return null
  return (
    <>
      <h3>Numbers</h3>
      <table class="numbers" aria-label="Numbers">
        <tbody>
          {lines.map(({ name, value }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

interface SamplesProps {
  readonly samples: readonly Sample[]
  readonly endpoint: string | null
}

function Samples({ samples, endpoint }: SamplesProps) {
  if (samples.length === 0) return null
  return (
    <>
      <h3>Exchanges that show it</h3>
      <div class="table-wrap">
        <table aria-label="Exchanges that show it">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col" class="grow">
                Request
              </th>
              <th scope="col" class="number">
                Status
              </th>
              <th scope="col">Id</th>
              <th scope="col" class="narrow-hidden">
                Exchange
              </th>
            </tr>
          </thead>
          <tbody>
            {samples.map(({ at, operation, status, object, exchange }, i) => (
              <tr key={`${at} ${object} ${i}`}>
                <td>{at === null ? "–" : `${time(at)}:${at.slice(17, 19)}`}</td>
                <td class="grow mono">
                  {endpoint === null ? (
                    operation
                  ) : (
                    <a href={`/endpoints/${encodeURIComponent(endpoint)}`}>{operation}</a>
                  )}
                </td>
                <td class="number">{status === 0 ? "–" : status}</td>
                <td class="mono">{object ?? "–"}</td>
                <td class="mono narrow-hidden">{exchange ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function quality({ lossyShare }: Evidence): string {
  return lossyShare === 0
    ? "All exchanges behind it are whole."
    : `${percent(lossyShare)} of the exchanges behind it are incomplete.`
}

function UsualHere({ incident, evidence }: { readonly incident: Incident; readonly evidence: Evidence }) {
  const [isEverywhere, setEverywhere] = useState(evidence.endpoint === null)
  if (incident.consumer === null) return null
  const ways = [
    [false, "At this endpoint"],
    [true, "Everywhere"],
  ] as const
  return (
    <>
      <div class="beside">
        <h3>Usual against observed</h3>
        {evidence.endpoint === null ? null : (
          <fieldset class="choice">
            <legend class="unseen">Where</legend>
            {ways.map(([value, name]) => (
              <button
                key={name}
                type="button"
                class="button"
                aria-pressed={isEverywhere === value}
                onClick={() => setEverywhere(value)}
              >
                {name}
              </button>
            ))}
          </fieldset>
        )}
      </div>
      <Usual
        consumer={incident.consumer.id}
        endpoint={isEverywhere ? "" : (evidence.endpoint ?? "")}
        detection={evidence.detection}
        from={evidence.since}
        to={evidence.last}
      />
    </>
  )
}

interface EvidenceProps {
  readonly incident: Incident
  readonly evidence: Evidence
  /** The heaviest is open; the others open when they are asked for, so that their charts are not read for nothing. */
  readonly isFirst: boolean
}

export function EvidencePanel({ incident, evidence, isFirst }: EvidenceProps) {
  const [isOpen, setOpen] = useState(isFirst)
  const { detection, family, isRule, p, sentence, since, last, count: times, weight, facts, doubts, samples } = evidence
  return (
    <details
      class="panel evidence"
      open={isOpen}
      onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary class="panel-head">
        <span class="grow-text">
          <span class="badge">{detectionName(detection)}</span> <span class="badge info">{family}</span>{" "}
          <span class="evidence-sentence">{sentence}</span>
        </span>
        <span class="aside">{isRule ? "a fact" : `chance ${chance(p)}`}</span>
      </summary>
      {isOpen ? (
        <div class="panel-body">
          <p class="soft">
            Since {time(since)}, last found {time(last)} UTC ({span(since, last)}), {count(times)}{" "}
            {times === 1 ? "time" : "times"}. It weighs {weight}. {quality(evidence)}
          </p>
          <Doubts doubts={doubts} />
          <UsualHere incident={incident} evidence={evidence} />
          <Facts facts={facts} />
          <Samples samples={samples} endpoint={evidence.endpoint} />
        </div>
      ) : null}
    </details>
  )
}
