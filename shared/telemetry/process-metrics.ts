// What every program says of its own process, under the names that exporters of all languages use.
import process from "node:process"
import type { Metric } from "./prometheus.ts"

/** CPU, memory and age of this process, and which build it is. Counted since the process began. */
export function processMetrics(program: string, version: string): Metric[] {
  const { user, system } = process.cpuUsage()
  const one = (name: string, help: string, type: Metric["type"], value: number): Metric => ({
    name,
    help,
    type,
    samples: [{ value }],
  })
  return [
    one("process_cpu_seconds_total", "CPU time, user and system, s.", "counter", (user + system) / 1e6),
    one("process_resident_memory_bytes", "Resident memory.", "gauge", process.memoryUsage.rss()),
    one("process_start_time_seconds", "Start, since 1970.", "gauge", Math.round(Date.now() / 1000 - process.uptime())),
    {
      name: `${program}_build_info`,
      help: "Always 1; which build this is stands in the labels.",
      type: "gauge",
      samples: [{ labels: { version, runtime: process.version }, value: 1 }],
    },
  ]
}
