// What the collector's own work costs for traffic of four sizes: CPU an event, ms a checkpoint, memory; then how long lists take over
// HTTP on the two larger stores. Each scene is applied by a process of its own (scene-run.ts).
//
// Usage: node collector/bench/apply.bench.ts [--smoke] [--scene=NAME]
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { SCENES, writeScene } from "./scenes.ts"

const isSmoke = process.argv.includes("--smoke")
const only = process.argv.find((argument) => argument.startsWith("--scene="))?.slice("--scene=".length)

const directory = mkdtempSync(join(tmpdir(), "sonde-scenes-"))
try {
  for (const scene of SCENES) {
    if (only !== undefined && scene.name !== only) continue
    const file = join(directory, scene.name)
    writeScene(scene, file, isSmoke)
    // As deploy/bin/sonde-collector starts the collector.
    const flags = ["--max-semi-space-size=16"]
    const env = { ...process.env, MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "131072" }
    const program = [
      ...flags,
      join(import.meta.dirname, "scene-run.ts"),
      scene.name,
      file,
      ...(isSmoke ? ["--smoke"] : []),
    ]
    const { status } = spawnSync(process.execPath, program, { stdio: "inherit", env })
    rmSync(file)
    if (status !== 0) process.exitCode = 1
  }
} finally {
  rmSync(directory, { recursive: true })
}
