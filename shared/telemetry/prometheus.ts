// Counters and gauges as Prometheus text (exposition format 0.0.4). Names are dotted counters with underscores.

export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: "counter" | "gauge"
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[]
}

const escapeLabel = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")

export function exposition(metrics: readonly Metric[]): string {
  let text = ""
  for (const metric of metrics) {
    text += `# HELP ${metric.name} ${metric.help}\n# TYPE ${metric.name} ${metric.type}\n`
    for (const { labels, value } of metric.samples) {
      const pairs = Object.entries(labels ?? {}).map(([key, label]) => `${key}="${escapeLabel(label)}"`)
      text += `${metric.name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`
    }
  }
  return text
}

/** "tcp.gap_bytes" -> "sonde_sensor_tcp_gap_bytes_total". */
export function metricName(prefix: string, dotted: string): string {
  return `${prefix}_${dotted.replaceAll(/[^a-zA-Z0-9_]/g, "_")}`
}
