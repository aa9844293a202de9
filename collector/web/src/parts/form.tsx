// Changes by people: a button, a dialog that says what will happen, fields, and the API's own sentence at the field that is wrong.
import type { ComponentChildren } from "preact"
import { useEffect, useId, useRef, useState } from "preact/hooks"
import { ApiError } from "../api.ts"
import { say } from "../said.ts"
import { type Role, useOffer } from "./access.tsx"

export interface Field {
  /** The API's name of it: its complaints are shown here. */
  readonly name: string
  readonly label: string
  readonly kind?: "text" | "area" | "choice" | "check" | "number" | "date"
  readonly value?: string
  readonly hint?: string
  readonly required?: boolean
  readonly options?: readonly (readonly [value: string, name: string])[]
}

export type Values = Readonly<Record<string, string>>

export const REASON: Field = { name: "reason", label: "Reason", hint: "Kept in the audit log." }

/** "orders, billing" or a line each -> its parts. */
export const listOf = (text: string | undefined): string[] =>
  (text ?? "")
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "")

/** A line each: for what may hold commas. */
export const lineList = (text: string | undefined): string[] =>
  (text ?? "")
    .split("\n")
    .map((part) => part.trim())
    .filter((part) => part !== "")

/** The complaint about a field: "contract/networks/0" is about "networks". */
function complaintOf(error: ApiError | null, name: string): string | null {
  const found = error?.fields.find(({ parameter }) => parameter.split(/[/.[\]]/).includes(name))
  return found?.detail ?? null
}

interface InputProps {
  readonly field: Field
  readonly value: string
  readonly complaint: string | null
  readonly set: (value: string) => void
}

function Input({ field, value, complaint, set }: InputProps) {
  const id = useId()
  const told = complaint !== null || field.hint !== undefined
  const shared = {
    id,
    name: field.name,
    "aria-invalid": complaint !== null,
    ...(told ? { "aria-describedby": `${id}-told` } : {}),
  }
  const onText = (event: { readonly currentTarget: { readonly value: string } }): void => set(event.currentTarget.value)
  return (
    <div class={`form-row ${field.kind ?? "text"}`}>
      <label for={id}>
        {field.label}
        {field.required ? <span class="faint"> (needed)</span> : null}
      </label>
      {field.kind === "area" ? (
        <textarea {...shared} class="field area" rows={4} value={value} onInput={onText} />
      ) : field.kind === "choice" ? (
        <select {...shared} class="field" value={value} onChange={onText}>
          {(field.options ?? []).map(([option, name]) => (
            <option key={option} value={option}>
              {name}
            </option>
          ))}
        </select>
      ) : field.kind === "check" ? (
        <input
          {...shared}
          type="checkbox"
          checked={value === "yes"}
          onChange={(event) => set(event.currentTarget.checked ? "yes" : "")}
        />
      ) : (
        <input
          {...shared}
          class="field"
          type={field.kind === "number" || field.kind === "date" ? field.kind : "text"}
          {...(field.kind === "number" ? { min: "0", step: "any" } : {})}
          autocomplete="off"
          value={value}
          onInput={onText}
        />
      )}
      {told ? (
        <p id={`${id}-told`} class={complaint === null ? "hint" : "complaint"}>
          {complaint ?? field.hint}
        </p>
      ) : null}
    </div>
  )
}

export interface FormProps {
  readonly fields: readonly Field[]
  /** What the button says: what will be done. */
  readonly submit: string
  /** Sends it, and gives back what it did in a sentence. */
  readonly send: (values: Values) => Promise<string>
  /** What will happen with these values. */
  readonly effect?: (values: Values) => ComponentChildren
  readonly children?: ComponentChildren
  readonly done?: () => void
  readonly cancel?: () => void
}

const initial = (fields: readonly Field[]): Values =>
  Object.fromEntries(fields.map(({ name, value, options }) => [name, value ?? options?.[0]?.[0] ?? ""]))

export function Form({ fields, submit, send, effect, children, done, cancel }: FormProps) {
  const [values, setValues] = useState<Values>(() => initial(fields))
  const [error, setError] = useState<ApiError | null>(null)
  const [isBusy, setBusy] = useState(false)
  const told = fields.some(({ name }) => complaintOf(error, name) !== null)
  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const missing = fields.filter(({ name, required }) => required && (values[name] ?? "").trim() === "")
    if (missing.length > 0) {
      setError(
        new ApiError(
          400,
          "",
          missing.map(({ name }) => ({ parameter: name, detail: "It is needed." })),
        ),
      )
      return
    }
    setBusy(true)
    try {
      say(await send(values))
      setError(null)
      done?.()
    } catch (failure) {
      setError(failure instanceof ApiError ? failure : new ApiError(0, (failure as Error).message))
    }
    setBusy(false)
  }
  return (
    <form class="form" noValidate onSubmit={(event) => void onSubmit(event)}>
      {children}
      {fields.map((field) => (
        <Input
          key={field.name}
          field={field}
          value={values[field.name] ?? ""}
          complaint={complaintOf(error, field.name)}
          set={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      {effect === undefined ? null : <p class="effect">{effect(values)}</p>}
      {error === null || told ? null : (
        <p class="complaint" role="alert">
          {error.message}
        </p>
      )}
      <div class="form-foot">
        <button type="submit" class="button main" disabled={isBusy}>
          {submit}
        </button>
        {cancel === undefined ? null : (
          <button type="button" class="button" onClick={cancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
  )
}

interface EditButtonProps extends Omit<FormProps, "done" | "cancel"> {
  readonly label: string
  /** Heading of the dialog; the label unless it says less than is needed. */
  readonly title?: string
  /** Name for those who do not see where the button stands. */
  readonly about?: string
  /** When it is opened: time to read what its fields offer. */
  readonly opened?: () => void
  /** What the API asks of who sends it. */
  readonly needs?: Role
}

/** A button that opens its form in a dialog. */
export function EditButton({ label, title, about, opened, needs = "analyst", ...form }: EditButtonProps) {
  const offer = useOffer(needs)
  const [isOpen, setOpen] = useState(false)
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    if (!isOpen) return
    dialog.current?.showModal()
    dialog.current?.querySelector<HTMLElement>("input, textarea, select")?.focus()
  }, [isOpen])
  const close = (): void => dialog.current?.close()
  if (offer.kind === "hidden") return null
  return (
    <>
      <button
        type="button"
        class="button small"
        {...(about === undefined ? {} : { "aria-label": `${label} ${about}` })}
        {...(offer.kind === "withheld" ? { disabled: true, title: offer.reason } : {})}
        onClick={() => {
          opened?.()
          setOpen(true)
        }}
      >
        {label}
      </button>
      {isOpen ? (
        <dialog ref={dialog} class="edit" aria-labelledby={id} onClose={() => setOpen(false)}>
          <h2 id={id}>{title ?? label}</h2>
          <Form {...form} done={close} cancel={close} />
        </dialog>
      ) : null}
    </>
  )
}
