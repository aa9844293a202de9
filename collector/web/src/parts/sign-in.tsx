// The page that asks who it is when the collector wants to know, and who is signed in.
import { useContext, useEffect, useState } from "preact/hooks"
import { ApiError, SIGNED_OUT, send } from "../api.ts"
import { Access } from "./access.tsx"

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
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    document.title = "Sign in · Sonde"
  }, [])
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    try {
      await send("POST", "/session", { token: token.trim() })
      done()
    } catch (error) {
      setTrouble(error instanceof ApiError ? error.message : String(error))
      setToken("")
      setBusy(false)
    }
  }
  return (
    <main class="sign-in">
      <form class="panel" onSubmit={submit}>
        <h1 class="brand">
          <img src="/favicon.svg" alt="" />
          Sonde
        </h1>
        <div class="form-row">
          <label for="token">Access token</label>
          <input
            id="token"
            class="field"
            type="password"
            autocomplete="off"
            autofocus
            value={token}
            aria-invalid={trouble !== ""}
            aria-describedby="token-told"
            onInput={(event) => setToken(event.currentTarget.value)}
          />
          <p id="token-told" class={trouble === "" ? "hint" : "complaint"} role={trouble === "" ? undefined : "alert"}>
            {trouble === "" ? (
              <>
                Whoever runs the collector makes one: <code>sonde-collector token create NAME</code>
              </>
            ) : (
              trouble
            )}
          </p>
        </div>
        <button type="submit" class="button main" disabled={isBusy || token.trim() === ""}>
          Sign in
        </button>
      </form>
    </main>
  )
}

/** In the frame: nothing where nobody needs to sign in. */
export function SignedIn() {
  const who = useContext(Access)
  if (who === null || who.name === null) return null
  const leave = async (): Promise<void> => {
    await send("DELETE", "/session")
    location.assign("/")
  }
  return (
    <div class="row signed-in">
      <span class="who" title={`${who.name} (${who.role})`}>
        <strong>{who.name}</strong>
        <span class="faint">{who.role}</span>
      </span>
      <button type="button" class="button" onClick={() => void leave()}>
        Sign out
      </button>
    </div>
  )
}
