// The keyboard's map. Rows are links, so j and k move the focus and Enter is the browser's own.
import { navigate } from "./router.ts"

/** How long "g" waits for its second key. */
const PREFIX_MS = 1200

export const DESTINATIONS: Readonly<Record<string, readonly [path: string, name: string]>> = {
  o: ["/", "Overview"],
  i: ["/incidents", "Incidents"],
  t: ["/detections", "Detections"],
  x: ["/exceptions", "Exceptions"],
  b: ["/backtest", "Back-test"],
  h: ["/notifications", "Notifications"],
  s: ["/services", "Services"],
  e: ["/endpoints", "Endpoints"],
  c: ["/consumers", "Consumers"],
  p: ["/partners", "Partners"],
  r: ["/rotations", "Rotations"],
  m: ["/map", "Map"],
  f: ["/findings?state=open", "Findings"],
  w: ["/changes", "What is new"],
  n: ["/sensors", "Sensors"],
  d: ["/dark", "Dark"],
  a: ["/audit", "Audit"],
}

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  return element?.matches?.("input, textarea, select, [contenteditable]") ?? false
}

function moveFocus(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("main [data-row] a[data-main]")]
  if (links.length === 0) return
  const at = links.findIndex((link) => link.closest("[data-row]")?.contains(document.activeElement))
  const next = at < 0 ? (step === 1 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step))
  links[next]?.focus()
  links[next]?.scrollIntoView({ block: "nearest" })
}

/** Listens until the returned function is called. */
export function listenToKeys(toggleHelp: () => void): () => void {
  let prefixUntilMs = 0
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (isTyping(event.target)) {
      if (event.key === "Escape") (event.target as HTMLElement).blur()
      return
    }
    if (document.querySelector("dialog[open]") !== null) return
    if (event.timeStamp < prefixUntilMs) {
      prefixUntilMs = 0
      const destination = DESTINATIONS[event.key]
      if (destination !== undefined) {
        event.preventDefault()
        navigate(destination[0])
        return
      }
    }
    if (event.key === "g") prefixUntilMs = event.timeStamp + PREFIX_MS
    else if (event.key === "j") moveFocus(1)
    else if (event.key === "k") moveFocus(-1)
    else if (event.key === "?") toggleHelp()
    else if (event.key === "/") {
      const search = document.querySelector<HTMLInputElement>("[data-search]")
      if (search === null) return
      event.preventDefault()
      search.focus()
      search.select()
    }
  }
  addEventListener("keydown", onKey)
  return () => removeEventListener("keydown", onKey)
}
