// What is wrong with a document, and where in it: one sentence for whoever wrote it.

export class SpecificationError extends Error {
  /** JSON pointer ("/paths/~1orders/get"), "line 12, column 3", or "" for the document as a whole. */
  readonly place: string
  constructor(sentence: string, place = "") {
    super(sentence)
    this.place = place
  }
}

/** A key as a step of a JSON pointer, RFC 6901. */
export const pointerStep = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1")

export const stepKey = (step: string): string => step.replaceAll("~1", "/").replaceAll("~0", "~")

/** Levels of a document. */
export const DEPTH_MAX = 100

export const tooDeep = (place: string): SpecificationError =>
  new SpecificationError(`The document is nested too deeply: at most ${DEPTH_MAX} levels are taken.`, place)
