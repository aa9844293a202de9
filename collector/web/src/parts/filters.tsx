// Search and choices; they live in the address, so that a view can be sent to somebody.
import { useEffect, useRef, useState } from "preact/hooks"
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
}

export function Choice({ name, label, value, options }: ChoiceProps) {
  return (
    <select
      class="field"
      aria-label={label}
      value={value}
      onChange={(event) => setQuery({ [name]: event.currentTarget.value })}
    >
      <option value="">{label}: all</option>
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
