// Traffic as a capture file: HTTP/1.1 with JSON bodies, one connection for each API and consumer, as real clients keep them open.
//
// In:  traffics of several APIs.   Out: the bytes of a pcap file, packets in order of time; each API is a host of its own.
import { pcapFile } from "../../../shared/testing/capture-builder.ts"
import { type Frame, TcpConversation } from "../../../shared/testing/packet-builder.ts"
import { hashText } from "./seeded-random.ts"
import type { Traffic, TrafficRequest } from "./traffic.ts"

/** Host of an API: "own-shop.example". */
export const hostOf = (name: string): string => `${name.toLowerCase().replace(/[^a-z0-9.-]+/g, "-")}.example`

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  401: "Unauthorized",
  404: "Not Found",
}

export function captureOf(traffics: readonly Traffic[]): Uint8Array {
  const frames: Frame[] = []
  traffics.forEach(({ api, requests }, k) => {
    const conversations = new Map<number, TcpConversation>()
    const server = `10.2.${k >> 7}.${1 + (k & 127)}:80`
    for (const request of requests) {
      const open = conversations.get(request.consumer)
      const client = `10.1.${k}.${1 + request.consumer}:${40_000 + request.consumer}`
      const talk = open ?? new TcpConversation({ client, server, startUs: request.timeUs }).open()
      conversations.set(request.consumer, talk)
      talk.timeUs = Math.max(talk.timeUs, request.timeUs)
      talk.toServer(requestText(hostOf(api.name), request))
      talk.timeUs += 3000
      talk.toClient(responseText(request))
    }
    for (const talk of conversations.values()) for (const frame of talk.finish().frames) frames.push(frame)
  })
  return pcapFile(frames.sort((a, b) => a.timeUs - b.timeUs))
}

function requestText(host: string, { method, target, consumer }: TrafficRequest): string {
  const key = `key-${hashText(`credential ${consumer}`).toString(16).padStart(8, "0")}00ff17`
  const body = /^(?:POST|PUT|PATCH)$/.test(method) ? '{"name":"text","count":3}' : ""
  const fields = body === "" ? "" : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`
  const query = method === "GET" && hashText(`${target} ${consumer}`) % 5 === 0 ? "?page=2&expand=items" : ""
  return `${method} ${target}${query} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: partner-sdk/2.1\r\nX-Api-Key: ${key}\r\n${fields}\r\n${body}`
}

function responseText({ method, status, answer }: TrafficRequest): string {
  const head = `HTTP/1.1 ${status} ${REASONS[status] ?? "Status"}\r\n`
  if (status === 204) return `${head}\r\n`
  const type = answer.body.startsWith("{") ? "Content-Type: application/json\r\n" : "Content-Type: text/plain\r\n"
  const fields = `${answer.body === "" ? "" : type}Content-Length: ${answer.body.length}\r\n`
  return `${head}${fields}\r\n${method === "HEAD" ? "" : answer.body}`
}
