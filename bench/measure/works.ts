/** The four works as requests, over REST, over GraphQL and at the floor. */
import { randomBytes } from 'node:crypto';
import { OPERATIONS, type OperationId } from '../../src/contract/operations.ts';
import { documentOf } from '../../test/support/both-doors.ts';
import {
  AGENCIES,
  ENTRY_CATEGORIES,
  homeOf,
  idOf,
  nthOf,
  payloadOf,
  personOf,
  RECIPIENTS,
  recipientOf,
  SLIPS_OF_A_PERSON,
} from '../filling/plan.ts';

export const WORKS = ['R1', 'R2', 'W1', 'W2'] as const;
export type Work = (typeof WORKS)[number];
export const TARGETS = ['floor', 'REST', 'GraphQL'] as const;
export type Target = (typeof TARGETS)[number];

export const ABOUT: Record<Work, string> = {
  R1: 'read one forwarding with its entries, as its recipient',
  R2: 'one page of 50 of an inbox',
  W1: 'create a Laufzettel with 8 entries',
  W2: 'forward a Laufzettel',
};

/** What is asked: by which agency, what; the body as JSON. */
export interface Asked {
  agency: number;
  method: 'GET' | 'POST';
  path: string;
  body: string | null;
  /** Of a write. */
  key: string | null;
}

interface Call {
  agency: number;
  id: OperationId;
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: Record<string, unknown>;
}

const OPERATION = new Map(OPERATIONS.map((one) => [one.id as OperationId, one]));
const DOCUMENTS = new Map<OperationId, string>();

/** A request of that work; `random` gives from 0 to below 1. cursor: of a page of an inbox that is not the first. */
export function requestOf(work: Work, target: Target, persons: number, random: () => number, cursor?: Cursor): Asked {
  const below = (end: number): number => Math.floor(random() * end);
  const call = callOf(work, persons, below, cursor);
  // Of no two runs the same, whatever their seeds.
  const key = work.startsWith('W') ? randomBytes(32).toString('hex') : null;
  const operation = OPERATION.get(call.id)!;
  if (target === 'GraphQL') {
    const variables = { ...call.params, ...call.query, ...(call.body === undefined ? {} : { input: call.body }) };
    let document = DOCUMENTS.get(call.id);
    if (document === undefined) {
      document = documentOf(operation, Object.keys(variables));
      DOCUMENTS.set(call.id, document);
    }
    const body = JSON.stringify({ query: document, variables });
    return { agency: call.agency, method: 'POST', path: '/graphql', body, key };
  }
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(call.params![name]));
  const search = new URLSearchParams(call.query as Record<string, string>).toString();
  return {
    agency: call.agency,
    method: operation.method as 'GET' | 'POST',
    path: search === '' ? path : `${path}?${search}`,
    body: call.body === undefined ? null : JSON.stringify(call.body),
    key,
  };
}

/** A place in an inbox. */
export interface Cursor {
  agency: number;
  cursor: string;
}

function callOf(work: Work, persons: number, below: (end: number) => number, at?: Cursor): Call {
  const slip = below(persons * SLIPS_OF_A_PERSON);
  const person = personOf(slip);
  switch (work) {
    case 'R1': {
      const params = { forwardingId: idOf('forwarding', slip) };
      return { agency: recipientOf(person, nthOf(slip)), id: 'getForwarding', params };
    }
    case 'R2': {
      const query = { limit: 50, ...(at === undefined ? {} : { cursor: at.cursor }) };
      return { agency: at?.agency ?? below(AGENCIES), id: 'listInbox', query };
    }
    case 'W1': {
      const entries = ENTRY_CATEGORIES.map((category, place) => ({ category, payload: payloadOf(place, slip) }));
      const body = { clientId: idOf('home', person), kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries };
      return { agency: homeOf(person), id: 'createLaufzettel', body };
    }
    case 'W2': {
      const recipient = idOf('agency', recipientOf(person, below(RECIPIENTS)));
      const params = { laufzettelId: idOf('slip', slip) };
      return { agency: homeOf(person), id: 'forwardLaufzettel', params, body: { recipient } };
    }
  }
}
