// What an exchange is the first of at its route: the words in which samples say it, and in which drift looks for it.
//
//   status 500   parameter query page:word   type response text/csv   shape response   scheme none
//
// One place for both: a reason is written by the functions below and nowhere else.

export type Reason = string

export const statusReason = (status: number | string): Reason => `status ${status}`

/** A parameter with a kind of value that it had not shown before. */
export const parameterReason = (place: string, name: string, kind: string): Reason => `${anyKind(place, name)}:${kind}`

const anyKind = (place: string, name: string): string => `parameter ${place} ${name}`

export const typeReason = (direction: "request" | "response", contentType: string): Reason =>
  `type ${direction} ${contentType}`

export const shapeReason = (direction: "request" | "response"): Reason => `shape ${direction}`

export const schemeReason = (scheme: string): Reason => `scheme ${scheme}`

/** Whether the reason is about that parameter, whatever kind of value it had. */
export function isAboutParameter(reason: Reason, place: string, name: string): boolean {
  const end = reason.lastIndexOf(":")
  return (end < 0 ? reason : reason.slice(0, end)) === anyKind(place, name)
}

/** Places of samples by kind of novelty, the first words of a reason: no kind takes those of another. */
export const PLACES: Readonly<Record<string, number>> = {
  status: 4,
  "parameter query": 5,
  "parameter header": 3,
  "parameter cookie": 2,
  "type request": 2,
  "type response": 2,
  "shape request": 3,
  "shape response": 4,
  scheme: 3,
}

/** The kind of novelty, a key of PLACES; "" for none. */
export function kindOf(reason: Reason): string {
  const first = reason.indexOf(" ")
  const second = reason.indexOf(" ", first + 1)
  const [one, two] = [reason.slice(0, first), second < 0 ? reason : reason.slice(0, second)]
  return two in PLACES ? two : one in PLACES ? one : ""
}
