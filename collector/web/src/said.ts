// What the last change did, in a sentence, for whoever made it.
import { useEffect, useState } from "preact/hooks"

const SAID = "sonde:said"

export function say(sentence: string): void {
  dispatchEvent(new CustomEvent(SAID, { detail: sentence }))
}

export function useSaid(): readonly [sentence: string, clear: () => void] {
  const [sentence, setSentence] = useState("")
  useEffect(() => {
    const onSaid = (event: Event): void => setSentence((event as CustomEvent<string>).detail)
    addEventListener(SAID, onSaid)
    return () => removeEventListener(SAID, onSaid)
  }, [])
  return [sentence, () => setSentence("")]
}
