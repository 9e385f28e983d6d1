/**
 * GraphQL clients often send null for what they mean to leave out. Where the contract gives null a meaning of its own
 * it stays; everywhere else it counts as absent, so that both doors see the same body.
 */
import { type GraphQLInputType, getNullableType, isInputObjectType, isListType } from 'graphql';
import { z } from 'zod';

/** Goes no deeper than the input types do: what a JSON scalar holds is sent as it is on both doors. */
export function withoutAbsent(type: GraphQLInputType, schema: z.core.$ZodType, value: unknown): unknown {
  const nullable = getNullableType(type);
  const inner = unwrap(schema);
  if (isListType(nullable) && inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => withoutAbsent(nullable.ofType, inner.element, item));
  }
  if (!isInputObjectType(nullable) || typeof value !== 'object' || value === null) return value;

  const shape = shapeFor(inner, value);
  const types = nullable.getFields();
  const kept = Object.entries(value).flatMap(([name, member]) => {
    const memberSchema = shape[name];
    const memberType = types[name]?.type;
    if (member === null && !(memberSchema && z.safeParse(memberSchema, null).success)) return [];
    if (!memberSchema || !memberType) return [[name, member]];
    return [[name, withoutAbsent(memberType, memberSchema, member)]];
  });
  return Object.fromEntries(kept);
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrap(schema.unwrap());
  }
  return schema;
}

/** The members of an object; of a union those of the variant that its discriminators choose, none when one is wrong. */
function shapeFor(schema: z.core.$ZodType, value: object): Readonly<Record<string, z.core.$ZodType>> {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return {};
  const { discriminator } = schema.def;
  const chosen: unknown = Reflect.get(value, discriminator);
  const variant = schema.options.find((option) => valuesOf(option, discriminator).has(chosen as z.core.util.Primitive));
  return variant === undefined ? {} : shapeFor(variant, value);
}

/** What a member may be for the variant to be chosen; of a union within the union whatever each of its variants says. */
const valuesOf = (variant: z.core.$ZodType, member: string): ReadonlySet<z.core.util.Primitive> =>
  variant._zod.propValues?.[member] ?? new Set();
