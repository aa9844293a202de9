// The accounts of the NATS server, as its configuration has them (nats-server 2.9 and later: `include accounts.conf`).
//
//   SONDE          the event stream and the collector          SONDE_SENSORS  the sensors, without JetStream of their own
//        ^ service sonde.ev.<tenant>.<partition>.<sensor> <-------- imported: the only way across, its answers come back
//
// Two accounts, not one with permissions: in an account that has JetStream, whoever may publish a message may name the subject of its
// answer, and the server publishes the answer there on its own authority. With `$JS.API.STREAM.PURGE.SONDE_EVENTS` for that subject one
// permitted event emptied the stream (measured with 2.9.10, 2026-11-25). Across accounts the answer stays in the sensors' account,
// where nothing listens to such subjects.
import { COLLECTOR_INBOX, eventSubjectsOf, STREAM, sensorInbox } from "../../shared/event/subjects.ts"
import type { Holder } from "./registry.ts"

const HEAD = `# Made by "sonde-collector nats"; what is written here by hand is lost with its next command.
# Named in nats-server.conf by: include PATH (as seen from that file's folder)   Read again by: systemctl reload nats-server
# Public keys only: whoever reads this can connect as nobody.
`

/** Subjects across the accounts; three tokens, so that none leads to those of sensors without a name. */
const CROSSING = "sonde.ev.*.*.*"

/** What the collector's credential may publish to: its stream, its own consumer, incidents. */
function collectorSubjects(durable: string): readonly string[] {
  const api = ["STREAM.INFO", "STREAM.CREATE"].map((call) => `$JS.API.${call}.${STREAM}`)
  const consumer = ["INFO", "DELETE", "MSG.NEXT", "DURABLE.CREATE"].map(
    (call) => `$JS.API.CONSUMER.${call}.${STREAM}.${durable}`,
  )
  const others = [`$JS.API.CONSUMER.CREATE.${STREAM}.${durable}.>`, `$JS.ACK.${STREAM}.${durable}.>`]
  return ["$JS.API.INFO", ...api, ...consumer, ...others, "sonde.incident.>"]
}

function users(holder: Holder, publish: readonly string[], inboxes: readonly string[]): string {
  return holder.keys
    .map(
      ({ publicKey, made }, i) =>
        `      # ${holder.name}, key of ${made}${i === 0 ? "" : ": the former one"}\n` +
        `      { nkey: ${publicKey}, permissions: {\n` +
        `        publish: [${list(publish)}]\n` +
        `        subscribe: [${list(inboxes.map((inbox) => `${inbox}.>`))}]\n` +
        "      } }\n",
    )
    .join("")
}

const list = (subjects: readonly string[]): string => subjects.map((subject) => `"${subject}"`).join(", ")

/** `holders`: one of them without sensors, the collector. */
export function accountsText(holders: readonly Holder[], durable: string): string {
  const collectors = holders.filter(({ sensors }) => sensors.length === 0)
  const speaking = holders.filter(({ sensors }) => sensors.length > 0)
  return `${HEAD}
accounts {
  SONDE {
    jetstream: enabled
    exports: [ { service: "${CROSSING}", accounts: [SONDE_SENSORS] } ]
    users: [
${collectors.map((holder) => users(holder, collectorSubjects(durable), [COLLECTOR_INBOX])).join("")}    ]
  }
  SONDE_SENSORS {
    imports: [ { service: { account: SONDE, subject: "${CROSSING}" } } ]
    users: [
${speaking
  .map((holder) =>
    users(
      holder,
      holder.sensors.map((sensor) => eventSubjectsOf(holder.tenant, sensor)),
      holder.sensors.map(sensorInbox),
    ),
  )
  .join("")}    ]
  }
}
`
}
