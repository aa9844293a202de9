export * from "../shared/event/anomalies.ts"
