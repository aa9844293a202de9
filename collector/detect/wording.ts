// Numbers and names as sentences of findings have them.
const MINUTE_US = 60_000_000

/** "14 min", "6 h", "3 days". */
export function spanText(us: number): string {
  const minutes = us / MINUTE_US
  if (minutes < 90) return `${Math.max(1, Math.round(minutes))} min`
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`
  return `${Math.round(minutes / 1440)} days`
}

/** "8 %", "0.4 %". */
export function shareText(share: number): string {
  const percent = share * 100
  return `${percent < 1 ? Number(percent.toPrecision(1)) : Math.round(percent)} %`
}

/** What the ids of an endpoint name: the text before the last parameter ("orders"), "objects" without any. */
export function nounOf(template: string): string {
  const segments = template.split("/")
  let at = segments.length - 1
  while (at >= 0 && !segments[at]!.includes("{")) at--
  while (at >= 0 && segments[at]!.includes("{")) at--
  const text = at < 0 ? "" : segments[at]!
  return /^[a-z][a-z_-]{2,}$/i.test(text) ? text.toLowerCase() : "objects"
}
