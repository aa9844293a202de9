// The entry of sonde-sensor: what follows is compiled once and kept; the commands are in cli.ts. main.ts is a link to this file, see
// shared/config/compile-cache.js.
import { createRequire } from "node:module"
import { keepCompiled } from "../shared/config/compile-cache.js"
import { takePathsAsWritten } from "../shared/config/module-paths.js"

keepCompiled()
takePathsAsWritten()
// In one go: import() would read each of some 400 files through promises.
createRequire(import.meta.url)("./cli.ts")
