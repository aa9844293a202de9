// Where the counters are served: loopback only, see README.md. Apart from the server, because the settings know addresses and a
// run that serves none should not load node:http, which takes longer than reading a small capture.

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** "127.0.0.1:9470", "[::1]:9470"; null when it is neither, or not loopback. */
export function parseMetricsAddress(text: string): ListenAddress | null {
  const match = /^(?:\[(::1)\]|(127(?:\.\d{1,3}){3}|localhost)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3] ?? -1)
  const host = match?.[1] ?? match?.[2]
  return host === undefined || port < 0 || port > 65_535 ? null : { host, port }
}
