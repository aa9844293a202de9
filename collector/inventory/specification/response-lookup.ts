// Which response of an operation, and which content of a body, an observed one falls under.
import type { SpecifiedContent, SpecifiedOperation, SpecifiedResponse } from "./specified-operation.ts"

/** The status itself, else its range ("2XX"), else the default; null when none of them is documented. */
export function responseFor(operation: SpecifiedOperation, status: number): SpecifiedResponse | null {
  const range = `${Math.floor(status / 100)}XX`
  let best: SpecifiedResponse | null = null
  for (const response of operation.responses) {
    if (response.status === String(status)) return response
    if (response.status === range || (response.status === "default" && best === null)) best = response
  }
  return best
}

/** The media type itself, else its range; null when it is not documented. */
export function contentFor(content: readonly SpecifiedContent[], type: string): SpecifiedContent | null {
  const range = `${type.split("/")[0]}/*`
  let best: SpecifiedContent | null = null
  for (const one of content) {
    if (one.type === type) return one
    if (one.type === range || ((one.type === "*/*" || one.type === "*") && best === null)) best = one
  }
  return best
}

/** Anything else that a peer called its media type is not compared, and not exported. */
export const isMediaType = (type: string): boolean => /^[^\s/;,"]+\/[^\s/;,"]+$/.test(type)

export const isJsonType = (type: string): boolean => /[/+]json$/.test(type)

export const isFormType = (type: string): boolean =>
  type === "application/x-www-form-urlencoded" || type === "multipart/form-data"
