// What the fields of a head say, remembered with its stencil: the next head of that stencil has the same fields, and the
// same values in those that do not change, so what follows from them need not be found again.
//
// In:  a head with a stencil.   Out: its memo, empty at first. Each user asks whether the field it needs is still steady, and
// fills in what it found. Goes with the stencil (http/stencils.ts), whose limits are its own.
import { FieldName, type HttpHead } from "../http/http-head.ts"
import type { Layout } from "./head-layout.ts"
import type { Credential } from "./identity/credential.ts"
import type { Media } from "./media.ts"
import type { Sender } from "./sender.ts"
import type { Agent } from "./user-agent.ts"

export class HeadMemo {
  layout: Layout | null = null
  media: Media | null = null
  agent: Agent | null = null
  credential: Credential | null = null
  /** Of the last head of the stencil whose sender had to be found, on whatever flow. */
  sender: Sender | null = null
  /** Kind of the value of each extra field of the layout, plus 1; 0 while it is not known. */
  kinds: Uint8Array | null = null

  /** Null: the head has no stencil. */
  static of(head: HttpHead): HeadMemo | null {
    const { stencil } = head
    if (stencil === null) return null
    if (stencil.memo instanceof HeadMemo) return stencil.memo
    const memo = new HeadMemo()
    stencil.memo = memo
    return memo
  }
}

/** True when field `i` has the value that it had in every head of this stencil. Only for a head that has one. */
export function isSteady(head: HttpHead, i: number): boolean {
  return (head.stencil!.changing & (1 << i)) === 0
}

/** The same for the first field of that name; an absent field is steady. */
export function isSteadyName(head: HttpHead, name: FieldName): boolean {
  const i = head.known[name]!
  return i < 0 || isSteady(head, i)
}

/** True when neither the type nor the coding of the body can have changed. */
export function isSteadyMedia(head: HttpHead): boolean {
  return isSteadyName(head, FieldName.contentType) && isSteadyName(head, FieldName.contentEncoding)
}
