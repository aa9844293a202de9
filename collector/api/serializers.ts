// Serializers of answers, each compiled once.
//
// In:  schemas of answers, as Fastify has resolved them. Out: functions that write JSON. Every route has the same schema of problems, and
// a process may start the API again: compiling takes some ms and looks at all shared schemas each time, a third of a start's CPU.
// Kept as long as the process lives; the schemas are those of the sources, so that their number is fixed.
import { SerializerSelector } from "@fastify/fast-json-stringify-compiler"

type Factory = ReturnType<typeof SerializerSelector>
type Compiler = ReturnType<Factory>

const compilers = new Map<string, Compiler>()

function compileOnce(compile: Compiler): Compiler {
  const known = new Map<string, ReturnType<Compiler>>()
  return (route) => {
    const text = JSON.stringify(route.schema)
    const serializer = known.get(text) ?? compile(route)
    known.set(text, serializer)
    return serializer
  }
}

const factory: Factory = SerializerSelector()

/** For Fastify's `schemaController.compilersFactory.buildSerializer`. */
export const buildSerializer: Factory = (shared, options) => {
  const text = JSON.stringify([shared, options])
  const compiler = compilers.get(text) ?? compileOnce(factory(shared, options))
  compilers.set(text, compiler)
  return compiler
}
