// Who is signed in, and the page that asks who it is when the collector wants to know.
import { useEffect, useState } from "preact/hooks"
import { ApiError, SIGNED_OUT, send, useApi } from "../api.ts"

export interface Who {
  /** Null: nobody needs to say who it is. */
  readonly name: string | null
  readonly role: string
}

/** True from the first answer on that says: nobody is signed in. */
export function useSignedOut(): readonly [boolean, (isOut: boolean) => void] {
  const [isOut, set] = useState(false)
  useEffect(() => {
    const hear = (): void => set(true)
    addEventListener(SIGNED_OUT, hear)
    return () => removeEventListener(SIGNED_OUT, hear)
  }, [])
  return [isOut, set]
}

export function SignIn({ done }: { readonly done: () => void }) {
  const [token, setToken] = useState("")
  const [trouble, setTrouble] = useState("")
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    try {
      await send("POST", "/session", { token: token.trim() })
      done()
    } catch (error) {
      setTrouble(error instanceof ApiError ? error.message : String(error))
    }
  }
  return (
    <main class="sign-in">
      <form class="panel" onSubmit={submit}>
        <h1>Sonde</h1>
        <label for="token">Access token</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          value={token}
          aria-invalid={trouble !== ""}
          aria-describedby="token-told"
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <p id="token-told" role={trouble === "" ? undefined : "alert"}>
          {trouble === "" ? "Whoever runs the collector makes one: sonde-collector token create NAME." : trouble}
        </p>
        <button type="submit" disabled={token.trim() === ""}>
          Sign in
        </button>
      </form>
    </main>
  )
}

/** In the frame: nothing where nobody needs to sign in. */
export function SignedIn() {
  const who = useApi<Who>("/session").body
  if (who === null || who === undefined || who.name === null) return null
  const leave = async (): Promise<void> => {
    await send("DELETE", "/session")
    location.reload()
  }
  return (
    <p class="signed-in">
      <span>
        {who.name} ({who.role})
      </span>
      <button type="button" onClick={leave}>
        Sign out
      </button>
    </p>
  )
}
