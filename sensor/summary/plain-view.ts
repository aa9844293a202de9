// What the local debugging view shows of an exchange in plain text, beside its event. Never published.
import type { PlainFacts } from "../../shared/event/plain-facts.ts"
import { type Exchange, Protocol } from "../http/exchange-receiver.ts"
import type { RequestFacts, ResponseFacts } from "./facts.ts"
import type { FlowFacts } from "./flow-facts.ts"
import type { Parties } from "./parties.ts"

export function plainFacts(
  parties: Parties,
  exchange: Exchange<RequestFacts, ResponseFacts>,
  flow: FlowFacts,
): PlainFacts {
  const { conversation, request } = exchange
  const isConversation = exchange.protocol === Protocol.websocket
  const { clientAddress, serverAddress } = parties.plain(flow, conversation.flow)
  const isLow = flow.client === 0
  const { port0, port1 } = conversation.flow
  return {
    clientAddress,
    clientPort: isLow ? port0 : port1,
    serverAddress,
    serverPort: isLow ? port1 : port0,
    target: request === null || isConversation ? null : request.facts.target,
    method: request === null || isConversation ? null : request.facts.method,
    authority: request === null || request.facts.authority === "" ? null : request.facts.authority,
  }
}
