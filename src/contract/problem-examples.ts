/** A real answer of each code: what docs/errors.md, docs/fehler.md and openapi.yaml show. */
import type { Problem, ProblemCode } from '../domain/problem.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { type Language, type ProblemDocument, problemDocument } from './problem-texts.ts';

const REQUEST_ID = '0198c0de-0000-4000-8000-000000000000';

const EXAMPLES: { readonly [Code in ProblemCode]: Omit<Problem, 'problem'> } = {
  'bad-request': {
    detail: 'Some of what you sent does not have the form that is needed; see errors.',
    errors: [
      {
        pointer: '/entries/0/payload/deutschNiveau',
        detail: 'is none of ALPHA, UNTER_A1, A1, A2, B1, B2, C1, C2',
      },
    ],
  },
  'token-missing': { detail: 'Send an access token: Authorization: Bearer <token>.' },
  'token-invalid': { detail: 'It has expired; fetch a new one.' },
  'scope-missing': {
    detail: 'This needs the scope laufzettel:write.',
    extra: { requiredScopes: ['laufzettel:write'] },
  },
  'agency-suspended': { detail: 'Your agency is suspended, or is none of this exchange. Ask its admin.' },
  'consent-missing': {
    detail:
      'Nothing was sent: a FALLMITTEILUNG is not sent without STAMMDATEN. The entries withheld say why, each with all its reasons.',
    extra: {
      withheld: [{ entryId: EXAMPLE_IDS.entry, category: 'STAMMDATEN', reasons: ['NO_CONSENT'] }],
      missingCore: ['STAMMDATEN'],
      needed: [
        {
          type: 'CONSENT',
          categories: ['STAMMDATEN'],
          clientId: EXAMPLE_IDS.client,
          discloser: EXAMPLE_IDS.arge,
          origin: null,
          recipient: EXAMPLE_IDS.caritas,
          purpose: 'BERATUNG',
          form: 'ANY',
          explicitSpecialCategories: false,
          statedBy: ['PERSON', 'GUARDIAN', 'LEGAL_REPRESENTATIVE'],
          supersedes: false,
          parties: null,
          reason: null,
        },
      ],
      scope: { discloser: EXAMPLE_IDS.arge, recipient: EXAMPLE_IDS.caritas, purpose: 'BERATUNG' },
    },
  },
  'not-allowed': { detail: 'Only the agency that created a Laufzettel completes or cancels it.' },
  'not-found': { detail: 'There is no such client, or it is not yours to see.' },
  'method-not-allowed': { detail: 'This path answers GET, HEAD, POST.' },
  'request-timeout': { detail: 'The request did not arrive in time. Nothing was done; send it again.' },
  conflict: { detail: 'You have a client with this file reference already; find it with POST /v1/clients/find.' },
  'transition-illegal': {
    detail: 'ACCEPT is not possible from REJECTED.',
    extra: { currentStatus: 'REJECTED', allowed: [] },
  },
  'confirmation-required': {
    detail:
      'Recording this would withhold something that is permitted now. Nothing was stored. Send the request again with "confirm": true if that is what the client said.',
    extra: {
      confirmWith: { confirm: true },
      weakerFor: ['GESUNDHEIT'],
      disclosuresClosed: 1,
      disclosuresEndingEarlier: 0,
    },
  },
  'idempotency-in-flight': {
    detail: 'A request with this Idempotency-Key is being worked on. Send it again with the same key in a moment.',
    extra: { retryAfterSeconds: 1 },
  },
  'idempotency-mismatch': {
    detail: 'This Idempotency-Key was used for another request within the last 24 hours. Nothing has happened now.',
  },
  'precondition-required': { detail: 'Send expectedVersion, or over REST the header If-Match.' },
  'version-stale': {
    detail: 'The forwarding has changed since you read it. Read it again.',
    extra: { currentVersion: 3 },
  },
  'body-too-large': { detail: 'A body has at most 1048576 bytes. Send less at once.' },
  'media-type-unsupported': { detail: 'The body has to be JSON: Content-Type: application/json.' },
  'rule-broken': {
    detail: 'This cannot be recorded; nothing was stored. See errors.',
    errors: [{ pointer: '/validUntil', detail: 'must be at most 12 calendar months after statedAt' }],
  },
  'rate-limited': {
    detail: 'Too many requests in this minute. Wait 12 seconds, then send them again.',
    extra: { retryAfterSeconds: 12 },
  },
  'headers-too-large': { detail: 'URL and headers have more than 16384 bytes. Send fewer or shorter ones.' },
  internal: { detail: 'Something failed here; it has been logged under the id in instance.' },
  overloaded: {
    detail: 'The service has more to do than it can. Nothing was done; try again.',
    extra: { retryAfterSeconds: 10 },
  },
};

export const problemExample = (code: ProblemCode, language: Language): ProblemDocument =>
  problemDocument({ problem: code, ...EXAMPLES[code] }, REQUEST_ID, language);
