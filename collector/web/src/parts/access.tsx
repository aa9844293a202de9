// Who is signed in, and what is offered to them: the API decides what may be done, this only keeps from offering what it would refuse.
import { type ComponentChildren, createContext } from "preact"
import { useContext } from "preact/hooks"
import type { ApiError } from "../api.ts"

export interface Who {
  /** Null: nobody needs to say who it is. */
  readonly name: string | null
  readonly role: string
}

export type Role = "viewer" | "analyst" | "admin"

const ROLES: readonly string[] = ["viewer", "analyst", "admin"]

/** Null until it is known. */
export const Access = createContext<Who | null>(null)

export type Offer =
  | { readonly kind: "yes" | "hidden" }
  /** Offered to others of those who change things: shown, with the reason why not here. */
  | { readonly kind: "withheld"; readonly reason: string }

/** Who only reads is not shown what changes anything. */
export function useOffer(needed: Role): Offer {
  const reason = useMissing(needed)
  const role = useContext(Access)?.role ?? ""
  if (reason === "") return { kind: "yes" }
  return ROLES.indexOf(role) < ROLES.indexOf("analyst") ? { kind: "hidden" } : { kind: "withheld", reason }
}

/** A sentence of what is missing; "" where nothing is. */
export function useMissing(needed: Role): string {
  const who = useContext(Access)
  if (who === null) return `This needs the role ${needed}.`
  return ROLES.indexOf(who.role) >= ROLES.indexOf(needed)
    ? ""
    : `This needs the role ${needed}; ${who.name} is ${who.role}.`
}

/** Leads to what needs this role: for those who have it. */
export function Offered({ needs, children }: { readonly needs: Role; readonly children: ComponentChildren }) {
  return useOffer(needs).kind === "yes" ? children : null
}

/** Nobody is signed in, and somebody has to be. */
export const isSignedOut = (error: ApiError | null): boolean => error?.status === 401
