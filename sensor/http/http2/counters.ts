// What the HTTP/2 stage saw, did and gave up. When every session has been closed, these equations hold, and tests add them up:
//
//   bytes handed over by HTTP/1 as HTTP/2, and as h2c = prefaceBytes + frameHeaderBytes + headerBlockBytes + bodyBytes
//                                                      + paddingBytes + otherBytes + skippedBytes
//   exchanges = complete + bodyGap + requestOnly + responseOnly

export class Http2Counters {
  /** Sessions that were handed over, and those of them by 101. */
  sessions = 0
  upgraded = 0
  /** Frames whose header was read, and those of a type that RFC 9113 does not know. */
  frames = 0
  unknownFrames = 0
  /** Frames that are not as they must be: passed over. */
  badFrames = 0
  requests = 0
  /** Final response heads read. */
  responses = 0
  interim = 0
  trailers = 0
  /** Streams promised by PUSH_PROMISE. */
  pushed = 0
  resets = 0
  exchanges = 0
  complete = 0
  bodyGap = 0
  requestOnly = 0
  responseOnly = 0
  /** Times the boundary between frames was lost, on either side. */
  resync = 0
  /** Times a decoder's dynamic table became unknown: joined, lost bytes, a block that could not be read. */
  voidTables = 0
  /** Fields that stand in a part of a dynamic table that was never seen. */
  unknownFields = 0
  /** Header blocks that break RFC 7541. */
  badBlocks = 0
  /** Header blocks beyond the limits: bytes on the wire, bytes decoded. */
  blockTooLong = 0
  headTooLong = 0
  /** Header blocks that are nobody's: of streams that have ended, or of which it cannot be told which half they are. */
  staleBlocks = 0
  /** Streams told early because their connection had streamsMax of them, or all connections streamsTotalMax. */
  streamsDropped = 0
  /** Connections on which streams were reset as fast as they were opened. */
  rapidResets = 0
  /** Header blocks, body prefixes and dynamic tables given up because all of them together had reached their bound. */
  gatherMemcapDrop = 0
  tableMemcapDrop = 0

  prefaceBytes = 0
  frameHeaderBytes = 0
  /** HEADERS, CONTINUATION and PUSH_PROMISE without padding. */
  headerBlockBytes = 0
  /** DATA without padding. */
  bodyBytes = 0
  paddingBytes = 0
  /** SETTINGS, PING, GOAWAY, WINDOW_UPDATE, PRIORITY, RST_STREAM, and what is not known. */
  otherBytes = 0
  /** Passed over in search of a frame. */
  skippedBytes = 0
}
