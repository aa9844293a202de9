// Who wants to know where bytes were lost, besides the receiver of the session that lost them.
export interface GapReceiver {
  /** `length` bytes of a stream in `zone` were given up; called for zones other than 0 only. */
  onGap(zone: number, length: number): void
}
