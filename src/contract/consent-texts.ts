/** The consent conversation: papers to sign, made from what is missing. */
import { z } from 'zod';
import { CONSENT_TEXT_KINDS, isSpecial } from '../domain/consent-text.ts';
import { AGE_BANDS, STATED_BY } from '../domain/facts.ts';
import { awaitsReview, directionOf, LANGUAGES } from '../domain/languages.ts';
import { clientParams } from './clients.ts';
import { categories, category, day, formatInstant, id, instant, page, pageQuery, purpose } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { neededView } from './needed.ts';
import type { Operation } from './operation.ts';

const line = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('CONSENT'), recipient: id, purpose, categories }),
  z.strictObject({ kind: z.literal('RELEASE'), recipient: id, categories }),
]);

export const conversationBody = z
  .strictObject({
    language: z.enum(LANGUAGES).describe('What the person reads'),
    statedBy: z.enum(STATED_BY).describe('Who is to sign'),
    ageBand: z.enum(AGE_BANDS).describe('Of the client'),
    months: z
      .int()
      .min(1)
      .max(12)
      .optional()
      .describe('How long a yes is to hold, in calendar months from this day; this or `validUntil`'),
    validUntil: day
      .optional()
      .describe('The first day on which a yes holds no longer, at most 12 calendar months from this day; or `months`'),
    from: z
      .strictObject({
        laufzettelId: id,
        recipient: id,
        entryIds: z
          .array(id)
          .min(1)
          .max(200)
          .optional()
          .describe('Left out: every entry on the Laufzettel that you may refer to'),
      })
      .optional()
      .describe(
        'The forwarding that something is missing for, named as in a preview: exactly what is missing is asked. This or `lines`',
      ),
    lines: z.array(line).min(1).max(50).optional().describe('What is to be asked, said by yourself; this or `from`'),
  })
  .superRefine((body, { addIssue }) => {
    for (const [one, other] of [
      ['months', 'validUntil'],
      ['from', 'lines'],
    ] as const) {
      if (body[one] === undefined && body[other] === undefined) {
        addIssue({ code: 'custom', path: [one], message: `is required, or ${other}` });
      }
      if (body[one] !== undefined && body[other] !== undefined) {
        addIssue({ code: 'custom', path: [other], message: `cannot stand beside ${one}` });
      }
    }
  });
export type ConversationInput = z.infer<typeof conversationBody>;

export const consentTextView = z.object({
  id,
  clientId: id,
  kind: z
    .enum(CONSENT_TEXT_KINDS)
    .describe('CONSENT: recorded as a statement. RELEASE: recorded as a release; a paper and a signature of its own'),
  language: z.enum(LANGUAGES),
  rightToLeft: z.boolean(),
  awaitsReview: z
    .boolean()
    .describe('true: a translation that no native speaker has read yet; the text says so, in German too'),
  statedBy: z.enum(STATED_BY),
  ageBand: z.enum(AGE_BANDS),
  validUntil: instant.describe('First instant at which a yes from this text no longer holds'),
  lines: z
    .array(
      z.object({
        recipient: id,
        purpose: purpose.nullable().describe('null on a RELEASE'),
        categories: z.array(category),
        specialCategories: z.boolean().describe('They are named expressly (Art. 9 GDPR)'),
      }),
    )
    .describe('In the order of the text; each has a box for yes and one for no'),
  text: z.string().describe('What is signed, as plain text: one line ends in each \\n'),
  textHash: z.string().describe('SHA-256 of `text` in UTF-8; record what was said with it'),
  createdAt: instant,
});
export type ConsentTextView = z.infer<typeof consentTextView>;

export const conversationView = z.object({
  texts: z.array(consentTextView).describe('None, one or two: CONSENT, then RELEASE. None: this client cannot help it'),
  notAsked: z
    .array(neededView)
    .describe(
      'What is missing as well and stands on none of the texts: what others have to do, what is not possible, what another client has to say (by its `clientId`: start a conversation with that one, from the same forwarding), and what needs another speaker (`statedBy`). Empty with `lines`',
    ),
});

interface ConsentTextLike {
  language: (typeof LANGUAGES)[number];
  validUntil: number;
  createdAt: number;
  lines: readonly { categories: readonly (typeof categories)['element']['_zod']['output'][] }[];
}
export const viewConsentText = <T extends ConsentTextLike>(text: T) => ({
  ...text,
  rightToLeft: directionOf(text.language) === 'rtl',
  awaitsReview: awaitsReview(text.language),
  validUntil: formatInstant(text.validUntil),
  createdAt: formatInstant(text.createdAt),
  lines: text.lines.map((one) => ({ ...one, specialCategories: one.categories.some(isSpecial) })),
});
export const viewConversation = <T extends ConsentTextLike, N>(conversation: { texts: readonly T[]; notAsked: N }) => ({
  ...conversation,
  texts: conversation.texts.map((text) => viewConsentText(text)),
});

export const consentTextOperations = [
  {
    id: 'startConsentConversation',
    tag: 'Consent',
    summary: 'Make the texts for a client to sign, with exactly the lines that are missing',
    description:
      'One text for the consent and one for the release from professional secrecy, as far as each is missing. Nothing is recorded by it. Each begins with how to say no, asks each thing by itself, and has nothing ticked; print it from `/v1/consent-texts/{consentTextId}` as text/html. What was ticked is recorded with the `textHash` of its text, and only what that text asked for is taken. With `from` it answers what a preview answers, and is audited and counted as one.',
    method: 'POST',
    path: '/v1/clients/{clientId}/consent-texts',
    graphql: { type: 'mutation', field: 'startConsentConversation' },
    scopes: ['consent:write'],
    // What is missing for a forwarding tells of its Laufzettel.
    also: 'laufzettel:read',
    params: clientParams,
    body: conversationBody,
    status: 201,
    output: conversationView,
    problems: ['not-found', 'conflict', 'transition-illegal', 'rule-broken'],
    example: {
      params: { clientId: EXAMPLE_IDS.client },
      body: {
        language: 'de',
        statedBy: 'PERSON',
        ageBand: 'ADULT',
        months: 12,
        lines: [
          {
            kind: 'CONSENT',
            recipient: EXAMPLE_IDS.caritas,
            purpose: 'BERATUNG',
            categories: ['STAMMDATEN', 'KONTAKT', 'GESUNDHEIT'],
          },
        ],
      },
    },
  },
  {
    id: 'listConsentTexts',
    tag: 'Consent',
    summary: 'List the texts that you made for a client to sign, newest first',
    method: 'GET',
    path: '/v1/clients/{clientId}/consent-texts',
    graphql: { type: 'query', field: 'consentTexts' },
    scopes: ['consent:read'],
    params: clientParams,
    query: pageQuery,
    status: 200,
    output: page(consentTextView),
    problems: ['not-found'],
    example: { params: { clientId: EXAMPLE_IDS.client } },
  },
  {
    id: 'getConsentText',
    tag: 'Consent',
    summary: 'Get a text for a client to sign: to be read, printed, or held against its hash',
    description:
      'As text/html it is a page to print; as text/plain the very bytes whose SHA-256 is `textHash`. Gone once the client is erased, or when it has ended and nothing was recorded from it.',
    method: 'GET',
    path: '/v1/consent-texts/{consentTextId}',
    graphql: { type: 'query', field: 'consentText' },
    scopes: ['consent:read'],
    params: z.object({ consentTextId: id }),
    status: 200,
    output: consentTextView,
    problems: ['not-found'],
    example: { params: { consentTextId: EXAMPLE_IDS.consentText } },
  },
] as const satisfies readonly Operation[];
