// A session turns out to be TLS or HTTP/2: what its streams are when somebody else goes on with them.
import type { Side } from "../flow/flow.ts"
import type { SessionReceiver } from "../tcp/session-receiver.ts"
import { maySpeakTls } from "../tls/record-header.ts"
import type { Connection } from "./connection.ts"
import { At, Opaque, type StreamState } from "./stream-state.ts"
import { HandedSession, type Successors } from "./successors.ts"

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

export function openSuccessor<Q>(
  successors: Successors<Q>,
  handed: HandedSession,
  kind: typeof Opaque.tls | typeof Opaque.http2,
  client: Side | -1,
  timeUs: number,
): SessionReceiver | null {
  return kind === Opaque.tls ? successors.openTls(handed, timeUs) : successors.openHttp2(handed, client, timeUs)
}

/** What a stream has kept of before TLS began, if it can be no record, is left behind. */
function dropPrelude<Q, S>(c: Connection<Q, S>, d: StreamState<Q, S>): void {
  const { gather } = d
  if (gather === null || maySpeakTls(gather.bytes, 0, gather.length)) return
  d.gather = null
  c.skip(gather.length)
  gather.clear()
}
