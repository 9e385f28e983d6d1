/** Why a disclosure has ended, as far as its reader is shown, and what of a file stands on a page. */
import { type EndCause, type EndedRow, endCauseOf, type ShownBeside, withoutFiles } from '../../src/domain/own-page.ts';
import { t } from '../support/t.ts';

const AT = 1_000;
const ROW: EndedRow = {
  entryId: 'entry',
  category: 'KONTAKT',
  origin: 'author',
  from: 'giver',
  to: 'taker',
  purpose: 'BERATUNG',
  forwardingId: 'hop',
  closedAt: AT,
  basis: { agreements: ['agreement'], statements: ['yes'], releases: ['release'] },
};
const NOTHING: ShownBeside = {
  agencies: [],
  agreements: [],
  statements: [],
  releases: [],
  entries: [],
  erased: [],
  endedForwardings: [],
};
const NO = {
  id: 'no',
  decision: 'WITHDRAWN',
  discloser: null,
  recipient: null,
  purpose: null,
  categories: null,
  recordedAt: AT,
  validUntil: null,
};
const YES = { ...NO, id: 'yes', decision: 'GIVEN', recordedAt: 1, validUntil: AT };
const AGREEMENT = { id: 'agreement', until: null, terminatedAt: null, parties: [{ leftAt: null }] };

const ROWS: readonly (readonly [string, Partial<EndedRow>, Partial<ShownBeside>, EndCause | null])[] = [
  ['nothing that is shown tells why', {}, {}, null],
  ['it has not ended', { closedAt: null }, { statements: [{ ...NO, recordedAt: 1 }] }, null],
  ['a no about everything, of that instant', {}, { statements: [NO] }, 'SAID_NO'],
  ['a no of another instant', {}, { statements: [{ ...NO, recordedAt: AT - 1 }] }, null],
  ['a no to the one who gave it', {}, { statements: [{ ...NO, discloser: 'giver' }] }, 'SAID_NO'],
  ['a no to the one who wrote it', {}, { statements: [{ ...NO, discloser: 'author' }] }, 'SAID_NO'],
  ['a no to somebody else', {}, { statements: [{ ...NO, discloser: 'other' }] }, null],
  ['a no about another recipient', {}, { statements: [{ ...NO, recipient: 'other' }] }, null],
  ['a no about another purpose', {}, { statements: [{ ...NO, purpose: 'SCHULE' }] }, null],
  ['a no about other data', {}, { statements: [{ ...NO, categories: ['SPRACHE'] }] }, null],
  ['a no about these data', {}, { statements: [{ ...NO, categories: ['KONTAKT'] }] }, 'SAID_NO'],
  [
    'of a file, a no about what it holds',
    { category: 'DOKUMENT' },
    { statements: [{ ...NO, categories: ['SCHULE'] }] },
    'SAID_NO',
  ],
  ['a yes of that instant is no no', {}, { statements: [{ ...YES, id: 'other', recordedAt: AT }] }, null],
  ['a release withdrawn', {}, { releases: [{ ...NO, origin: 'author' }] }, 'SAID_NO'],
  ['a release of another author withdrawn', {}, { releases: [{ ...NO, origin: 'giver' }] }, null],
  ['a newer entry of that instant', {}, { entries: [{ replaces: 'entry', createdAt: AT }] }, 'CORRECTED'],
  ['a newer entry of another one', {}, { entries: [{ replaces: 'other', createdAt: AT }] }, null],
  ['it was erased then', {}, { erased: [{ id: 'entry', erasedAt: AT }] }, 'ERASED'],
  ['it was erased later', {}, { erased: [{ id: 'entry', erasedAt: AT + 1 }] }, null],
  ['its recipient was suspended', {}, { agencies: [{ id: 'taker', suspendedAt: AT }] }, 'SUSPENDED'],
  ['somebody else was suspended', {}, { agencies: [{ id: 'other', suspendedAt: AT }] }, null],
  ['its agreement was terminated', {}, { agreements: [{ ...AGREEMENT, terminatedAt: AT }] }, 'AGREEMENT_ENDED'],
  ['its agreement ran out', {}, { agreements: [{ ...AGREEMENT, until: AT }] }, 'AGREEMENT_ENDED'],
  ['a party left its agreement', {}, { agreements: [{ ...AGREEMENT, parties: [{ leftAt: AT }] }] }, 'AGREEMENT_ENDED'],
  ['another agreement ran out', {}, { agreements: [{ ...AGREEMENT, id: 'other', until: AT }] }, null],
  [
    'an agreement ran out, and the basis is not shown',
    { basis: null },
    { agreements: [{ ...AGREEMENT, until: AT }] },
    null,
  ],
  ['the yes that it relied on ran out', {}, { statements: [YES] }, 'CONSENT_ENDED'],
  [
    'the release that it relied on ran out',
    {},
    { releases: [{ ...YES, id: 'release', origin: 'author' }] },
    'CONSENT_ENDED',
  ],
  ['another yes ran out', {}, { statements: [{ ...YES, id: 'other' }] }, null],
  ['a yes ran out, and the basis is not shown', { basis: null }, { statements: [YES] }, null],
  ['it was recalled', {}, { endedForwardings: [{ id: 'hop', endedAt: AT }] }, 'FORWARDING_ENDED'],
  ['it was recalled later than that', {}, { endedForwardings: [{ id: 'hop', endedAt: AT + 1 }] }, null],
  ['another one was recalled', {}, { endedForwardings: [{ id: 'other', endedAt: AT }] }, null],
  ['a hop between others', { forwardingId: null }, { endedForwardings: [{ id: 'hop', endedAt: AT }] }, null],
  [
    'a no comes before what else ended then',
    {},
    { statements: [NO], endedForwardings: [{ id: 'hop', endedAt: AT }] },
    'SAID_NO',
  ],
];

t.test('a cause is told by what its reader is shown, and by the very instant', async (t) => {
  for (const [name, row, shown, cause] of ROWS) {
    t.equal(endCauseOf({ ...ROW, ...row }, { ...NOTHING, ...shown }), cause, name);
  }
});

t.test('of a file its bytes are left out, of anything else nothing', async (t) => {
  const file = { typ: 'BESCHEID', dateiname: 'a.pdf', sha256: 'ab', groesse: 1, inhalt: 'YQ==' };
  t.same(withoutFiles('DOKUMENT', file), { typ: 'BESCHEID', dateiname: 'a.pdf', sha256: 'ab', groesse: 1 });
  const note = { thema: 'a', text: 'b', inhalt: 'c' };
  t.same(withoutFiles('BERATUNGSNOTIZ', note), note);
});
