// What a back-test takes and gives.
import { Count, type Static, Time, Type } from "./schema.ts"

export const BacktestRequest = Type.Object(
  {
    detections: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ maxLength: 100 }),
            isEnabled: Type.Optional(Type.Boolean()),
            values: Type.Optional(
              Type.Unsafe<Record<string, number>>({
                type: "object",
                maxProperties: 32,
                additionalProperties: { type: "number" },
              }),
            ),
          },
          { additionalProperties: false },
        ),
        { maxItems: 64, description: "Detections with other settings than those in force." },
      ),
    ),
    exception: Type.Optional(
      Type.Object(
        {
          consumer: Type.Optional(Type.String({ maxLength: 200 })),
          partner: Type.Optional(Type.String({ maxLength: 200 })),
          endpoint: Type.Optional(Type.String({ maxLength: 200 })),
          detection: Type.Optional(Type.String({ maxLength: 200 })),
        },
        { additionalProperties: false, description: "An exception as if it had held all the time." },
      ),
    ),
    since: Type.Optional(Type.String({ maxLength: 40, description: "ISO 8601, event time." })),
  },
  { additionalProperties: false },
)

const BacktestIncident = Type.Object({
  id: Type.String({ description: "The same as in the list, where the incident is there." }),
  lane: Type.String(),
  kind: Type.String(),
  consumer: Type.String({ description: "Name, or what it is about." }),
  openedAt: Time("Event time."),
  summary: Type.String(),
})

export const Backtest = Type.Object(
  {
    exchanges: Count("Exchanges of the stored history."),
    from: Time("Its beginning, event time."),
    to: Time("Its end."),
    incidentsBefore: Count("Incidents with the settings in force."),
    incidentsAfter: Count("Incidents with those considered."),
    highBefore: Count("Of these, of the high lane."),
    highAfter: Count("Of these, of the high lane."),
    heldBack: Count("Findings that the exception would have held back."),
    more: Type.Array(BacktestIncident, { description: "Only with the settings considered, at most 500." }),
    fewer: Type.Array(BacktestIncident, { description: "Only with those in force, at most 500." }),
    sentence: Type.String(),
  },
  { $id: "Backtest" },
)

export type Backtest = Static<typeof Backtest>
export type BacktestIncident = Static<typeof BacktestIncident>
