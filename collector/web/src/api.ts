// Reads from the API: one copy of each answer in memory, revalidated by its ETag, refreshed while the page is looked at and after
// every change. Changes: a method, a path, a body; what they did comes back as a sentence, and what is wrong with them as an ApiError
// that names the field.
import { useEffect, useState } from "preact/hooks"

const REFRESH_MS = 15_000
/** Answers kept, the oldest go first. */
const KEPT_MAX = 60

interface Kept {
  readonly tag: string
  readonly body: unknown
}

const kept = new Map<string, Kept>()

/** Dispatched after a change: what is shown may be old. */
const CHANGED = "sonde:changed"

export class ApiError extends Error {
  readonly status: number
  /** What is wrong with which field, where the API says so. */
  readonly fields: readonly { readonly parameter: string; readonly detail: string }[]
  constructor(status: number, message: string, fields: ApiError["fields"] = []) {
    super(message)
    this.status = status
    this.fields = fields
  }
}

function keep(path: string, tag: string, body: unknown): void {
  kept.delete(path)
  kept.set(path, { tag, body })
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value as string)
}

/** Dispatched when the collector wants to know who asks. */
export const SIGNED_OUT = "sonde:signed-out"

async function refusal(response: Response): Promise<ApiError> {
  if (response.status === 401) dispatchEvent(new Event(SIGNED_OUT))
  try {
    const { detail, errors } = (await response.json()) as { detail?: string; errors?: ApiError["fields"] }
    return new ApiError(response.status, detail ?? response.statusText, errors)
  } catch {
    return new ApiError(response.status, response.statusText)
  }
}

/** The answer under /api/v1; the same object as before when nothing changed. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  const known = kept.get(path)
  let response: Response
  try {
    const headers: Record<string, string> = { accept: "application/json" }
    if (known !== undefined) headers["if-none-match"] = known.tag
    response = await fetch(`/api/v1${path}`, { headers, signal: signal ?? null })
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error
    throw new ApiError(0, "The collector does not answer. Is it running?")
  }
  if (response.status === 304 && known !== undefined) return known.body as T
  if (!response.ok) throw await refusal(response)
  const body = (await response.json()) as T
  keep(path, response.headers.get("etag") ?? "", body)
  return body
}

/** Changes something, and has everything that is shown read again. `body` is sent as JSON unless it is a text of that type. */
export async function send<T>(method: string, path: string, body?: unknown, type = "application/json"): Promise<T> {
  let response: Response
  try {
    const text = typeof body === "string" ? body : JSON.stringify(body ?? {})
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: { accept: "application/json", ...(method === "DELETE" ? {} : { "content-type": type }) },
      ...(method === "DELETE" ? {} : { body: text }),
    })
  } catch {
    throw new ApiError(0, "The collector does not answer. Nothing was changed as far as is known.")
  }
  if (!response.ok) throw await refusal(response)
  const answer = (await response.json()) as T
  // After whoever sent it went on: a page of what was removed is left by then, and does not ask for it again.
  setTimeout(() => dispatchEvent(new Event(CHANGED)))
  return answer
}

export interface Answer<T> {
  /** The latest answer, also while a newer one is on its way. */
  readonly body: T | null
  readonly error: ApiError | null
  readonly retry: () => void
}

/** Reads a path now and every few seconds; null reads nothing. */
export function useApi<T>(path: string | null): Answer<T> {
  const [state, setState] = useState<{ path: string | null; body: T | null; error: ApiError | null }>(() => ({
    path,
    body: path === null ? null : ((kept.get(path)?.body as T | undefined) ?? null),
    error: null,
  }))
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    if (path === null) return
    const abort = new AbortController()
    const load = async (): Promise<void> => {
      try {
        const body = await read<T>(path, abort.signal)
        setState((before) =>
          before.path === path && before.body === body && before.error === null ? before : { path, body, error: null },
        )
      } catch (error) {
        if (abort.signal.aborted) return
        setState((before) => ({ path, body: before.path === path ? before.body : null, error: error as ApiError }))
      }
    }
    void load()
    const timer = setInterval(() => {
      if (!document.hidden) void load()
    }, REFRESH_MS)
    const reload = (): void => void load()
    addEventListener(CHANGED, reload)
    return () => {
      abort.abort()
      clearInterval(timer)
      removeEventListener(CHANGED, reload)
    }
  }, [path, attempt])
  const retry = (): void => setAttempt((n) => n + 1)
  if (state.path === path) return { body: state.body, error: state.error, retry }
  const body = path === null ? null : ((kept.get(path)?.body as T | undefined) ?? null)
  return { body, error: null, retry }
}

/** Query text from the parts that are set. */
export function query(parts: Readonly<Record<string, string | number | null | undefined>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parts))
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value))
  const text = search.toString()
  return text === "" ? "" : `?${text}`
}
