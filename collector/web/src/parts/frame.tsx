// Navigation, theme, keyboard: what stays while pages change.
import type { ComponentChildren } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"
import { useApi } from "../api.ts"
import { compact, time } from "../format.ts"
import { DESTINATIONS, listenToKeys } from "../keyboard.ts"
import { useSaid } from "../said.ts"
import { setTheme, type Theme, theme } from "../theme.ts"
import type { Page } from "../types/common.ts"
import type { Incident } from "../types/incidents.ts"
import type { Overview } from "../types/overview.ts"
import { SignedIn } from "./sign-in.tsx"

const ICONS: Readonly<Record<string, string>> = {
  "/": "M2.5 9.5 8 3l5.5 6.5M4.5 8v5.5h7V8",
  "/incidents": "M8 2.500a4 4 0 0 0-4 4v3L2.500 11.500h11L12 9.500v-3a4 4 0 0 0-4-4ZM6.500 13.500h3",
  "/detections": "M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9ZM10.300 10.300 13.500 13.500",
  "/exceptions": "M2.500 8a5.500 5.500 0 1 0 11 0 5.500 5.500 0 0 0-11 0ZM5.500 8h5",
  "/backtest": "M3 8a5 5 0 1 0 1.500-3.500L3 6M3 3v3h3M8 5.500V8l2 1.500",
  "/notifications": "M2.500 4h11v8h-11zM2.500 4.500 8 9l5.500-4.500",
  "/services": "M2.5 3h11v4h-11zM2.5 9.5h11v4h-11zM5 5h.01M5 11.5h.01",
  "/endpoints": "M3 4h3M3 8h3M3 12h3M8.5 4H13M8.5 8H13M8.5 12H13",
  "/consumers": "M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM3 13.5c.5-3 2.5-4 5-4s4.5 1 5 4",
  "/partners":
    "M2.5 12c.3-2.3 1.7-3.2 3.4-3.2S9 9.700 9.300 12M5.900 7.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM11 8.500c1.500 0 2.500 1 2.700 3M10.500 7a1.700 1.700 0 1 0 0-3.400",
  "/rotations": "M3 8a5 5 0 0 1 8.700-3.400L13 6M13 3v3h-3M13 8a5 5 0 0 1-8.700 3.400L3 10M3 13v-3h3",
  "/findings": "M8 2.500 14 13H2zM8 6.500v3M8 11.200h.01",
  "/audit": "M4 2.500h8v11H4zM6 5.500h4M6 8h4M6 10.500h2",
  "/map": "M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z",
  "/changes": "M8 2.5v11M2.5 8h11",
  "/dark": "M4.5 7V5.5a3.5 3.5 0 0 1 7 0V7M3.5 7h9v6.5h-9zM8 9.5v1.5",
  "/sensors": "M8 13.5v-4M8 9.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4.5 11.5a5 5 0 1 1 7 0",
}

const GROUPS: readonly (readonly [name: string, paths: readonly string[]])[] = [
  ["Watch", ["/", "/incidents", "/detections", "/exceptions", "/backtest", "/notifications"]],
  ["Inventory", ["/services", "/endpoints", "/consumers", "/partners", "/rotations", "/map", "/findings", "/changes"]],
  ["Evidence", ["/sensors", "/dark", "/audit"]],
]

const NAMES = new Map(Object.values(DESTINATIONS).map(([path, name]) => [path.replace(/\?.*/, ""), name]))

function isUnder(path: string, item: string): boolean {
  return item === "/" ? path === "/" : path === item || path.startsWith(`${item}/`)
}

function Navigation({ path, overview }: { readonly path: string; readonly overview: Overview | null }) {
  const incidents = useApi<Page<Incident>>("/incidents?state=active&limit=1").body?.total
  const tallies: Readonly<Record<string, number | undefined>> = {
    "/incidents": incidents,
    "/services": overview?.services,
    "/endpoints": overview?.endpoints,
    "/consumers": overview?.consumers,
    "/sensors": overview?.sensors,
    "/dark": overview === null ? undefined : overview.dark.unread + overview.dark.partly,
  }
  return (
    <nav class="nav" aria-label="Pages">
      {GROUPS.map(([group, items]) => (
        <div key={group}>
          <p class="nav-group">{group}</p>
          {items.map((item) => (
            <a
              key={item}
              href={item === "/findings" ? "/findings?state=open" : item}
              aria-current={isUnder(path, item) ? "page" : undefined}
            >
              <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                <path d={ICONS[item]} />
              </svg>
              {NAMES.get(item)}
              {tallies[item] === undefined ? null : <span class="tally">{compact(tallies[item])}</span>}
            </a>
          ))}
        </div>
      ))}
    </nav>
  )
}

const THEMES: readonly (readonly [Theme, string])[] = [
  ["system", "Auto"],
  ["light", "Light"],
  ["dark", "Dark"],
]

function ThemeSwitch() {
  const [chosen, choose] = useState(theme())
  return (
    <fieldset class="switch">
      <legend class="unseen">Colours</legend>
      {THEMES.map(([value, name]) => (
        <button
          key={value}
          type="button"
          aria-pressed={chosen === value}
          onClick={() => {
            choose(value)
            setTheme(value)
          }}
        >
          {name}
        </button>
      ))}
    </fieldset>
  )
}

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["/"], "Search on this page"],
  [["j"], "Next row"],
  [["k"], "Previous row"],
  [["Enter"], "Open the row"],
  ...Object.entries(DESTINATIONS).map(([key, [, name]]) => [["g", key], name] as const),
  [["Esc"], "Leave the search field"],
  [["?"], "This help"],
]

function Help({ open, close }: { readonly open: boolean; readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal()
    if (!open) dialog.current?.close()
  }, [open])
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="help-title">
      <h2 id="help-title">Keyboard</h2>
      <dl class="keys">
        {KEYS.map(([keys, what]) => (
          <>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <button type="button" class="button" onClick={close}>
        Close
      </button>
    </dialog>
  )
}

/** What the last change did: it stays until it is shut or another page is opened. */
function Said({ path }: { readonly path: string }) {
  const [sentence, clear] = useSaid()
  const shownAt = useRef(path)
  useEffect(() => {
    if (shownAt.current !== path && sentence !== "") clear()
    shownAt.current = path
  }, [path])
  return (
    <div class="said" role="status">
      {sentence === "" ? null : (
        <div class="notice good">
          <span>{sentence}</span>
          <button type="button" class="shut" aria-label="Shut this notice" onClick={clear}>
            ✕
          </button>
        </div>
      )}
    </div>
  )
}

export function Frame({ path, children }: { readonly path: string; readonly children: ComponentChildren }) {
  const [help, setHelp] = useState(false)
  const { body: overview } = useApi<Overview>("/overview")
  useEffect(() => listenToKeys(() => setHelp((shown) => !shown)), [])
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="side">
        <a class="brand" href="/">
          <img src="/favicon.svg" alt="" />
          Sonde
        </a>
        <Navigation path={path} overview={overview} />
        <div class="side-foot">
          <div class="faint">
            Event time
            <br />
            <span class="soft">{overview === null ? "–" : `${time(overview.lastEvent)} UTC`}</span>
          </div>
          <SignedIn />
          <div class="row">
            <ThemeSwitch />
            <button type="button" class="button" aria-label="Keyboard help" onClick={() => setHelp(true)}>
              ?
            </button>
          </div>
        </div>
      </header>
      <main id="main">
        <Said path={path} />
        {children}
      </main>
      <Help open={help} close={() => setHelp(false)} />
    </div>
  )
}
