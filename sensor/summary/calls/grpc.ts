// gRPC says in the path what is called: "/pkg.Service/Method". The content type says that it is gRPC.
import { type Call, EMPTY_CALL } from "../../../shared/event/api-event.ts"
import { Protocol } from "../../http/exchange-receiver.ts"
import type { Media } from "../media.ts"
import type { OperationEntry } from "../operations.ts"

const TYPE = "application/grpc"

/** The type of gRPC itself, whatever its messages are: not that of gRPC-Web. */
export function isGrpc({ contentType }: Media): boolean {
  return contentType.startsWith(TYPE) && (contentType.length === TYPE.length || contentType[TYPE.length] === "+")
}

/** The call of a request with that type. Its text is the path as published, so that it says no more than the path does. */
export function grpcCall(entry: OperationEntry): Call {
  entry.grpc ??= {
    ...EMPTY_CALL,
    kind: "grpc",
    key: entry.operation(Protocol.http2, EMPTY_CALL).path.slice(1),
    batch: 1,
  }
  return entry.grpc
}
