// The link to the NATS server that the settings name.
import { checkAccess, readAccess } from "../shared/bus/access.ts"
import { accessFiles } from "../shared/bus/options.ts"
import { parseBusAddress } from "../shared/event/event-stream.ts"
import type { RunValues } from "./config.ts"
import { JetStreamLink } from "./publish/jetstream.ts"
import type { PublisherCounters } from "./publish/link.ts"
import { openWorkerSpool } from "./publish/spool/worker-spool.ts"

/** With a spool nothing is lost by ending early. */
const SPOOLED_CLOSE_MS = 5000

/**
 * `values.nats` has been checked. `patienceMs`: as in JetStreamOptions; a live run has it without end. `systemd`: the unit's credentials
 * directory. `worker`: which of several, from 0 on, has its place in the spool. Throws WorldError or UsageError where the files of the
 * credentials are not what they should be.
 */
export function natsLink(
  values: RunValues,
  boot: string,
  counters: PublisherCounters,
  patienceMs: number,
  say: (sentence: string) => void,
  systemd: string | undefined,
  worker = 0,
): JetStreamLink {
  const address = parseBusAddress(values.nats)!
  const access = accessFiles(values, systemd)
  checkAccess(access, address)
  readAccess(access)
  const folder = values["publish.spool"]
  const { tenant, sensor } = values
  const { workers, "publish.spool-bytes": bytesMax } = values
  const places = { folder, bytesMax, workers, worker, names: { tenant, sensor }, boot, say }
  const spool = folder === "" ? null : openWorkerSpool(counters.spool, places)
  const closeMs = values["publish.patience"] / 1000
  return new JetStreamLink(counters, {
    address,
    spool,
    access,
    tenant,
    sensor,
    boot,
    windowBatches: values["publish.window"],
    patienceMs,
    closeMs: spool === null ? closeMs : Math.min(closeMs, SPOOLED_CLOSE_MS),
    log: say,
  })
}
