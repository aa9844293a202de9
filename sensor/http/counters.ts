// What the HTTP/1 stage saw, did and gave up. When every session has been closed, two equations hold, and tests add them up:
//
//   bytes that TCP delivered = requestBytes + responseBytes + paddingBytes + skippedBytes + afterUpgradeBytes
//                            + the sums of notHttpBytes and handedBytes
//   exchanges = complete + bodyGap + requestOnly + responseOnly + unpaired
//   requests  = exchanges with a request       responses = exchanges with a response

export class HttpCounters {
  /** Sessions that carried payload. */
  sessions = 0
  /** Request heads read. */
  requests = 0
  /** Final response heads read (101 is final). */
  responses = 0
  /** Response heads 1xx that came before the final one. */
  interim = 0
  /** Exchanges handed over, and the same by state. An exchange whose halves cannot be told apart counts once a half. */
  exchanges = 0
  complete = 0
  bodyGap = 0
  requestOnly = 0
  responseOnly = 0
  unpaired = 0
  /** Connections on which a request was sent before the answer to the last one had been received. */
  pipelined = 0
  /** Connections that became something else by 101. */
  upgraded = 0
  /** Connections that became a tunnel by CONNECT. */
  tunnels = 0
  /** Times the boundary between messages was lost, on either side. */
  resync = 0
  /** Heads that the strict parser refused and the tolerant one read. */
  lenientHeads = 0
  /** Heads cut off by a loss or by the end of the stream, of which the start line was whole. */
  partialHeads = 0
  /** Heads longer than headBytesMax. */
  headTooLong = 0
  badChunk = 0
  /** Pending requests given up because a connection had more than pendingMax of them. */
  pendingDropped = 0
  /** Responses given up because a connection held more than heldMax of them without their request. */
  heldDropped = 0
  /** Partial heads and body prefixes given up because all of them together had reached gatherBytesMax. */
  gatherMemcapDrop = 0
  /** Times that all stencils of heads were forgotten because together they had reached STENCIL_BYTES_MAX: speed, never sense. */
  stencilsForgotten = 0

  /** Bytes of messages on the wire: heads, bodies, chunk framing, trailers. */
  requestBytes = 0
  responseBytes = 0
  /** Line ends between messages. */
  paddingBytes = 0
  /** Bytes passed over in search of the next message, and heads that never became whole. */
  skippedBytes = 0
  /** Bytes after a connection turned into something else by 101. */
  afterUpgradeBytes = 0
  /** Bytes handed over to the stage that reads what the session turned into. */
  handedBytes = { tls: 0, http2: 0, h2c: 0, upgraded: 0 }
  /** Bytes of streams that are not HTTP/1, by what they are. `undecided`: ended before it could be told. */
  notHttpBytes = { tls: 0, http2: 0, other: 0, undecided: 0 }
}
