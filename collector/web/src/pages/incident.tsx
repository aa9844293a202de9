import { useApi } from "../api.ts"
import { chance } from "../facts.ts"
import { count, percent, span, time } from "../format.ts"
import { Tile } from "../parts/bars.tsx"
import { EvidencePanel } from "../parts/evidence.tsx"
import { FingerprintsPanel } from "../parts/fingerprints.tsx"
import { Head } from "../parts/head.tsx"
import { IncidentActions } from "../parts/incident-actions.tsx"
import { aboutOf, Detections, LaneBadge, StateBadge } from "../parts/incident-labels.tsx"
import { ProvenancePanel } from "../parts/provenance.tsx"
import { Loaded } from "../parts/states.tsx"
import { Timeline } from "../parts/timeline.tsx"
import type { Named } from "../types/common.ts"
import type { Incident } from "../types/incidents.ts"

const CONSUMERS_SHOWN = 12

function Link({ to, end }: { readonly to: string; readonly end: Named | null }) {
  if (end === null) return <span class="faint">none</span>
  return (
    <a class="link" href={`/${to}/${encodeURIComponent(end.id)}`}>
      {end.name}
    </a>
  )
}

function Who({ incident }: { readonly incident: Incident }) {
  const { consumer, consumers, partner, service, endpoint, sensor } = incident
  return (
    <section class="panel" aria-labelledby="who">
      <div class="panel-head">
        <h2 id="who">Who and where</h2>
      </div>
      <div class="panel-body">
        <dl class="facts">
          {sensor === null ? null : (
            <>
              <dt>Sensor</dt>
              <dd>
                <Link to="sensors" end={{ id: sensor, name: sensor }} />
              </dd>
            </>
          )}
          {consumer === null ? null : (
            <>
              <dt>Consumer</dt>
              <dd>
                <Link to="consumers" end={consumer} />
              </dd>
              <dt>Partner</dt>
              <dd>
                <Link to="partners" end={partner} />
              </dd>
            </>
          )}
          {consumers.length === 0 ? null : (
            <>
              <dt>Consumers</dt>
              <dd>
                {consumers.slice(0, CONSUMERS_SHOWN).map((one) => (
                  <div key={one.id}>
                    <Link to="consumers" end={one} />
                  </div>
                ))}
                {consumers.length > CONSUMERS_SHOWN ? (
                  <div class="faint">and {count(consumers.length - CONSUMERS_SHOWN)} more</div>
                ) : null}
              </dd>
            </>
          )}
          {sensor === null ? (
            <>
              <dt>Service</dt>
              <dd>
                <Link to="services" end={service} />
              </dd>
              <dt>Endpoint</dt>
              <dd class="mono">
                <Link to="endpoints" end={endpoint} />
              </dd>
            </>
          ) : null}
        </dl>
      </div>
    </section>
  )
}

function Notes({ notes }: { readonly notes: Incident["notes"] }) {
  if (notes.length === 0) return null
  return (
    <section class="panel" aria-labelledby="notes">
      <div class="panel-head">
        <h2 id="notes">Notes</h2>
      </div>
      <div class="panel-body">
        <ul class="lines">
          {notes.map(({ at, by, text }, i) => (
            <li key={`${at} ${i}`}>
              <span class="when">
                {at === null ? "" : time(at)} {by}
              </span>
              <span class="what">{text}</span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

/** The least likely of its evidence that is no fact; facts alone are certain. */
function chanceOf({ evidence }: Incident): string {
  const chances = evidence.filter(({ isRule }) => !isRule).map(({ p }) => p)
  return chances.length === 0 ? "a fact" : chance(Math.min(...chances))
}

function Content({ incident }: { readonly incident: Incident }) {
  const { evidence, lossyShare, firstEvent, lastEvent, openedAt, closedAt, consumer, sensor } = incident
  const hasIds = evidence.some(({ samples }) => samples.some(({ object }) => object !== null))
  return (
    <>
      <section class="panel summary" aria-label="Summary">
        <p>{incident.summary}</p>
        <Detections incident={incident} />
      </section>
      <div class="tiles">
        <Tile what="Score" value={incident.score.toFixed(1)} note="of its evidence together" />
        <Tile what="Chance if all were as usual" value={chanceOf(incident)} />
        <Tile what="Lasts" value={span(firstEvent, lastEvent)} note={`from ${time(firstEvent)}`} />
        <Tile what="Opened" value={time(openedAt).slice(0, 10)} note={`${time(openedAt).slice(11)} UTC`} />
        {closedAt === null ? null : (
          <Tile what="Closed" value={time(closedAt).slice(0, 10)} note={`${time(closedAt).slice(11)} UTC`} />
        )}
        <Tile what="Whole evidence" value={percent(1 - lossyShare)} note="of the exchanges behind it" />
      </div>
      <div class="grid wide-narrow">
        <div class="stack">
          {evidence.map((one, i) => (
            <EvidencePanel key={one.key} incident={incident} evidence={one} isFirst={i === 0} />
          ))}
          {hasIds && consumer !== null ? <ProvenancePanel incident={incident.id} /> : null}
        </div>
        <div class="stack">
          <Who incident={incident} />
          <Timeline entries={incident.timeline} />
          <Notes notes={incident.notes} />
          {consumer !== null && sensor === null && firstEvent !== null ? (
            <FingerprintsPanel consumer={consumer.id} from={firstEvent} />
          ) : null}
        </div>
      </div>
    </>
  )
}

export function IncidentPage({ id }: { readonly id: string }) {
  const answer = useApi<Incident>(`/incidents/${encodeURIComponent(id)}`)
  const incident = answer.body
  return (
    <>
      <Head title={incident === null ? "Incident" : aboutOf(incident)} crumbs={[["/incidents", "Incidents"]]}>
        {incident === null ? null : (
          <>
            <span class="badges">
              <LaneBadge lane={incident.lane} />
              <StateBadge incident={incident} />
            </span>
            <IncidentActions incident={incident} />
          </>
        )}
      </Head>
      <Loaded answer={answer}>{(body) => <Content incident={body} />}</Loaded>
    </>
  )
}
