// Who is told of incidents: how each channel fares, what it gave up, a test.
import { ApiError, send, useApi } from "../api.ts"
import { quantity, time } from "../format.ts"
import { EditButton } from "../parts/form.tsx"
import { Head } from "../parts/head.tsx"
import { Blank, Loaded } from "../parts/states.tsx"
import type { Channel, DeadLetter, TestResult } from "../types/notifications.ts"

const pathOf = ({ name }: Channel): string => `/notifications/${encodeURIComponent(name)}`

/** The last try failed. */
const isFailing = ({ lastSuccess, lastFailure }: Channel): boolean =>
  lastFailure !== null && (lastSuccess === null || (lastFailure.at ?? "") > lastSuccess)

function State({ channel }: { readonly channel: Channel }) {
  if (isFailing(channel)) return <span class="badge bad">failing</span>
  if (channel.lastSuccess === null) return <span class="badge">nothing told yet</span>
  return <span class="badge good">works</span>
}

function TestButton({ channel }: { readonly channel: Channel }) {
  return (
    <EditButton
      needs="admin"
      label="Send a test"
      about={`to ${channel.name}`}
      title={`Test ${channel.name}`}
      fields={[]}
      submit="Send the test"
      effect={() => "The message says that it is a test. It is tried once."}
      send={async () => {
        const { items } = await send<{ items: readonly TestResult[] }>("POST", "/notifications/test", {
          channel: channel.name,
        })
        const result = items[0]
        if (result?.isDelivered !== true) throw new ApiError(0, result?.sentence ?? "Nothing came of it.")
        return `${channel.name} took the test: ${result.sentence}`
      }}
    />
  )
}

function Letter({ channel, letter }: { readonly channel: Channel; readonly letter: DeadLetter }) {
  const { id, incident, kind, lane, summary, since, tries, failure } = letter
  return (
    <li class="spread" data-row>
      <span class="what">
        <a data-main class="link" href={`/incidents/${encodeURIComponent(incident)}`}>
          {summary}
        </a>{" "}
        <span class="badge">{kind}</span> <span class="badge">{lane}</span>
        <div class="faint">
          Since {time(since)}, given up after {quantity(tries, "tries")}: {failure}
        </div>
      </span>
      <EditButton
        needs="admin"
        label="Send again"
        about={id}
        title={`Send ${id} again`}
        fields={[]}
        submit="Send it again"
        effect={() => `It goes to the end of the queue of ${channel.name}, under the same id.`}
        send={async () => {
          await send("POST", `${pathOf(channel)}/dead-letters/${encodeURIComponent(id)}/again`)
          return `${id} is in the queue of ${channel.name} again.`
        }}
      />
    </li>
  )
}

function DeadLetters({ channel }: { readonly channel: Channel }) {
  const answer = useApi<{ items: readonly DeadLetter[] }>(
    channel.deadLetters === 0 ? null : `${pathOf(channel)}/dead-letters`,
  )
  if (channel.deadLetters === 0) return null
  return (
    <>
      <h3>Given up</h3>
      <Loaded answer={answer}>
        {({ items }) => (
          <>
            <ul class="lines">
              {items.map((letter) => (
                <Letter key={letter.id} channel={channel} letter={letter} />
              ))}
            </ul>
            {items.length < channel.deadLetters ? (
              <p class="faint">And {channel.deadLetters - items.length} older ones.</p>
            ) : null}
          </>
        )}
      </Loaded>
    </>
  )
}

function ChannelPanel({ channel }: { readonly channel: Channel }) {
  const { name, kind, target, lanes, queued, deadLetters, delivered, retried, dropped, lastSuccess, lastFailure } =
    channel
  const facts: readonly (readonly [what: string, value: string])[] = [
    ["Leads to", `${target} (${kind})`],
    ["Is told of", lanes.length === 0 ? "nothing" : `incidents of the ${lanes.join(" and the ")} lane`],
    ["Last delivered", lastSuccess === null ? "never" : `${time(lastSuccess)} UTC`],
    ["Last failure", lastFailure === null ? "none" : `${time(lastFailure.at)} UTC: ${lastFailure.sentence}`],
    ["Waiting", quantity(queued, "messages")],
    ["Ever", `${delivered} delivered, ${retried} tries again, ${dropped} dropped at a limit`],
  ]
  return (
    <section class="panel" aria-label={name}>
      <div class="panel-head">
        <h2>{name}</h2>
        <State channel={channel} />
        {deadLetters === 0 ? null : <span class="badge warn">{quantity(deadLetters, "dead letters")}</span>}
        <span class="aside buttons">
          <TestButton channel={channel} />
        </span>
      </div>
      <div class="panel-body">
        <dl class="facts">
          {facts.map(([what, value]) => (
            <>
              <dt>{what}</dt>
              <dd>{value}</dd>
            </>
          ))}
        </dl>
        <DeadLetters channel={channel} />
      </div>
    </section>
  )
}

export function NotificationsPage() {
  const answer = useApi<{ items: readonly Channel[] }>("/notifications")
  return (
    <>
      <Head title="Notifications" sub="Who is told of incidents, and how that goes. By the collector's clock (UTC)." />
      <Loaded answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <div class="panel">
              <Blank title="Nobody is told of incidents.">
                <p>
                  Webhooks, syslog receivers and NATS subjects are named in the collector's configuration file, each as{" "}
                  <code>[[notify]]</code>.
                </p>
              </Blank>
            </div>
          ) : (
            <div class="stack">
              {items.map((channel) => (
                <ChannelPanel key={channel.name} channel={channel} />
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  )
}
