// One direction of an HTTP/2 connection: where it stands in which frame.
import type { Side } from "../../flow/flow.ts"
import type { Gather } from "../gather.ts"
import type { DynamicTable } from "./dynamic-table.ts"
import { FRAME_BYTES_DEFAULT, HEADER_BYTES } from "./frame-type.ts"
import type { H2Stream } from "./h2-stream.ts"

export const At = {
  /** In the 24 bytes that the client begins with. */
  preface: 0,
  /** In a frame header. */
  header: 1,
  /** In padding length, priority, promised stream. */
  lead: 2,
  /** In what the frame carries. */
  fragment: 3,
  padding: 4,
  /** Searching for a frame. */
  search: 5,
  /** Ended. */
  over: 6,
} as const
export type At = (typeof At)[keyof typeof At]

const LEAD_BYTES_MAX = 10
/** First bytes of a control frame that are looked into. */
export const CONTROL_BYTES = 6

export class H2Direction<Q, S> {
  readonly side: Side
  readonly table: DynamicTable
  at: At = At.header
  hasBegun = false
  /** Offset just past what has been delivered or declared lost; the same for the bytes being consumed. */
  offset = 0
  fed = 0
  /** Bytes of the preface that have come. */
  prefaceBytes = 0
  readonly header: Uint8Array = new Uint8Array(HEADER_BYTES)
  headerBytes = 0
  /** Offset, packet time and acknowledgment of the frame's first byte. */
  frameStart = 0
  frameUs = 0
  frameAck = -1
  type = 0
  flags = 0
  id = 0
  /** Stream of a DATA frame, null when it is not known. */
  stream: H2Stream<Q, S> | null = null
  readonly lead: Uint8Array = new Uint8Array(LEAD_BYTES_MAX)
  leadBytes = 0
  leadLeft = 0
  /** Of the payload behind the lead: carried bytes and padding still to come. */
  left = 0
  paddingLeft = 0
  /** Bytes at hand of a control frame, or of one entry of SETTINGS. */
  readonly control: Uint8Array = new Uint8Array(CONTROL_BYTES)
  controlBytes = 0
  /** Stream whose header block is under way, 0 none; of PUSH_PROMISE the one it came on. */
  blockId = 0
  /** Stream promised by it, 0: HEADERS. */
  blockPromised = 0
  isBlockEnd = false
  /** What was gathered of it; its bytes and frames so far. */
  block: Gather | null = null
  blockBytes = 0
  blockFrames = 0
  blockStart = 0
  blockUs = 0
  blockAck = -1
  /** It was told already as far as it goes; the rest is passed over. */
  isBlockTold = false
  /** Kept by the search. */
  tail: Gather | null = null
  /** Nothing has been passed over since its first byte: a first frame of SETTINGS shows that it begins here. */
  mayBeStart = false
  /** Largest frame that the other side allows. */
  frameBytesMax: number = FRAME_BYTES_DEFAULT
  /** Joined, or a boundary was lost: frames may be missing. */
  hasLost = false
  /** Offset of the first frame since which none is missing; infinite while searching. */
  soundFrom = 0
  /** The next head was found by searching. */
  isResynced = false
  /** Of TCP or of a frame, for the next stream that has something to tell; 0 none. */
  anomaly = 0

  constructor(side: Side, table: DynamicTable) {
    this.side = side
    this.table = table
  }
}
