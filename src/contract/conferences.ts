import { z } from 'zod';
import {
  CONFERENCE_ANSWERS,
  CONFERENCE_PLACES,
  CONFERENCE_STATUSES,
  DAYS_FOR_MINUTES,
  MOST_AGENDA_ITEMS,
  MOST_MINUTES,
  MOST_TASKS,
} from '../domain/conference.ts';
import { category, expectedVersion, id, instant, page, pageQuery, someOf } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { withheldView } from './forwardings.ts';
import { createLaufzettelBody, laufzettelView } from './laufzettel.ts';
import { neededView } from './needed.ts';
import type { Operation } from './operation.ts';
import { entryBodySchema } from './payload.ts';

const place = z
  .enum(CONFERENCE_PLACES)
  .describe('At the office of the convener or of the partner, online or by telephone. Codes alone: it names nobody');

const header = {
  id,
  convener: id.describe('The agency that invites'),
  convenerName: z.string(),
  partner: id.describe('The agency that is invited'),
  partnerName: z.string(),
  beginsAt: instant.describe('As planned'),
  endsAt: instant.nullable().describe('As planned; null: open'),
  place,
  status: z.enum(CONFERENCE_STATUSES),
  answer: z.enum(CONFERENCE_ANSWERS).nullable().describe("The partner's; null: none yet, or none since it was moved"),
  begunAt: instant.nullable(),
  endedAt: instant.nullable(),
  version: z
    .int()
    .describe('Counts the changes of what is above, and nothing of the agenda; give it as expectedVersion'),
  createdAt: instant,
  changedAt: instant,
};

export const conferenceHeaderView = z.object(header);

export const agendaItemView = z.object({
  laufzettelId: id,
  clientId: id.describe('Your own handle'),
  fileReference: z.string().nullable().describe('Your own, of that client'),
  addedBy: id,
  addedAt: instant,
  atBeginning: z.boolean().describe('It was on the agenda, and could be discussed, when the conference began'),
  dropped: z
    .boolean()
    .describe(
      'It may not be discussed any more. Shown to you alone, who had disclosed it; to the other side it is not there',
    ),
  minutes: z.array(id).describe('Entries that you wrote of it, or that were disclosed to you; oldest first'),
  tasks: z
    .array(id)
    .describe('Laufzettel that came of it and that you made, or received from who made it; oldest first'),
});

export const conferenceView = z.object({
  ...header,
  agenda: z
    .array(agendaItemView)
    .describe(
      'What both of you may discuss at this moment, in the order in which it was put there; decided at every read',
    ),
});
export type ConferenceView = z.infer<typeof conferenceView>;

export const planConferenceBody = z.strictObject({
  partner: id.describe('The agency that is invited'),
  beginsAt: instant.describe('Within a year'),
  endsAt: instant.nullable().default(null).describe('At most 12 hours later'),
  place,
});

export const moveConferenceBody = z.strictObject({
  expectedVersion,
  beginsAt: planConferenceBody.shape.beginsAt,
  endsAt: planConferenceBody.shape.endsAt,
  place,
});

const agendaBody = z.strictObject({ laufzettelId: id });

export const recordMinutesBody = z.strictObject({
  laufzettelId: id.describe('On the agenda'),
  entry: entryBodySchema,
  strict: z
    .boolean()
    .default(false)
    .describe('true: nothing is written unless it goes to the other side. false: what may not go stays with you'),
});

export const minutesView = z.object({
  entryId: id,
  laufzettelId: id,
  forwardingId: id.nullable().describe('By which it went to the other side; null: it stays with you'),
  withheld: z.array(withheldView).describe('Why it stayed with you. The other side learns nothing of it'),
  missingCore: z
    .array(category)
    .describe('What a Laufzettel of its kind is not sent without, and may not go here; then nothing else goes either'),
  needed: z.array(neededView).describe('What would have to be said or agreed for it to go'),
});

const { clientId: _clientId, ...taskMembers } = createLaufzettelBody.shape;
export const createTaskBody = z.strictObject({
  aboutLaufzettelId: id.describe('On the agenda; the task is about the same client'),
  ...taskMembers,
});

export const conferenceFilter = z.strictObject({
  ...pageQuery.shape,
  status: someOf(CONFERENCE_STATUSES),
  partner: id.optional().describe('The agency at the other end'),
});
export type ConferenceQuery = z.output<typeof conferenceFilter>;

const params = z.object({ conferenceId: id });
const exampleParams = { conferenceId: EXAMPLE_IDS.conference };
const tag = 'Conferences';

interface StepOptions {
  problems?: readonly ('rule-broken' | 'not-found' | 'transition-illegal')[];
  /** The version that its example is sent from. */
  from?: number;
}

/** A step of its life, by one of its sides. */
const step = <const Id extends string, const Path extends string>(
  operationId: Id,
  path: Path,
  { summary, description }: { summary: string; description?: string },
  { problems = ['not-found', 'transition-illegal'], from = 1 }: StepOptions = {},
) =>
  ({
    id: operationId,
    changes: 'getConference',
    tag,
    summary,
    ...(description === undefined ? {} : { description }),
    method: 'POST',
    path: `/v1/conferences/{conferenceId}/${path}`,
    graphql: { type: 'mutation', field: operationId },
    scopes: ['laufzettel:write'],
    params,
    body: z.strictObject({ expectedVersion }),
    status: 200,
    output: conferenceView,
    problems,
    example: { params: exampleParams, body: { expectedVersion: from } },
  }) as const satisfies Operation;

const agendaStep = <const Id extends string, const Path extends string>(
  operationId: Id,
  path: Path,
  summary: string,
  description: string,
) =>
  ({
    ...step(operationId, path, { summary, description }),
    body: agendaBody,
    problems: ['not-found', 'transition-illegal', 'rule-broken', 'conflict'],
    example: { params: exampleParams, body: { laufzettelId: EXAMPLE_IDS.discussed } },
  }) as const satisfies Operation;

export const conferenceOperations = [
  {
    id: 'planConference',
    tag,
    summary: 'Invite another agency to a case conference',
    description:
      'Needs an agreement between the two of you that names the purpose FALLBESPRECHUNG, now and then. The partner is told, and reminded like you on its last working day before. What nobody begins within 7 days of its plan is cancelled; so is what is planned when the agreement ends or one of you is suspended.',
    method: 'POST',
    path: '/v1/conferences',
    graphql: { type: 'mutation', field: 'planConference' },
    scopes: ['laufzettel:write'],
    body: planConferenceBody,
    status: 201,
    output: conferenceView,
    problems: ['rule-broken'],
    example: {
      body: {
        partner: EXAMPLE_IDS.caritas,
        beginsAt: '2027-01-12T09:00:00.000Z',
        endsAt: '2027-01-12T10:30:00.000Z',
        place: 'OFFICE_CONVENER',
      },
    },
  },
  {
    id: 'listConferences',
    tag,
    summary: 'Conferences that you convene or are invited to, newest first',
    method: 'GET',
    path: '/v1/conferences',
    graphql: { type: 'query', field: 'conferences' },
    scopes: ['laufzettel:read'],
    query: conferenceFilter,
    status: 200,
    output: page(conferenceHeaderView),
    problems: [],
    example: { query: { status: ['PLANNED', 'BEGUN'], limit: 20 } },
  },
  {
    id: 'getConference',
    tag,
    summary: 'Get a conference with its agenda, as you may see it at this moment',
    description:
      'Ids, codes and instants; what stands behind them you fetch, and are checked as ever. Over REST also as `text/calendar` for your calendar (RFC 5545, without anything of the agenda), and as `text/html`, the agenda on one page to print in German, by `Accept`.',
    method: 'GET',
    path: '/v1/conferences/{conferenceId}',
    graphql: { type: 'query', field: 'conference' },
    scopes: ['laufzettel:read'],
    params,
    status: 200,
    output: conferenceView,
    problems: ['not-found'],
    example: { params: exampleParams },
  },
  step('acceptConference', 'accept', { summary: 'Accept the invitation to a conference' }),
  step('declineConference', 'decline', {
    summary: 'Decline the invitation to a conference',
    description: 'It stays planned: its convener may move it or cancel it, and you may still accept.',
  }),
  {
    ...step('moveConference', 'move', {
      summary: 'Move a conference that you convene to another time or place',
      description: 'The partner is asked again.',
    }),
    body: moveConferenceBody,
    problems: ['not-found', 'transition-illegal', 'rule-broken'],
    example: {
      params: exampleParams,
      body: { expectedVersion: 1, beginsAt: '2027-01-14T09:00:00.000Z', endsAt: null, place: 'ONLINE' },
    },
  },
  step('cancelConference', 'cancel', { summary: 'Cancel a conference; either side may' }),
  agendaStep(
    'addToAgenda',
    'agenda',
    'Put a Laufzettel on the agenda of a conference',
    `Either side may, before it begins and while it goes on; at most ${MOST_AGENDA_ITEMS}. Its purpose is FALLBESPRECHUNG, and its STAMMDATEN have been disclosed by one of you to the other and may be read at this moment. When that ends it drops off; by a new forwarding it may be put there again.`,
  ),
  agendaStep(
    'removeFromAgenda',
    'agenda/remove',
    'Take a Laufzettel off the agenda of a conference',
    'Either side may, before it begins.',
  ),
  step(
    'beginConference',
    'begin',
    {
      summary: 'Begin a conference that the partner has accepted; either side may',
      description:
        'The agenda is decided anew: what may not be discussed at this moment is not discussed. Which Laufzettel were on it then is kept.',
    },
    { problems: ['not-found', 'transition-illegal', 'rule-broken'], from: 2 },
  ),
  step(
    'endConference',
    'end',
    {
      summary: 'End a conference; either side may',
      description: 'One that nobody ends has ended after 24 hours.',
    },
    { from: 3 },
  ),
  {
    id: 'recordMinutes',
    tag,
    summary: 'Record minutes of a Laufzettel on the agenda, as an entry of your own',
    description: `The entry is offered to the other side by a forwarding with its own check: \`forwardingId\` says that it went, \`withheld\` and \`needed\` why not; then it stays with you. While the conference goes on, and for ${DAYS_FOR_MINUTES} days after; each side at most ${MOST_MINUTES} of one Laufzettel. Limited like a preview, for it answers questions.`,
    method: 'POST',
    path: '/v1/conferences/{conferenceId}/minutes',
    graphql: { type: 'mutation', field: 'recordMinutes' },
    scopes: ['laufzettel:write'],
    params,
    body: recordMinutesBody,
    status: 201,
    output: minutesView,
    problems: ['not-found', 'consent-missing', 'transition-illegal', 'rule-broken'],
    example: {
      params: exampleParams,
      body: {
        laufzettelId: EXAMPLE_IDS.discussed,
        entry: { category: 'RUECKMELDUNG', payload: { ergebnis: 'TERMIN_VEREINBART' } },
      },
    },
  },
  {
    id: 'createConferenceTask',
    tag,
    summary: 'Create a Laufzettel about a client that was discussed, as a task of the conference',
    description: `It stays with you until you forward it like any other; the other side sees the task once it has received it. While the conference goes on, and for ${DAYS_FOR_MINUTES} days after; each side at most ${MOST_TASKS} of one Laufzettel on the agenda.`,
    method: 'POST',
    path: '/v1/conferences/{conferenceId}/tasks',
    graphql: { type: 'mutation', field: 'createConferenceTask' },
    scopes: ['laufzettel:write'],
    params,
    body: createTaskBody,
    status: 201,
    output: laufzettelView,
    problems: ['not-found', 'transition-illegal', 'rule-broken'],
    example: {
      params: exampleParams,
      body: {
        aboutLaufzettelId: EXAMPLE_IDS.discussed,
        kind: 'TERMIN',
        purpose: 'TERMIN',
        dueDate: '2027-01-20',
        entries: [{ category: 'TERMIN', payload: { art: 'BERATUNG', beginn: '2027-01-19T09:00:00.000Z' } }],
      },
    },
  },
] as const satisfies readonly Operation[];
