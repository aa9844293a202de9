// The fields of a partner, and what is sent of them.
import type { Contract, Partner } from "../types/consumers.ts"
import { type Field, lineList, listOf, REASON, type Values } from "./form.tsx"

const lines = (values: readonly string[] | undefined): string => (values ?? []).join("\n")
const numberText = (value: number | null | undefined): string => (value == null ? "" : String(value))

export const PARTNER_FIELDS = (partner: Partial<Partner>): readonly Field[] => {
  const { contract }: { contract?: Partial<Contract> } = partner
  return [
    { name: "name", label: "Name", value: partner.name ?? "", required: true },
    { name: "owner", label: "Owner here", value: partner.owner ?? "" },
    { name: "contact", label: "Contact there", value: partner.contact ?? "" },
    { name: "labels", label: "Labels", value: (partner.labels ?? []).join(", "), hint: "With commas between them." },
    {
      name: "rules",
      label: "Rules",
      kind: "area",
      value: lines(partner.rules),
      hint: "A line each, as name:acme-*, issuer:https://id.acme.example* or api-key:acme*. Consumers that fit are members.",
    },
    {
      name: "endpoints",
      label: "Contract: endpoints",
      kind: "area",
      value: lines(contract?.endpoints),
      hint: "A line each, as api.example.com GET /v1/orders/*. Empty: all.",
    },
    {
      name: "networks",
      label: "Contract: networks",
      kind: "area",
      value: lines(contract?.networks),
      hint: "A line each, by the name that sensors have for them, or a pseudonym of a prefix. Empty: all.",
    },
    {
      name: "hours",
      label: "Contract: hours",
      kind: "area",
      value: lines(contract?.hours),
      hint: "A line each, as mon-fri 06:00-20:00 Europe/Berlin. Empty: always.",
    },
    {
      name: "requestsPerHour",
      label: "Contract: requests an hour",
      kind: "number",
      value: numberText(contract?.requestsPerHour),
    },
    {
      name: "requestsPerDay",
      label: "Contract: requests a day",
      kind: "number",
      value: numberText(contract?.requestsPerDay),
    },
    {
      name: "dataClasses",
      label: "Contract: data classes",
      value: (contract?.dataClasses ?? []).join(", "),
      hint: "With commas between them. Empty: any.",
    },
    { name: "note", label: "Note", kind: "area", value: partner.note ?? "" },
    REASON,
  ]
}

const numberOf = (text: string | undefined): number | null => (text?.trim() ? Number(text) : null)

export const partnerBody = (values: Values) => ({
  name: values.name,
  owner: values.owner,
  contact: values.contact,
  labels: listOf(values.labels),
  note: values.note,
  rules: lineList(values.rules),
  contract: {
    endpoints: lineList(values.endpoints),
    networks: lineList(values.networks),
    hours: lineList(values.hours),
    requestsPerHour: numberOf(values.requestsPerHour),
    requestsPerDay: numberOf(values.requestsPerDay),
    dataClasses: listOf(values.dataClasses),
  },
  reason: values.reason,
})
