// The entry of sonde-sensor: what follows is compiled once and kept; the commands are in cli.ts.
import { keepCompiled } from "../shared/config/compile-cache.ts"

keepCompiled()
await import("./cli.ts")
