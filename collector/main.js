// The entry of sonde-collector: what follows is compiled once and kept; the commands are in cli.ts. main.ts is a link to this file, see
// shared/config/compile-cache.js.
import { keepCompiled } from "../shared/config/compile-cache.js"
import { takePathsAsWritten } from "../shared/config/module-paths.js"
import { keepHeapSmall } from "./memory.ts"

keepHeapSmall()
keepCompiled()
takePathsAsWritten()
await import("./cli.ts")
