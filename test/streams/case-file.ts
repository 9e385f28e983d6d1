/** What another system would load of a case: a new client with everything that a line can be about. */
import { randomUUID } from 'node:crypto';
import { EXAMPLE_YES } from '../../src/contract/consent.ts';
import { entryOf } from '../operations/world.ts';
import { AGENCY } from '../support/exchange.ts';
import type { Json } from './requests.ts';

export const ref = (key: string) => ({ $ref: key });

const STATEMENT = { decision: 'GIVEN', recipient: AGENCY.caritas, purpose: 'BERATUNG', categories: ['STAMMDATEN'] };
const RELEASE = { decision: 'GIVEN', recipient: AGENCY.caritas, categories: ['BERATUNGSNOTIZ'] };

export function caseFile(name: string = randomUUID()): Json[] {
  const key = (what: string) => `${name}-${what}`;
  const params = { clientId: ref(key('client')) };
  const slip = { clientId: ref(key('client')), kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' };
  const sheet = [
    { type: 'STATEMENT', ...STATEMENT, categories: ['KONTAKT'] },
    { type: 'RELEASE', ...RELEASE },
  ];
  return [
    { operation: 'createClient', key: key('client'), body: { fileReference: `Akte ${name}` } },
    { operation: 'addEntry', key: key('entry'), params, body: entryOf('STAMMDATEN') },
    { operation: 'addEntry', key: key('other'), params, body: entryOf('KONTAKT', { concerns: [ref(key('client'))] }) },
    { operation: 'recordStatement', key: key('yes'), params, body: { ...STATEMENT, ...EXAMPLE_YES } },
    { operation: 'recordRelease', key: key('release'), params, body: { ...RELEASE, ...EXAMPLE_YES } },
    { operation: 'recordConsentForm', key: key('form'), params, body: { ...EXAMPLE_YES, lines: sheet } },
    { operation: 'createLaufzettel', key: key('slip'), body: { ...slip, entryIds: [ref(key('entry'))] } },
    {
      operation: 'addToLaufzettel',
      key: key('added'),
      params: { laufzettelId: ref(key('slip')) },
      body: { entryIds: [ref(key('other'))] },
    },
  ];
}

/** So many lines that each open a client. */
export const clientLines = (many: number, name: string = randomUUID()): Json[] =>
  Array.from({ length: many }, (_, place) => ({ operation: 'createClient', key: `${name}-${place}`, body: {} }));
