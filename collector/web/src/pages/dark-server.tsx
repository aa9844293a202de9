import { useMemo } from "preact/hooks"
import { useApi } from "../api.ts"
import { bytes, compact, count, percent, share, time } from "../format.ts"
import { Bars, barsOf, Tile } from "../parts/bars.tsx"
import { TrafficChart } from "../parts/chart.tsx"
import { clientsOf, DarkBadge, darkName, reasonName } from "../parts/dark-labels.tsx"
import { Head } from "../parts/head.tsx"
import { Loaded } from "../parts/states.tsx"
import type { Counts } from "../types/common.ts"
import type { DarkDetail } from "../types/dark.ts"

function Why({ server }: { readonly server: DarkDetail }) {
  return (
    <section class="panel" aria-labelledby="why">
      <div class="panel-head">
        <h2 id="why">{server.state === "read" ? "All of it was read" : "Why it was not read"}</h2>
        <span class="aside">
          <DarkBadge state={server.state} />
        </span>
      </div>
      <div class="panel-body">
        {server.why.length === 0 ? (
          <p class="soft">
            {server.state === "read"
              ? "The sensor had the keys of every session: what they said is in the inventory."
              : "The sensor gave no reason."}
          </p>
        ) : (
          <ul class="reasons">
            {server.why.map(({ reason, notes, sentence, advice }) => (
              <li key={reason}>
                <span class="much">{compact(notes)}</span>
                <div>
                  <strong>{sentence}</strong>
                  <p class="soft">{advice}</p>
                  <span class="counter">{reasonName(reason)}</span>
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}

function Names({ title, names, none }: { readonly title: string; readonly names: readonly string[]; none: string }) {
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {names.length === 0 ? <span class="faint">{none}</span> : null}
        {names.slice(0, 12).map((name) => (
          <div key={name} class="mono">
            {name}
          </div>
        ))}
        {names.length > 12 ? <div class="faint">and {names.length - 12} more</div> : null}
      </dd>
    </>
  )
}

function Facts({ server }: { readonly server: DarkDetail }) {
  return (
    <section class="panel" aria-labelledby="facts">
      <div class="panel-head">
        <h2 id="facts">What it is</h2>
      </div>
      <div class="panel-body">
        <dl class="facts">
          <dt>Server name</dt>
          <dd>{server.name ?? <span class="faint">none asked for, or not seen</span>}</dd>
          <dt>Address</dt>
          <dd>
            <span class="mono">
              {server.address}:{server.port}
            </span>{" "}
            <span class="faint">{server.addressClass}</span>
          </dd>
          <dt>Zone</dt>
          <dd>{server.zone ?? "plain network"}</dd>
          <dt>Service</dt>
          <dd>
            {server.services.length === 0 ? (
              <span class="faint">none of this name is read</span>
            ) : (
              server.services.map((service) => (
                <div key={service.id}>
                  <a href={`/services/${encodeURIComponent(service.id)}`}>{service.name}</a>
                  {service.zone === null ? null : <span class="faint"> in {service.zone}</span>}
                </div>
              ))
            )}
          </dd>
          <Names title="Certificate" names={server.certificateNames} none="not visible (TLS 1.3 encrypts it)" />
          <Names title="Issuer" names={Object.keys(server.issuers)} none="not visible" />
          <Names title="Client certificates" names={server.clientNames} none="none seen" />
          <dt>First seen</dt>
          <dd>{time(server.firstSeen)} UTC</dd>
          <dt>Last seen</dt>
          <dd>{time(server.lastSeen)} UTC</dd>
        </dl>
      </div>
    </section>
  )
}

function Mix(props: { readonly id: string; readonly title: string; readonly counts: Counts; readonly empty: string }) {
  return (
    <section class="panel" aria-labelledby={props.id}>
      <div class="panel-head">
        <h2 id={props.id}>{props.title}</h2>
      </div>
      <div class="panel-body">
        <Bars bars={barsOf(props.counts)} empty={props.empty} />
      </div>
    </section>
  )
}

function Content({ server }: { readonly server: DarkDetail }) {
  // The chart of requests draws any count by hour; sessions have no errors.
  const points = useMemo(
    () => server.hourly.map((hour) => ({ ...hour, requests: hour.sessions, errors: 0, items: 0 })),
    [server.hourly],
  )
  return (
    <>
      <div class="tiles">
        <Tile what="Sessions" value={compact(server.sessions)} />
        <Tile what="Clients" value={clientsOf(server)} />
        <Tile what="To the server" value={bytes(server.requestBytes)} />
        <Tile what="To clients" value={bytes(server.responseBytes)} />
        <Tile
          what="Resumed"
          value={percent(share(server.resumed, server.sessions))}
          note={`${count(server.earlyData)} with early data`}
        />
      </div>
      <div class="grid wide-narrow">
        <div class="stack">
          <Why server={server} />
          <section class="panel" aria-labelledby="sessions">
            <div class="panel-head">
              <h2 id="sessions">Sessions by hour</h2>
              <span class="aside">7 days up to its latest, UTC</span>
            </div>
            <div class="panel-body">
              <TrafficChart points={points} size="hour" title="Sessions by hour" what="sessions" />
            </div>
          </section>
          <div class="grid two">
            <Mix id="versions" title="TLS versions" counts={server.versions} empty="No ServerHello was seen." />
            <Mix id="alpns" title="Protocols" counts={server.alpns} empty="None named." />
          </div>
          <Mix id="ciphers" title="Cipher suites" counts={server.ciphers} empty="No ServerHello was seen." />
          <Mix id="ja4s" title="Client software (JA4)" counts={server.ja4s} empty="No ClientHello was seen." />
        </div>
        <div class="stack">
          <Facts server={server} />
        </div>
      </div>
    </>
  )
}

export function DarkServerPage({ id }: { readonly id: string }) {
  const answer = useApi<DarkDetail>(`/dark/${encodeURIComponent(id)}`)
  const { body } = answer
  return (
    <>
      <Head title={body === null ? "Server" : darkName(body)} crumbs={[["/dark", "Dark"]]}>
        {body === null ? null : <DarkBadge state={body.state} />}
      </Head>
      <Loaded answer={answer}>{(server) => <Content server={server} />}</Loaded>
    </>
  )
}
