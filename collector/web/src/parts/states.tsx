// What is shown in place of content: nothing there, not there yet, not to be had.
import type { ComponentChildren } from "preact"
import type { Answer } from "../api.ts"

export function Blank({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="blank">
      <strong>{title}</strong>
      {children}
    </div>
  )
}

const LINES = ["72%", "91%", "64%", "83%", "58%", "77%"]

export function Loading() {
  return (
    <div class="skeleton" aria-busy="true">
      <span class="unseen">Loading</span>
      {LINES.map((width) => (
        <span key={width} aria-hidden="true" style={{ width }} />
      ))}
    </div>
  )
}

export function Failure({ answer }: { readonly answer: Answer<unknown> }) {
  const { error, retry } = answer
  const missing = error?.status === 404
  return (
    <div class="blank" role="alert">
      <strong>{missing ? "This is not in the inventory." : "This could not be read."}</strong>
      <p>{error?.message}</p>
      {missing ? null : (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  )
}

/** The content once it is there; a failed refresh leaves what was read before, with a word about it. */
export function Loaded<T>(props: { readonly answer: Answer<T>; readonly children: (body: T) => ComponentChildren }) {
  const { answer, children } = props
  if (answer.body === null) return answer.error === null ? <Loading /> : <Failure answer={answer} />
  return (
    <>
      {answer.error === null ? null : (
        <div class="notice bad" role="status">
          Shown as last read: {answer.error.message}
        </div>
      )}
      {children(answer.body)}
    </>
  )
}
