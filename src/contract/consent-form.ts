import { z } from 'zod';
import { clientParams } from './clients.ts';
import { categories, id, instant, instantOrDay, purpose } from './common.ts';
import { EXAMPLE_YES, releaseView, stated, statementView, yes } from './consent.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

/** What may differ from line to line of a yes. */
const ownParts = {
  validFrom: instantOrDay.optional().describe('Left out: as the sheet has it'),
  validUntil: instantOrDay.optional().describe('Left out: as the sheet has it'),
  textHash: yes.textHash
    .optional()
    .describe('Of the text that this line is from, where several were signed. Left out: as the sheet has it'),
};
const orEvery = 'null or left out: every one';

const statementLine = z.discriminatedUnion('decision', [
  z.strictObject({
    type: z.literal('STATEMENT'),
    decision: z.literal('GIVEN'),
    discloser: id.optional().describe('Your own agency; may be left out'),
    recipient: id,
    purpose,
    categories,
    ...ownParts,
  }),
  ...(['REFUSED', 'WITHDRAWN'] as const).map((decision) =>
    z.strictObject({
      type: z.literal('STATEMENT'),
      decision: z.literal(decision),
      discloser: id.nullable().default(null).describe(orEvery),
      recipient: id.nullable().default(null).describe(orEvery),
      purpose: purpose.nullable().default(null).describe(orEvery),
      categories: categories.nullable().default(null).describe(orEvery),
    }),
  ),
]);

const releaseLine = z.discriminatedUnion('decision', [
  z.strictObject({
    type: z.literal('RELEASE'),
    decision: z.literal('GIVEN'),
    origin: id.optional().describe('Your own agency, whose secret it is; may be left out'),
    recipient: id,
    categories,
    ...ownParts,
  }),
  z.strictObject({
    type: z.literal('RELEASE'),
    decision: z.literal('WITHDRAWN'),
    origin: id.nullable().default(null).describe(orEvery),
    recipient: id.nullable().default(null).describe(orEvery),
    categories: categories.nullable().default(null).describe(orEvery),
  }),
]);

const line = z.discriminatedUnion('type', [statementLine, releaseLine]);

const MOST_LINES = 50;
/** A sheet with a yes on it needs these; one that only says no does not. */
const NEEDED_FOR_A_YES = ['form', 'language', 'evidenceRef'] as const;
/** A yes may have these of its own. */
const NEEDED_HERE_OR_THERE = ['validFrom', 'validUntil', 'textHash'] as const;
const ONCE_FOR_ALL = 'For every yes on the sheet';

export const consentFormBody = z
  .strictObject({
    ...stated,
    validFrom: yes.validFrom.optional().describe('For every yes that has none of its own'),
    validUntil: yes.validUntil
      .optional()
      .describe('For every yes that has none of its own; at most 12 calendar months after statedAt'),
    form: yes.form.optional().describe(ONCE_FOR_ALL),
    capacityConfirmed: yes.capacityConfirmed,
    explicitSpecialCategories: yes.explicitSpecialCategories,
    language: yes.language.optional().describe(ONCE_FOR_ALL),
    textHash: yes.textHash
      .optional()
      .describe('SHA-256 of the text agreed to, for every yes on the sheet that has none of its own'),
    evidenceRef: yes.evidenceRef.optional().describe('Where you keep the sheet; encrypted, seen by you alone'),
    adultFrom: yes.adultFrom,
    confirm: yes.confirm,
    lines: z.array(line).min(1).max(MOST_LINES).describe('1 to 50 things that the sheet says'),
  })
  .superRefine((sheet, { addIssue }) => {
    const missing = (path: (string | number)[], message: string): void => addIssue({ code: 'custom', path, message });
    const yeses = sheet.lines.flatMap((one, index) => (one.decision === 'GIVEN' ? [{ ...one, index }] : []));
    if (yeses.length === 0) return;
    const namesNoText = yeses.every((one) => one.textHash === undefined);
    for (const name of namesNoText ? ([...NEEDED_FOR_A_YES, 'textHash'] as const) : NEEDED_FOR_A_YES) {
      if (sheet[name] === undefined) missing([name], 'is required for a sheet with a yes on it');
    }
    for (const one of yeses) {
      for (const name of NEEDED_HERE_OR_THERE) {
        if (name === 'textHash' && namesNoText) continue;
        if ((one[name] ?? sheet[name]) === undefined) {
          missing(['lines', one.index, name], 'is required here or for the whole sheet');
        }
      }
    }
  });
export type ConsentFormInput = z.infer<typeof consentFormBody>;

export const recordedLineView = z.object({
  type: z.enum(['STATEMENT', 'RELEASE']),
  statement: statementView.nullable().describe('Of a line of the type STATEMENT'),
  release: releaseView.nullable().describe('Of a line of the type RELEASE'),
});

export const consentFormView = z.object({
  recordedAt: instant.describe('The same for every line'),
  lines: z.array(recordedLineView).describe('In the order in which they were sent'),
});

export const consentFormOperations = [
  {
    id: 'recordConsentForm',
    tag: 'Consent',
    summary: 'Record all that one signed sheet says, or nothing of it',
    description:
      'Statements and releases of one sheet, recorded together: when one line breaks a rule nothing is stored, and every fault of every line is told at once. One confirmation serves for the whole sheet. What was ticked on texts of `startConsentConversation` is recorded with their `textHash`, each line with its own where both texts were signed; a box that was not ticked is left out.',
    method: 'POST',
    path: '/v1/clients/{clientId}/consent-forms',
    graphql: { type: 'mutation', field: 'recordConsentForm' },
    scopes: ['consent:write'],
    params: clientParams,
    body: consentFormBody,
    status: 201,
    output: consentFormView,
    problems: ['not-found', 'rule-broken', 'confirmation-required'],
    example: {
      params: { clientId: EXAMPLE_IDS.client },
      body: {
        ...EXAMPLE_YES,
        statedAt: '2026-11-23',
        validFrom: '2026-11-23',
        lines: [
          {
            type: 'STATEMENT',
            decision: 'GIVEN',
            recipient: EXAMPLE_IDS.caritas,
            purpose: 'BERATUNG',
            categories: ['STAMMDATEN', 'KONTAKT'],
            // Signed on a text of our own; the release on paper that was made elsewhere.
            textHash: EXAMPLE_IDS.consentTextHash,
          },
          { type: 'RELEASE', decision: 'GIVEN', recipient: EXAMPLE_IDS.caritas, categories: ['BERATUNGSNOTIZ'] },
          { type: 'STATEMENT', decision: 'REFUSED', purpose: 'SCHULE' },
        ],
      },
    },
  },
] as const satisfies readonly Operation[];
