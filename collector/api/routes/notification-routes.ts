// Channels that are told of incidents: how they fare, a test, and what was given up, to be sent again.
import { noticeId } from "../../notify/notice.ts"
import type { ChannelState, Notifications } from "../../notify/notifier.ts"
import type { Delivery } from "../../store/outbox.ts"
import { isoTime } from "../event-time.ts"
import type { Api } from "../http.ts"
import {
  type DeadLetter,
  DeadLetters,
  type NotificationChannel,
  NotificationChannels,
  NotificationTest,
  NotificationTestResults,
} from "../notification-models.ts"
import { ApiProblem, PROBLEM } from "../problem.ts"
import { ref, Type } from "../schema.ts"

const ChannelParams = Type.Object({ channel: Type.String({ minLength: 1, maxLength: 40 }) })
const LetterParams = Type.Object({
  channel: Type.String({ minLength: 1, maxLength: 40 }),
  id: Type.String({ pattern: "^[^.]{1,100}\\.[0-9]{1,9}$", description: "Id of a dead letter." }),
})

function stateView({ lastSuccessUs, lastFailureUs, lastFailure, lanes, ...state }: ChannelState): NotificationChannel {
  return {
    ...state,
    lanes: [...lanes],
    lastSuccess: isoTime(lastSuccessUs),
    lastFailure: lastFailureUs === 0 ? null : { at: isoTime(lastFailureUs), sentence: lastFailure },
  }
}

function letterView({ record, version, kind, sinceUs, tries, failure }: Delivery): DeadLetter {
  const { id, lane, summary } = record
  return {
    id: noticeId(id, version),
    incident: id,
    version,
    kind,
    lane,
    summary,
    since: isoTime(sinceUs),
    tries,
    failure,
  }
}

const noChannel = (): ApiProblem => new ApiProblem(404, "There is no channel of this name.", "channel")

/** `notifications` null: nobody is told. */
export function notificationRoutes(app: Api, notifications: Notifications | null): void {
  app.get(
    "/api/v1/notifications",
    {
      schema: {
        operationId: "listNotificationChannels",
        summary: "Channels that are told of incidents, and how that goes",
        tags: ["incidents"],
        response: { 200: ref(NotificationChannels), default: PROBLEM },
      },
    },
    async () => ({ items: ((await notifications?.states()) ?? []).map(stateView) }),
  )
  app.post(
    "/api/v1/notifications/test",
    {
      schema: {
        operationId: "testNotifications",
        summary: "Send a test to one channel or all, and say what came of it",
        description: "The message says that it is a test. It is tried once.",
        tags: ["incidents"],
        body: NotificationTest,
        response: { 200: ref(NotificationTestResults), default: PROBLEM },
      },
    },
    async ({ body: { channel = "" } }) => {
      const items = (await notifications?.test(channel)) ?? null
      if (items === null && channel !== "") throw noChannel()
      if (items === null || items.length === 0)
        throw new ApiProblem(409, "No channel is configured: see [[notify]] of the configuration file.")
      return { items: [...items] }
    },
  )
  letterRoutes(app, notifications)
}

function letterRoutes(app: Api, notifications: Notifications | null): void {
  app.get(
    "/api/v1/notifications/:channel/dead-letters",
    {
      schema: {
        operationId: "listDeadLetters",
        summary: "What was given up",
        tags: ["incidents"],
        params: ChannelParams,
        response: { 200: ref(DeadLetters), default: PROBLEM },
      },
    },
    async ({ params: { channel } }) => {
      const letters = (await notifications?.deadLetters(channel)) ?? null
      if (letters === null) throw noChannel()
      return { items: letters.map(letterView) }
    },
  )
  app.post(
    "/api/v1/notifications/:channel/dead-letters/:id/again",
    {
      schema: {
        operationId: "sendDeadLetterAgain",
        summary: "Put what was given up into the queue once more",
        tags: ["incidents"],
        params: LetterParams,
        response: { 200: ref(DeadLetters), default: PROBLEM },
      },
    },
    async ({ params: { channel, id } }) => {
      const dot = id.lastIndexOf(".")
      const isQueued = await notifications?.again(channel, id.slice(0, dot), Number(id.slice(dot + 1)))
      if (isQueued !== true) throw new ApiProblem(404, "There is no such dead letter.")
      return { items: ((await notifications?.deadLetters(channel)) ?? []).map(letterView) }
    },
  )
}
