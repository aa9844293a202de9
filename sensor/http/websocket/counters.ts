// What the WebSocket stage saw, did and gave up. When every session has been closed:
//
//   bytes handed over to it = headerBytes + payloadBytes + controlBytes + unframedBytes

export class WebSocketCounters {
  conversations = 0
  /** Conversations whose request was not seen. */
  withoutRequest = 0
  frames = 0
  /** Data messages begun, and those of them that say that they are compressed. */
  messages = 0
  compressed = 0
  control = { ping: 0, pong: 0, close: 0 }
  /** Frames that RFC 6455 does not allow. */
  badFrames = 0
  /** Times the boundary between frames was lost for good: bytes are counted from there on, frames are not. */
  boundaryLost = 0

  headerBytes = 0
  /** Of data frames. */
  payloadBytes = 0
  /** Payload of ping, pong and close. */
  controlBytes = 0
  /** Behind a lost boundary. */
  unframedBytes = 0
}
