// One member of a small body, form or JSON, without walking it: its name is looked for, and what follows has to be a value.
//
// In:  the text as latin1, a name in lower case.   Out: the value with its escapes undone, "" without one.
// Of names that differ in case only, the first counts; so does the first member of that name at any depth.

const VALUE_MAX = 4096

export function fieldOf(text: string, name: string): string {
  const first = /[^\s]/.exec(text)?.[0]
  return first === "{" || first === "[" ? jsonField(text, name) : formField(text, name)
}

function jsonField(text: string, name: string): string {
  const lower = text.toLowerCase()
  const quoted = `"${name}"`
  for (let at = lower.indexOf(quoted); at >= 0; at = lower.indexOf(quoted, at + 1)) {
    let from = at + quoted.length
    while (/\s/.test(text[from] ?? "")) from++
    if (text[from] !== ":") continue
    from++
    while (/\s/.test(text[from] ?? "")) from++
    const value = stringAt(text, from)
    if (value !== "") return value
  }
  return ""
}

/** The JSON string or number that begins at `from`. */
function stringAt(text: string, from: number): string {
  if (text[from] !== '"') return /^-?\d{1,20}(?=[\s,}\]])/.exec(text.slice(from, from + 24))?.[0] ?? ""
  let end = from + 1
  while (end < text.length && text[end] !== '"' && end - from < VALUE_MAX) end += text[end] === "\\" ? 2 : 1
  if (text[end] !== '"') return ""
  try {
    const value: unknown = JSON.parse(Buffer.from(text.slice(from, end + 1), "latin1").toString("utf8"))
    return typeof value === "string" ? value : ""
  } catch {
    return ""
  }
}

function formField(text: string, name: string): string {
  for (const pair of text.split("&", 256)) {
    const equals = pair.indexOf("=")
    if (equals < 0 || pair.slice(0, equals).trim().toLowerCase() !== name) continue
    const value = pair
      .slice(equals + 1, equals + 1 + VALUE_MAX)
      .replaceAll("+", " ")
      .trim()
    try {
      return decodeURIComponent(value)
    } catch {
      return value
    }
  }
  return ""
}
