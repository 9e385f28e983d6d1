import { z } from 'zod';
import { LANGUAGES } from '../domain/languages.ts';
import { END_CAUSES, MOST_FILES, MOST_THINGS } from '../domain/own-page.ts';
import { agencyView } from './agencies.ts';
import { agreementView } from './agreements.ts';
import { clientParams, clientView, disclosureView } from './clients.ts';
import { category, id, instant } from './common.ts';
import { releaseView, statementView } from './consent.ts';
import { entryView } from './entries.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';
import { closureView } from './unacknowledged.ts';

const { clientId: _handle, concerns: _handles, payload, ...ofEntry } = entryView.shape;

/** An entry on the page: handles on others are left out, and so are the bytes of a file. */
const ownPageEntry = z.object({
  ...ofEntry,
  concernsOthers: z.boolean().describe('It is about others as well, who are not named'),
  payload: payload.describe('The fields of its category; of a file without its content, which getEntry gives'),
});

const endCause = z
  .enum(END_CAUSES)
  .nullable()
  .describe('Why it has ended, as far as you may know; null: it has not, or you are not told');

export const ownPageView = z.object({
  clientId: id,
  fileReference: clientView.shape.fileReference,
  agencyId: id.describe('Your agency, whose page it is'),
  asOf: instant.describe('The one moment at which all of it was so'),
  language: z.enum(LANGUAGES),
  awaitsReview: z.boolean().describe('The words of that language still wait for a native speaker'),
  entries: z.array(ownPageEntry).describe('What you wrote about the client, and what you may read now; oldest first'),
  erasedEntries: z
    .array(z.object({ id, category, createdAt: instant, erasedAt: instant }))
    .describe('What you wrote and have erased'),
  received: z.array(disclosureView).describe('What others disclosed to you, newest first'),
  given: z
    .array(z.object({ ...disclosureView.shape, endCause }))
    .describe('What you disclosed, and where what you wrote travelled; newest first'),
  statements: z
    .array(statementView.omit({ evidenceRef: true, proposalId: true }))
    .describe('What the client said, as far as you may see it; newest first'),
  releases: z.array(releaseView.omit({ evidenceRef: true, proposalId: true })),
  closures: z
    .array(
      z.object({
        ...closureView.shape,
        owedSince: instant.nullable().describe('Since when its recipient owes the first answer'),
      }),
    )
    .describe('What has ended of what you disclosed or wrote, with every answer; last ended first'),
  agencies: z
    .array(agencyView.pick({ id: true, name: true, sponsor: true, legalRegime: true }))
    .describe('Everybody whom the rest names'),
  agreements: z
    .array(agreementView.pick({ id: true, title: true, from: true, until: true, terminatedAt: true }))
    .describe('Those that disclosures rely on, as far as you are a party'),
  rights: z
    .array(z.object({ law: z.string(), title: z.string(), text: z.string() }))
    .describe('Art. 15 to 21, 7(3) and 77 GDPR in plain words, by the law that your agency is under'),
  notes: z.array(z.string()).describe('What is not on the page, and where the client asks for it'),
});
export type OwnPageView = z.infer<typeof ownPageView>;

export const ownPageOperations = [
  {
    id: 'getOwnPage',
    tag: 'Clients',
    summary: 'The page for a client who asks what you hold (Art. 15 GDPR)',
    description: `What you wrote and hold, who received what, when, on which basis and until when, what was said, who answered: all of one moment, and no more than your lists show you. Entries that were written about somebody else in the first place are not on it. Over REST also as \`text/html\`, to print, in seven languages, by \`Accept\`. At most ${MOST_THINGS} things and ${MOST_FILES} files; more is answered 409, and stands in the lists. The reading is in the audit; what others disclosed to you counts as read.`,
    method: 'GET',
    path: '/v1/clients/{clientId}/own-page',
    graphql: { type: 'query', field: 'ownPage' },
    scopes: ['consent:read'],
    also: 'laufzettel:read',
    params: clientParams,
    query: z.strictObject({
      language: z
        .enum(LANGUAGES)
        .default('de')
        .describe('Of the words for the client; what was written stays as it is'),
    }),
    status: 200,
    output: ownPageView,
    problems: ['not-found', 'conflict'],
    example: { params: { clientId: EXAMPLE_IDS.client }, query: { language: 'tr' } },
  },
] as const satisfies readonly Operation[];
