// Who wants to know the values inside a body, beside its shape: the data classes.

/** Who knows the name above that of the field told last, "" without one: `card` of {"card": {"number": ...}}. */
export interface ParentNames {
  parentName(): string
}

/** Values of one document, in the order in which they stand. Called by the walkers while the bytes are at hand. */
export interface FieldReceiver {
  /** Set by a walker before its first field, for a receiver that asks. */
  parents?: ParentNames | null
  /**
   * A scalar. `field`: hash of its path, the same for every element of an array and every key of a map; [nameStart, nameEnd) of
   * `names`: its last name as written, without quotes; of an element, the name of its array; empty for a bare value. Value: [start, end)
   * of `bytes`, without quotes, escapes as written. `isText`: it was quoted, or its format has only text.
   */
  onField(
    field: number,
    names: Uint8Array,
    nameStart: number,
    nameEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isText: boolean,
  ): void
}
