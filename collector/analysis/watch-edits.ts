// Edits of people that concern incidents and detections.
import type { AnalysisNote } from "../incident/notes.ts"
import type { EditHandler } from "../inventory/edits.ts"
import type { Analysis } from "./analysis.ts"

export function watchHandlers(_analysis: Analysis, _apply: (note: AnalysisNote) => void): EditHandler[] {
  return []
}
