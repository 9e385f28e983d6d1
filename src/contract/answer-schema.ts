/**
 * The serializers' schemas of an operation's output. It decides which members leave, nothing more: what a schema does not
 * name is dropped, what it requires and does not find is an exception. Formats and bounds are left out, for checking
 * them again costs time and nobody could act on the result.
 */
import { z } from 'zod';

interface JsonSchema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
}

export const answerSchema = (output: z.ZodType): object =>
  shapeOf(z.toJSONSchema(output, { io: 'output' }) as JsonSchema);

/** The same without the content of entries. It never changes, so that the id of an entry stands for it. */
export function schemaWithoutContent(output: z.ZodType): object {
  const withoutContent = (schema: JsonSchema): JsonSchema => ({
    ...schema,
    ...(schema.anyOf && { anyOf: schema.anyOf.map(withoutContent) }),
    ...(schema.items && { items: withoutContent(schema.items) }),
    ...(schema.properties && {
      properties: Object.fromEntries(
        Object.entries(schema.properties)
          .filter(([name]) => !(name === 'payload' && 'id' in schema.properties!))
          .map(([name, member]) => [name, withoutContent(member)]),
      ),
      required: schema.required?.filter((name) => !(name === 'payload' && 'id' in schema.properties!)),
    }),
  });
  return shapeOf(withoutContent(z.toJSONSchema(output, { io: 'output' }) as JsonSchema));
}

function shapeOf(schema: JsonSchema): object {
  const alternatives = schema.anyOf?.filter((one) => one.type !== 'null');
  if (alternatives?.length === 1) return { ...shapeOf(alternatives[0]!), nullable: true };
  if (Array.isArray(schema.type) && schema.type.length === 2 && schema.type[1] === 'null') {
    return { ...shapeOf({ ...schema, type: schema.type[0]! }), nullable: true };
  }
  switch (schema.type) {
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, member]) => [name, shapeOf(member)]),
        ),
        required: schema.required ?? [],
        ...(schema.additionalProperties ? { additionalProperties: true } : {}),
      };
    case 'array':
      return { type: 'array', items: shapeOf(schema.items ?? {}) };
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      return { type: schema.type };
    default:
      // An output of a shape that is not known here would leave unfiltered.
      throw new Error(`no serializer for ${JSON.stringify(schema).slice(0, 200)}`);
  }
}
