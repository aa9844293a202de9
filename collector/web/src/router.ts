// Addresses of the console, by the history API. Plain links work as links do; clicks on them stay in the page.
import { useEffect, useState } from "preact/hooks"

const CHANGED = "sonde:navigate"

export function navigate(to: string, replace = false): void {
  if (to === location.pathname + location.search) return
  history[replace ? "replaceState" : "pushState"](null, "", to)
  if (!replace) scrollTo(0, 0)
  dispatchEvent(new Event(CHANGED))
}

/** Sets parts of the query of the present address; empty ones go. */
export function setQuery(parts: Readonly<Record<string, string>>, replace = true): void {
  const search = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(parts)) {
    if (value === "") search.delete(name)
    else search.set(name, value)
  }
  const text = search.toString()
  navigate(location.pathname + (text === "" ? "" : `?${text}`), replace)
}

function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const anchor = (event.target as Element).closest?.("a")
  if (anchor?.target !== "" || anchor.origin !== location.origin) return
  if (anchor.pathname.startsWith("/api/") || anchor.hash !== "") return
  event.preventDefault()
  navigate(anchor.pathname + anchor.search)
}

export interface Route {
  readonly path: string
  readonly query: URLSearchParams
}

export function useRoute(): Route {
  const [href, setHref] = useState(location.pathname + location.search)
  useEffect(() => {
    const update = (): void => setHref(location.pathname + location.search)
    addEventListener("popstate", update)
    addEventListener(CHANGED, update)
    addEventListener("click", onClick)
    return () => {
      removeEventListener("popstate", update)
      removeEventListener(CHANGED, update)
      removeEventListener("click", onClick)
    }
  }, [])
  const at = href.indexOf("?")
  return {
    path: at < 0 ? href : href.slice(0, at),
    query: new URLSearchParams(at < 0 ? "" : href.slice(at)),
  }
}

/** The id in "/endpoints/ep_1" for the prefix "/endpoints"; null when the path is another. */
export function idAfter(prefix: string, path: string): string | null {
  const rest = path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : ""
  if (rest === "" || rest.includes("/")) return null
  try {
    return decodeURIComponent(rest)
  } catch {
    return null
  }
}
