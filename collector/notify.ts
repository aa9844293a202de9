// sonde-collector notify: asks a running collector, which has the channels' secrets and their way through the network.
//
// In:  settled options. Out: text for standard output, an exit code.
import type { Settled } from "../shared/config/options.ts"
import { UsageError } from "../shared/config/program.ts"
import type { NotificationChannel } from "./api/notification-models.ts"
import { ApiClient } from "./api-client.ts"
import { DEFAULT_URL, tokenIn } from "./collector-options.ts"
import type { NOTIFY_COMMAND_OPTIONS } from "./notify-options.ts"

export async function runNotify(
  { values, operands }: Settled<typeof NOTIFY_COMMAND_OPTIONS>,
  out: (text: string) => void,
): Promise<number> {
  const [what = "", ...more] = operands
  if (!/^(test|state)$/.test(what) || more.length > 0)
    throw new UsageError('notify takes "test" or "state", once, behind the options or before them.')
  const client = new ApiClient(values.url === "" ? DEFAULT_URL : values.url, tokenIn(values["token-file"]))
  if (what === "test") {
    const { items } = await client.notificationTest(values.channel)
    for (const { channel, isDelivered, sentence } of items)
      out(`${channel}: ${isDelivered ? "delivered" : "failed"}. ${sentence}\n`)
    return items.every(({ isDelivered }) => isDelivered) ? 0 : 1
  }
  const { items } = await client.notifications()
  const shown = items.filter(({ name }) => values.channel === "" || name === values.channel)
  if (values.channel !== "" && shown.length === 0) throw new UsageError(`--channel: there is no ${values.channel}.`)
  for (const channel of shown) out(textOf(channel))
  return 0
}

function textOf(channel: NotificationChannel): string {
  const { name, kind, target, queued, delivered, retried, deadLetters, dropped, lastSuccess, lastFailure } = channel
  const lines = [`${name}: ${kind} ${target}`]
  lines.push(
    `  ${delivered} delivered, ${queued} queued, ${retried} retried, ${deadLetters} given up, ${dropped} dropped`,
  )
  lines.push(`  last success ${lastSuccess ?? "never"}`)
  if (lastFailure !== null) lines.push(`  last failure ${lastFailure.at}: ${lastFailure.sentence}`)
  return `${lines.join("\n")}\n`
}
