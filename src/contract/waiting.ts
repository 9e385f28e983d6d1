import { z } from 'zod';
import { WAITING_TYPES } from '../domain/waiting.ts';
import { day, id, instant, page, pageQuery } from './common.ts';
import { urgency } from './laufzettel.ts';
import type { Operation } from './operation.ts';

const WHAT = [
  'FORWARDING: came to you and is not answered, the id a forwarding',
  'ANSWERED: your forwarding was answered; read the answer and close it',
  'REQUEST: another agency asks you for a Laufzettel',
  'PROPOSAL: a yes that you have to confirm or decline',
  'OWED_ANSWER: it ended after you had read it, the id a disclosure',
  'AGREEMENT: you have not signed it',
  'CONFERENCE: you are invited and have neither accepted nor declined',
].join('. ');

export const waitingView = z.object({
  type: z.enum(WAITING_TYPES).describe(WHAT),
  id,
  clientId: id.nullable().describe('Your own handle; null where it is about no client'),
  since: instant,
  dueDate: day.nullable().describe('Of a conference the day on which it begins'),
  urgency: urgency.nullable(),
});

export const waitingOperations = [
  {
    id: 'listWaiting',
    tag: 'Forwardings',
    summary: 'What waits for you, of every kind, what waits longest first',
    description:
      'One list of everything that you have to do something about. Each is shown in full by the operation of its kind.',
    method: 'GET',
    path: '/v1/waiting',
    graphql: { type: 'query', field: 'waiting' },
    scopes: ['laufzettel:read'],
    query: pageQuery,
    status: 200,
    output: page(waitingView),
    problems: [],
    example: { query: { limit: 50 } },
  },
] as const satisfies readonly Operation[];
