// Methods of the Model Context Protocol, which is JSON-RPC 2.0 over HTTP. Specification 2025-06-18.

const PREFIX = /^(?:tools|resources|prompts|notifications|completion|logging|roots|sampling|elicitation)\//

/** A method that no other protocol is known for. */
export function isMcpMethod(method: string): boolean {
  return PREFIX.test(method)
}

/** Whether the method's parameter "name" is what is asked for. */
export function mcpArgument(method: string): boolean {
  return method === "tools/call" || method === "prompts/get"
}
