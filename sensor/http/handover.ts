// A session turns out to be TLS or HTTP/2: what its streams are when somebody else goes on with them.
import { maySpeakTls } from "../tls/record-header.ts"
import type { Connection } from "./connection.ts"
import { At, Opaque, type StreamState } from "./stream-state.ts"
import { HandedSession } from "./successors.ts"

/** The session from here on. What was kept of `streams` stays with them, and goes on to whoever reads them now. */
export function beginHandover<Q, S>(
  c: Connection<Q, S>,
  streams: readonly StreamState<Q, S>[],
  kind: Opaque,
): HandedSession {
  const handed = new HandedSession(c.session)
  for (const d of streams) {
    if (kind === Opaque.tls) dropPrelude(c, d)
    handed.isAtStart[d.side] = d.isFresh && !d.isLost && !c.isJoined && d.at === At.head
  }
  return handed
}

/** What a stream has kept of before TLS began, if it can be no record, is left behind. */
function dropPrelude<Q, S>(c: Connection<Q, S>, d: StreamState<Q, S>): void {
  const { gather } = d
  if (gather === null || maySpeakTls(gather.bytes, 0, gather.length)) return
  d.gather = null
  c.skip(gather.length)
  gather.clear()
}
