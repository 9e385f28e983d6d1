/** Where an id fits into a request: found in the schemas of the operations, so that a new operation is looked at too. */
import { z } from 'zod';
import type { Operation } from '../../src/contract/operation.ts';
import type { Input } from '../support/both-doors.ts';
import type { Kind } from './world.ts';

export interface Place {
  part: 'params' | 'query' | 'body';
  /** Member names; `*` for an item of a list. */
  path: readonly string[];
  kind: Kind;
}

/** What a member of that name is the id of. An operation with a member that is not here fails the test. */
export const KIND_OF_MEMBER = {
  agencyId: 'agency',
  recipient: 'agency',
  discloser: 'agency',
  origin: 'agency',
  parties: 'agency',
  route: 'agency',
  partner: 'agency',
  agreementId: 'agreement',
  clientId: 'client',
  concerns: 'client',
  entryId: 'entry',
  entryIds: 'entry',
  laufzettelId: 'laufzettel',
  aboutLaufzettelId: 'laufzettel',
  conferenceId: 'conference',
  forwardingId: 'forwarding',
  disclosureId: 'disclosure',
  proposalId: 'proposal',
  consentTextId: 'consentText',
  requestId: 'request',
  roundId: 'round',
  planId: 'plan',
  planProposalId: 'planProposal',
  partId: 'planPart',
  after: 'planPart',
  replaces: 'entry',
  linkCodeId: 'linkCode',
  linkId: 'link',
  webhookId: 'webhook',
} as const satisfies Readonly<Record<string, Kind>>;

/** @throws Error naming an operation and a place of which nothing is known here. */
export function placesOf(operation: Operation): Place[] {
  const found: Place[] = [];
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = operation[part];
    if (!schema) continue;
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    for (const path of idsIn(json as Schema)) found.push({ part, path, kind: kindOf(operation, part, path) });
    // A system's name in a path is no UUID, and names something of an agency's all the same.
    if (part === 'params' && /\/systems\/\{clientId\}/.test(operation.path)) {
      found.push({ part, path: ['clientId'], kind: 'system' });
    }
  }
  const named = new Set(found.filter(({ part }) => part === 'params').map(({ path }) => path[0]));
  const missed = Object.keys(operation.params?.shape ?? {}).filter((name) => !named.has(name) && name !== 'number');
  if (missed.length > 0) throw new Error(`${operation.id}: nothing is known of ${missed.join(', ')} in its path`);
  return found;
}

interface Schema {
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

function idsIn(schema: Schema, path: readonly string[] = []): string[][] {
  if (schema.format === 'uuid') return [[...path]];
  const below = [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => idsIn(one, [...path, name])),
    ...(schema.items ? idsIn(schema.items, [...path, '*']) : []),
    ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap((some) => (some ?? []).flatMap((one) => idsIn(one, path))),
  ];
  return [...new Map(below.map((one) => [one.join('/'), one])).values()];
}

function kindOf({ id }: Operation, part: string, path: readonly string[]): Kind {
  const name = path.findLast((step) => step !== '*')!;
  const kind = (KIND_OF_MEMBER as Readonly<Record<string, Kind>>)[name];
  if (kind === undefined) throw new Error(`${id}: of what is ${part}/${path.join('/')} the id?`);
  return kind;
}

/** The request with that value in that place; what is around it is made where the request does not have it. */
export function putInto(input: Input, { part, path }: Place, value: unknown): Input {
  const copy = structuredClone(input) as Record<string, unknown>;
  let around: Record<string, unknown> = copy;
  let step: string = part;
  for (const next of path) {
    if (next === '*') {
      const list = Array.isArray(around[step]) ? (around[step] as unknown[]) : [];
      around[step] = list;
      // Appended, for some lists have to hold something of their own; within a thing that is there its first.
      const index = path.at(-1) === '*' && path.at(-2) === step ? list.length : 0;
      around = list as unknown as Record<string, unknown>;
      step = String(index);
    } else {
      around[step] ??= {};
      around = around[step] as Record<string, unknown>;
      step = next;
    }
  }
  around[step] = value;
  return copy as Input;
}
