// Exchanges as the bytes of HTTP/1.1 messages, as latin1 text.
import type { ApiDesign } from "../api-design.ts"
import type { Exchange } from "../exchange.ts"
import { pathOf } from "../operations.ts"
import { answerText, requestText } from "./bodies.ts"

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  422: "Unprocessable Content",
  500: "Internal Server Error",
  503: "Service Unavailable",
}

export function requestMessage(exchange: Exchange, api: ApiDesign): string {
  const { route, asked, query, client, credential, timeUs } = exchange
  const body = requestText(exchange)
  const values = query.map(({ name, value }) => `${name}=${encodeURIComponent(String(value))}`).join("&")
  const target = pathOf(route, asked) + (values === "" ? "" : `?${values}`)
  let text = `${route.method} ${target} HTTP/1.1\r\n`
  for (const name of client.fieldNames(body !== "", credential?.field ?? "")) {
    const value = {
      Host: api.services[route.service]!.host,
      "User-Agent": client.software.userAgent,
      Accept: "application/json",
      "Accept-Encoding": "identity",
      "Content-Type": "application/json",
      "Content-Length": String(body.length),
    }[name]
    text += `${name}: ${value ?? credential!.text(timeUs)}\r\n`
  }
  return `${text}\r\n${body}`
}

export function answerMessage(exchange: Exchange, api: ApiDesign): string {
  const { route, status } = exchange
  const body = answerText(exchange, api.services[route.service]!)
  const head = `HTTP/1.1 ${status} ${REASONS[status] ?? "Status"}\r\n`
  if (body === "") return `${head}\r\n`
  return `${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}
