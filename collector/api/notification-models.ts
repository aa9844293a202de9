// What the API hands out about the channels that are told of incidents.
import { Count, ref, type Static, Time, Type } from "./schema.ts"

export const NotificationChannel = Type.Object(
  {
    name: Type.String(),
    kind: Type.String({ description: "webhook, syslog, nats." }),
    target: Type.String({ description: "Where it leads, without what is secret in the address." }),
    lanes: Type.Array(Type.String(), { description: "Lanes whose incidents it is told of." }),
    queued: Count("Waiting, or waiting to be tried again."),
    deadLetters: Count("Given up and kept."),
    delivered: Count("Delivered, ever."),
    retried: Count("Tries that failed and were followed by another, ever."),
    dead: Count("Given up, ever."),
    dropped: Count("Not delivered because a limit was reached, ever."),
    lastSuccess: Time("Wall clock."),
    lastFailure: Type.Unsafe<{ at: string | null; sentence: string } | null>({
      type: ["object", "null"],
      properties: { at: { type: ["string", "null"], format: "date-time" }, sentence: { type: "string" } },
      required: ["at", "sentence"],
      description: "The last try that failed, wall clock, and why.",
    }),
  },
  { $id: "NotificationChannel" },
)

export const NotificationChannels = Type.Object(
  { items: Type.Array(ref(NotificationChannel)) },
  { $id: "NotificationChannels" },
)

export const DeadLetter = Type.Object(
  {
    id: Type.String({ description: "What the receiver would have known it by: incident and version." }),
    incident: Type.String(),
    version: Type.Integer(),
    kind: Type.String({ description: "opened, raised, acknowledged, reopened, closed." }),
    lane: Type.String(),
    summary: Type.String(),
    since: Time("When it came into the queue, wall clock."),
    tries: Count("Tries, all of which failed."),
    failure: Type.String({ description: "Why it was given up." }),
  },
  { $id: "DeadLetter" },
)

export const DeadLetters = Type.Object(
  { items: Type.Array(ref(DeadLetter), { description: "Newest first, at most 200." }) },
  { $id: "DeadLetters" },
)

export const NotificationTest = Type.Object(
  { channel: Type.Optional(Type.String({ maxLength: 40, description: "Name; left out: every channel." })) },
  { additionalProperties: false },
)

export const NotificationTestResults = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        channel: Type.String(),
        isDelivered: Type.Boolean(),
        sentence: Type.String({ description: "What the receiver said, or why it was not reached." }),
      }),
    ),
  },
  { $id: "NotificationTestResults" },
)

export const NOTIFICATION_SHARED = [
  NotificationChannel,
  NotificationChannels,
  DeadLetter,
  DeadLetters,
  NotificationTestResults,
]
export type NotificationChannel = Static<typeof NotificationChannel>
export type NotificationChannels = Static<typeof NotificationChannels>
export type DeadLetter = Static<typeof DeadLetter>
export type NotificationTestResults = Static<typeof NotificationTestResults>
