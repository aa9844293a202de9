// The link to the NATS server that the settings name.
import { checkAccess, readAccess } from "../shared/bus/access.ts"
import { accessFiles } from "../shared/bus/options.ts"
import { parseBusAddress } from "../shared/event/event-stream.ts"
import type { RunValues } from "./config.ts"
import { JetStreamLink } from "./publish/jetstream.ts"
import type { PublisherCounters } from "./publish/link.ts"

/**
 * `values.nats` has been checked. `patienceMs`: as in JetStreamOptions; a live run has it without end. `systemd`: the unit's credentials
 * directory. Throws WorldError or UsageError where the files of the credentials are not what they should be.
 */
export function natsLink(
  values: RunValues,
  boot: string,
  counters: PublisherCounters,
  patienceMs: number,
  say: (sentence: string) => void,
  systemd: string | undefined,
): JetStreamLink {
  const address = parseBusAddress(values.nats)!
  const access = accessFiles(values, systemd)
  checkAccess(access, address)
  readAccess(access)
  return new JetStreamLink(counters, {
    address,
    access,
    tenant: values.tenant,
    sensor: values.sensor,
    boot,
    windowBatches: values["publish.window"],
    patienceMs,
    closeMs: values["publish.patience"] / 1000,
    log: say,
  })
}
