// The link to the NATS server that the settings name.
import { parseBusAddress } from "../shared/event/event-stream.ts"
import type { RunValues } from "./config.ts"
import { JetStreamLink } from "./publish/jetstream.ts"
import type { PublisherCounters } from "./publish/link.ts"

/** `values.nats` has been checked. `patienceMs`: as in JetStreamOptions; a live run has it without end. */
export function natsLink(
  values: RunValues,
  boot: string,
  counters: PublisherCounters,
  patienceMs: number,
  say: (sentence: string) => void,
): JetStreamLink {
  return new JetStreamLink(counters, {
    address: parseBusAddress(values.nats)!,
    tenant: values.tenant,
    sensor: values.sensor,
    boot,
    windowBatches: values["publish.window"],
    patienceMs,
    closeMs: values["publish.patience"] / 1000,
    log: say,
  })
}
