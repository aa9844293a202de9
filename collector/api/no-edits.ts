// Where changes go in a server that may not change anything.
import type { Edits } from "../inventory/edits.ts"
import { ApiProblem } from "./problem.ts"

export const NO_EDITS: Edits = {
  edit: () => Promise.reject(new ApiProblem(405, "Nothing can be changed here.")),
}
