// Light, dark, or as the system says; the choice is kept in this browser.

export type Theme = "system" | "light" | "dark"
const KEY = "sonde.theme"
const CHANGED = "sonde:theme"

export function theme(): Theme {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === "light" || kept === "dark" ? kept : "system"
  } catch {
    return "system"
  }
}

export function applyTheme(next: Theme = theme()): void {
  if (next === "system") delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
}

export function setTheme(next: Theme): void {
  try {
    if (next === "system") localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, next)
  } catch {
    // A browser that forbids storage keeps the choice until the page is closed.
  }
  applyTheme(next)
  dispatchEvent(new Event(CHANGED))
}

/** Calls back when colours change, by choice or by the system. Returns the way to stop. */
export function onThemeChange(call: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)")
  addEventListener(CHANGED, call)
  system.addEventListener("change", call)
  return () => {
    removeEventListener(CHANGED, call)
    system.removeEventListener("change", call)
  }
}
