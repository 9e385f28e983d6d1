import { z } from 'zod';
import type { Category } from '../domain/catalogue.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { id } from './common.ts';
import { entryView } from './entries.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';
import { type EntryBody, entryBodySchema, fieldErrors, filedUnderSchema, markSchemas } from './payload.ts';

const { secrecy, guardFrom, concerns } = markSchemas;

/** The category is that of the entry that is corrected, so the payload is read once that is known: `readCorrection`. */
export const correctEntryBody = z.strictObject({
  payload: z
    .record(z.string(), z.unknown())
    .describe('All fields of its category as they ought to be, see GET /v1/catalogue; nothing is taken over'),
  secrecy: secrecy.describe('Written under professional secrecy (§ 203 StGB). Left out: as it was'),
  guardFrom: guardFrom.describe(
    'From then on no public body may learn it; null: never. Left out: as it was, or as the catalogue has it if that is earlier',
  ),
  filedUnder: filedUnderSchema
    .optional()
    .describe('Only for a DOKUMENT: what its content is about. Left out: as it was'),
  concerns: concerns.describe('Your own handles on every person the entry is about. Left out: as it was'),
});
export type CorrectEntryInput = z.infer<typeof correctEntryBody>;

/** A correction as an entry of that category, or what is wrong with it. */
export function readCorrection(
  category: Category,
  filedUnder: readonly Category[] | null,
  body: CorrectEntryInput,
): EntryBody | Problem {
  const filing = body.filedUnder ?? filedUnder;
  const read = entryBodySchema.safeParse({ ...body, category, ...(filing === null ? {} : { filedUnder: filing }) });
  if (read.success) return read.data;
  const detail = 'Some of what you sent does not have the form that is needed; see errors.';
  return problem('bad-request', detail, { errors: fieldErrors(read.error) });
}

export const correctionOperations = [
  {
    id: 'correctEntry',
    tag: 'Entries',
    summary: 'Correct an entry that you wrote: a new one replaces it',
    description:
      'What was disclosed of the old entry is closed. The new one joins every Laufzettel the old one is on, and goes, by the same check, to everyone who held the old one (Art. 16, 19 GDPR). An entry that has been replaced is answered 409 with `replacedBy`.',
    method: 'POST',
    path: '/v1/entries/{entryId}/corrections',
    graphql: { type: 'mutation', field: 'correctEntry' },
    scopes: ['laufzettel:write'],
    params: z.object({ entryId: id }),
    body: correctEntryBody,
    status: 201,
    output: entryView,
    problems: ['not-allowed', 'not-found', 'conflict', 'rule-broken'],
    example: {
      params: { entryId: EXAMPLE_IDS.entry },
      body: { payload: { erstsprache: 'tr', deutschNiveau: 'B1', dolmetschbedarf: false } },
    },
  },
] as const satisfies readonly Operation[];
