// What a media type tells of the call in its body, or in the head beside it.
import { callName, ODD_NAME } from "./call-name.ts"

export const CallMedia = {
  none: 0,
  /** The body is a document. */
  graphql: 1,
  grpc: 2,
  grpcWeb: 3,
  /** Connect: a stream, or one message of protobuf. */
  connect: 4,
} as const
export type CallMedia = (typeof CallMedia)[keyof typeof CallMedia]

/** `type`: lower case, without parameters. */
export function callMedia(type: string): CallMedia {
  if (!type.startsWith("application/")) return CallMedia.none
  if (type === "application/graphql") return CallMedia.graphql
  if (type.startsWith("application/grpc-web")) return CallMedia.grpcWeb
  if (/^application\/grpc(?:\+|$)/.test(type)) return CallMedia.grpc
  return type.startsWith("application/connect+") || type === "application/proto" ? CallMedia.connect : CallMedia.none
}

/** The operation in an action: the last name of a URI or URN, in quotes or not; "" when it has none that may be shown. */
export function actionName(action: string): string {
  const last = /([^/#:."'?\s]+)["'\s/]*$/.exec(action.slice(0, 512))
  const name = last === null ? "" : callName(last[1]!)
  return name === ODD_NAME ? "" : name
}

/** Of SOAP 1.2: the parameter "action" of the media type `stated`. */
export function soapAction(type: string, stated: string): string {
  if (type !== "application/soap+xml") return ""
  const action = /;\s*action\s*=\s*("[^"]*"|[^;\s]+)/i.exec(stated)
  return action === null ? "" : actionName(action[1]!)
}
