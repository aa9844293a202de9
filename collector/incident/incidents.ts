// Findings to incidents: the few things worth a person's time.
import type { Turn } from "../baseline/event-clock.ts"
import type { ConsumerSubject, Subjects } from "../baseline/subjects.ts"
import type { Report } from "../detect/detector.ts"
import type { Finding } from "../detect/finding.ts"
import type { IncidentRecord } from "../store/incident-records.ts"
import type { AnalysisNote } from "./notes.ts"

type IncidentNotes = Extract<AnalysisNote, { kind: "exception" | "incident.state" | "sensor" }>

export type SavedIncidents = Record<string, never>

export class Incidents implements Report {
  constructor(_subjects: Subjects, _saved?: SavedIncidents) {}

  raise(_finding: Finding): void {}

  turn(_turn: Turn): void {}

  /** What people say of incidents and exceptions, and what sensors say of themselves. */
  apply(_note: IncidentNotes): void {}

  mergeConsumers(_former: ConsumerSubject, _successor: ConsumerSubject): void {}

  /** Those that changed since the last call. */
  take(): IncidentRecord[] {
    return []
  }

  save(): SavedIncidents {
    return {}
  }
}
