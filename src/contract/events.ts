import { z } from 'zod';
import { EVENT_IDS, EVENT_TYPES, type EventIdName, type EventType } from '../domain/event.ts';
import { id, instant, pageSize } from './common.ts';
import type { Operation } from './operation.ts';

/** Long polls wait no longer; most proxies give up after a minute. */
export const MOST_WAIT_SECONDS = 30;

const TYPES = Object.keys(EVENT_TYPES) as [EventType, ...EventType[]];
const typesSay = Object.entries(EVENT_TYPES).map(([type, { says }]) => `\`${type}\`: ${says}`);

export const sequence = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})$/, 'is not the number of an event')
  .describe('Number of an event among yours, from 1 on and without gaps');

/** Only what an event of its type names. */
const data = z
  .object(
    Object.fromEntries(
      EVENT_IDS.map((name) => [name, name === 'systemId' ? z.string().optional() : id.optional()]),
    ) as Record<EventIdName, z.ZodOptional<z.ZodString>>,
  )
  .describe('What it is about, by ids alone; fetch what you want to know, and you are checked as ever');

/** CloudEvents 1.0, with its extension `sequence`. */
export const eventView = z.object({
  specversion: z.literal('1.0'),
  id: id.describe('The same whenever and wherever you are told of it'),
  source: z.string().describe('This exchange'),
  type: z.enum(TYPES).describe(`${typesSay.join('. ')}.`),
  subject: z.string().describe('The id in `data` that it is about'),
  time: instant,
  datacontenttype: z.literal('application/json'),
  sequence,
  sequencetype: z.literal('Integer'),
  data,
});
export type EventView = z.infer<typeof eventView>;

export const eventOperations = [
  {
    id: 'listEvents',
    tag: 'Events',
    summary: 'What you were told after a number: every change that concerns you and that you did not make',
    description:
      'One ordered sequence for your agency, from 1 on and without gaps: whoever has seen n events with the number n as the last has seen all. Keep `next` and give it as `after`; with `wait` the answer comes once there is something new, or empty when the time is over. Such a request ends when its token does.',
    method: 'GET',
    path: '/v1/events',
    graphql: { type: 'query', field: 'events' },
    scopes: ['laufzettel:read'],
    waits: true,
    query: z.strictObject({
      after: sequence.default('0').describe('Number of the last event that you have seen; 0: from the beginning'),
      limit: pageSize.describe('At most 200'),
      wait: z
        .preprocess(
          (sent) => (typeof sent === 'string' && /^\d+$/.test(sent) ? Number(sent) : sent),
          z.int().min(0).max(MOST_WAIT_SECONDS).default(0),
        )
        .describe(`Seconds to wait for something new, at most ${MOST_WAIT_SECONDS}`),
    }),
    status: 200,
    output: z.object({
      events: z.array(eventView),
      next: sequence.describe('What to give as `after` next'),
      last: sequence.describe('Number of the last event that there is for you; 0: none'),
    }),
    problems: [],
    example: { query: { after: '0', limit: 50 } },
  },
] as const satisfies readonly Operation[];
