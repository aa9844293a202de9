// Run by live.integration.test.ts where the mirror arrives: two workers, one of which is killed on the way. Prints sentences as they
// come and the ledger at the end. Arguments: the interface, and options for a run that publishes; a line on stdin kills worker 0, the end of stdin stops the run.
import { createInterface } from "node:readline"
import { settle } from "../../shared/config/options.ts"
import { RUN_OPTIONS } from "../config.ts"
import { drawFanout } from "../fanout-group.ts"
import { ledgerJson } from "../ledger.ts"
import { Workers } from "../workers.ts"

const [port = "", ...options] = process.argv.slice(2)
const argv = ["--interface", port, "--workers", "2", ...(options.length > 0 ? options : ["--format", "null"])]
const { values } = settle(RUN_OPTIONS, { argv })
const settings = { values, boot: "death", fanout: drawFanout(), credentials: undefined }
const workers = new Workers(settings, (sentence) => console.log(sentence))
const ended = workers.run()
const lines = createInterface({ input: process.stdin })
lines.on("line", () => void workers.kill(0))
lines.on("close", () => workers.stop())
await ended
console.log(ledgerJson(workers.counters, 0))
