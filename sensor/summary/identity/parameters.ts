// Parameters of a challenge response and of structured fields: name=value or name="value". RFC 9110 section 11.4, RFC 8941.

/** Bytes of a value, and places where the name may stand, that are looked at. */
const VALUE_MAX = 512
const PLACES_MAX = 8

const VALUE = /^\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]+))/

/** Value of `name=` or `name="..."` among the parameters, "" without one. `name` is in lower case. */
export function authParameter(text: string, name: string): string {
  const lower = text.toLowerCase()
  let places = 0
  for (let at = lower.indexOf(name); at >= 0 && places++ < PLACES_MAX; at = lower.indexOf(name, at + 1)) {
    const before = at === 0 ? "," : text[at - 1]!
    if (before !== "," && before !== " " && before !== ";") continue
    const match = VALUE.exec(text.slice(at + name.length, at + name.length + VALUE_MAX))
    if (match !== null) return match[1]?.replace(/\\(.)/g, "$1") ?? match[2] ?? ""
  }
  return ""
}
