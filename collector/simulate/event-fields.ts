// Fields of version 4 of ApiEvent, until the contract has them.
import type { ApiEvent } from "../../shared/event/api-event.ts"

export interface Version4Fields {
  readonly returned: readonly number[]
  readonly returnedTotal: number
  readonly weakObjects: readonly number[]
  readonly queryObjects: readonly number[]
  readonly bodyObjects: readonly number[]
  readonly step: number
  readonly pageLimit: number
  readonly pageOffset: number
}

export type SimulatedEvent = ApiEvent & Version4Fields
