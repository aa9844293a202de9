// What was shown more than once. With these, segments found by decode = segments offered to TCP + packets here.

export class DuplicateCounters {
  /** Copies that were not passed on, and their captured payload. */
  packets = 0
  bytes = 0
  /** Of the packets, the first that is true: another time to live, that is, seen before and after a router; */
  routed = 0
  /** another outer VLAN, seen before and after tagging; */
  otherVlan = 0
  /** another interface of the sensor; */
  otherPort = 0
  /** nothing that tells them apart: several ports of a switch are mirrored into one. */
  sameWire = 0
  /** Copies that came after the window, known by their IP id, and were passed on: the window is short for this mirror. */
  late = 0
  /** Packets passed on without being asked about: there had been no copies for long, or their time lies far back. */
  unasked = 0
  /** Packets that were forgotten within the window: there are too few entries. */
  displaced = 0
}
