// The entry of sonde-sensor: what follows is compiled once and kept; the commands are in cli.ts. main.ts is a link to this file, see
// shared/config/compile-cache.js.
import { keepCompiled } from "../shared/config/compile-cache.js"

keepCompiled()
await import("./cli.ts")
