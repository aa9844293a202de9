// Search and choices; they live in the address, so that a view can be sent to somebody.
import { useEffect, useRef, useState } from "preact/hooks"
import { query } from "../api.ts"
import { setQuery } from "../router.ts"

const TYPING_MS = 180

export function Search({ value, label }: { readonly value: string; readonly label: string }) {
  const [text, setText] = useState(value)
  const sent = useRef(value)
  useEffect(() => {
    // The address changed by other means: back, a link, "clear".
    if (value !== sent.current) {
      sent.current = value
      setText(value)
    }
  }, [value])
  useEffect(() => {
    if (text === sent.current) return
    const timer = setTimeout(() => {
      sent.current = text
      setQuery({ search: text })
    }, TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <input
      class="field search"
      type="search"
      data-search
      placeholder={`${label}  ( / )`}
      aria-label={label}
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
    />
  )
}

interface ChoiceProps {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [value: string, name: string])[]
  /** One of the options always holds: there is no "all". */
  readonly isNeeded?: boolean
}

export function Choice({ name, label, value, options, isNeeded = false }: ChoiceProps) {
  return (
    <select
      class="field"
      aria-label={label}
      value={value}
      onChange={(event) => setQuery({ [name]: event.currentTarget.value })}
    >
      {isNeeded ? null : <option value="">{label}: all</option>}
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  )
}

/** A filter that came with a link, with the way to be rid of it. */
export function Chip({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <span class="chip">
      {text}
      <button type="button" aria-label={`Remove filter ${text}`} onClick={() => setQuery({ [name]: "" })}>
        ✕
      </button>
    </span>
  )
}

const EXPORTS = [
  ["csv", "CSV"],
  ["json", "JSON"],
] as const

/** The whole list as a file, with the filters and the order that are shown. */
export function Export({
  path,
  filters,
}: {
  readonly path: string
  readonly filters: Readonly<Record<string, string>>
}) {
  return (
    <span class="export">
      <span class="faint">Export</span>
      {EXPORTS.map(([format, name]) => (
        <a
          key={format}
          class="button"
          download={`${path.slice(1)}.${format}`}
          href={`/api/v1${path}${query({ ...filters, format })}`}
          aria-label={`Export as ${name}`}
        >
          {name}
        </a>
      ))}
    </span>
  )
}

/** Presence on and after a day; the address holds an ISO time, as the API takes it. */
export function Since({
  name,
  label,
  value,
}: {
  readonly name: string
  readonly label: string
  readonly value: string
}) {
  return (
    <label class="since">
      <span class="faint">{label}</span>
      <input
        class="field"
        type="date"
        value={value.slice(0, 10)}
        onChange={(event) => {
          const day = event.currentTarget.value
          setQuery({ [name]: day === "" ? "" : `${day}T00:00:00Z` })
        }}
      />
    </label>
  )
}

/** A filter of free text that the API takes whole: an owner, a label. */
export function Exact({
  name,
  label,
  value,
}: {
  readonly name: string
  readonly label: string
  readonly value: string
}) {
  return (
    <input
      class="field exact"
      type="text"
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => setQuery({ [name]: event.currentTarget.value.trim() })}
    />
  )
}
