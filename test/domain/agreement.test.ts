import {
  type AgreementVersionTerms,
  agreementStatus,
  amendmentFault,
  inOrder,
  isSameTerms,
  termsFault,
  versionStatus,
} from '../../src/domain/agreement.ts';
import { SIGNATURE_FAULTS, type SignatureFaultCode, signatureFault } from '../../src/domain/agreement-signature.ts';
import { agreementText, type DraftedVersion } from '../../src/domain/agreement-text.ts';
import { t } from '../support/t.ts';

const TERMS: AgreementVersionTerms = {
  title: 'Vereinbarung Musterkreis',
  parties: ['a', 'b'],
  purposes: ['BERATUNG', 'SCHULE'],
  categories: ['STAMMDATEN', 'DOKUMENT'],
  from: Date.parse('2025-12-31T23:00:00.000Z'),
  until: null,
  turnus: null,
  daysToRemind: 3,
  daysToAccept: 14,
  daysToAnswer: 28,
  daysToAcknowledge: 14,
};

t.test('how an agreement stands, by its parties and its time', async (t) => {
  const signed = { signedAt: 1, leftAt: null };
  const late = { signedAt: 11, leftAt: null };
  const left = { signedAt: 1, leftAt: 10 };
  const none = { signedAt: null, leftAt: null };
  const rows: [why: string, change: Partial<Parameters<typeof agreementStatus>[0]>, status: string][] = [
    ['nobody has signed', { parties: [none, none] }, 'DRAFT'],
    ['one has signed', { parties: [signed, none] }, 'DRAFT'],
    ['the second will have signed', { parties: [signed, late] }, 'DRAFT'],
    ['two have signed', {}, 'IN_FORCE'],
    ['it begins now', { from: 10 }, 'IN_FORCE'],
    ['it begins later', { from: 11 }, 'PENDING'],
    ['one of two leaves now', { parties: [signed, left] }, 'ENDED'],
    ['one of two will leave', { parties: [signed, { signedAt: 1, leftAt: 11 }] }, 'IN_FORCE'],
    ['one of three has left', { parties: [signed, signed, left] }, 'IN_FORCE'],
    ['one has left before a second had signed', { parties: [left, none] }, 'ENDED'],
    ['it ends now', { until: 10 }, 'ENDED'],
    ['it ends later', { until: 11 }, 'IN_FORCE'],
    ['it is terminated now', { terminatedAt: 10 }, 'ENDED'],
    ['it will be terminated', { terminatedAt: 11 }, 'IN_FORCE'],
    ['a draft is terminated', { parties: [none, none], terminatedAt: 1 }, 'ENDED'],
  ];
  for (const [why, change, status] of rows) {
    const agreement = { parties: [signed, signed], from: 0, until: null, terminatedAt: null, ...change };
    t.equal(agreementStatus(agreement, 10), status, why);
  }
});

t.test('how a version stands, by the number of the one in force', async (t) => {
  const rows: [
    number: number,
    current: number,
    inForceAt: number | null,
    withdrawnAt: number | null,
    status: string,
  ][] = [
    [1, 1, null, null, 'DRAFT'],
    [1, 1, 5, null, 'IN_FORCE'],
    [2, 2, 5, null, 'IN_FORCE'],
    [1, 2, 5, null, 'SUPERSEDED'],
    [1, 2, null, null, 'SUPERSEDED'],
    [2, 1, null, null, 'OPEN'],
    [2, 1, null, 5, 'WITHDRAWN'],
    [2, 3, null, 5, 'WITHDRAWN'],
  ];
  for (const [number, current, inForceAt, withdrawnAt, status] of rows)
    t.equal(versionStatus({ number, inForceAt, withdrawnAt }, current), status, `${number} of ${current}`);
});

t.test('terms are written in one way', async (t) => {
  const mixed = { ...TERMS, parties: ['b', 'a', 'b'], purposes: ['SCHULE', 'BERATUNG', 'SCHULE'] } as typeof TERMS;
  t.same(inOrder(mixed), TERMS);
  t.ok(isSameTerms(mixed, TERMS));
  for (const change of [{ title: 'x' }, { until: 1 }, { turnus: 'x' }, { daysToRemind: 4 }, { parties: ['a', 'c'] }])
    t.notOk(isSameTerms({ ...TERMS, ...change }, TERMS), JSON.stringify(change));
});

t.test('terms need two agencies and an end after their beginning', async (t) => {
  t.equal(termsFault(TERMS), null);
  t.match(termsFault({ ...TERMS, parties: ['a', 'a'] }), { pointer: '/parties' });
  t.match(termsFault({ ...TERMS, until: TERMS.from }), { pointer: '/until' });
  t.equal(termsFault({ ...TERMS, until: TERMS.from + 1 }), null);
});

t.test('an amendment names everybody who stays, and changes something', async (t) => {
  const wider = { ...TERMS, parties: ['a', 'b', 'c'] };
  t.equal(amendmentFault(wider, TERMS, ['a', 'b']), null, 'it may invite');
  t.equal(amendmentFault({ ...TERMS, title: 'x' }, wider, ['a', 'b']), null, 'who has left is named no more');
  t.match(amendmentFault({ ...TERMS, title: 'x' }, wider, ['a', 'b', 'c']), { pointer: '/parties' });
  t.match(amendmentFault(TERMS, TERMS, ['a', 'b']), { pointer: '', detail: 'changes nothing' });
  t.match(
    amendmentFault(TERMS, wider, ['a', 'b']),
    { pointer: '' },
    'that somebody has left is no change of the terms',
  );
  t.match(amendmentFault({ ...TERMS, parties: ['a'] }, TERMS, ['a', 'b']), { pointer: '/parties' });
});

const VERSION: DraftedVersion = {
  agreementId: '01980000-0000-7000-8000-000000000010',
  number: 1,
  replaces: null,
  terms: TERMS,
  names: new Map([
    ['a', 'Jobcenter Musterkreis'],
    ['b', 'Verein fu\u0308r Beratung'],
  ]),
};

t.test('the text says all of the terms, in plain German', async (t) => {
  const text = agreementText(VERSION);
  for (const line of [
    'Titel: Vereinbarung Musterkreis',
    'Kennung: 01980000-0000-7000-8000-000000000010',
    'Fassung: 1',
    '1. Jobcenter Musterkreis (a)',
    '2. Verein für Beratung (b)',
    '- BERATUNG',
    '- SCHULE',
    '- STAMMDATEN: familienname, vorname, geburtsdatum, geschlecht',
    'Beginn: 01.01.2026, 00:00 Uhr (Europe/Berlin, 2025-12-31T23:00:00.000Z)',
    'Ende: offen',
    'Turnus: keiner',
    'Erinnerung, wenn nicht angenommen ist: 3',
    'Verfall, wenn nicht angenommen ist: 14',
    'Antwort nach Annahme: 28',
    'Auskunft, was nach dem Ende mit einer Kopie geschah: 14',
  ]) {
    t.ok(text.split('\n').includes(line), line);
  }
  t.ok(text.endsWith('\n'));
  t.notMatch(text, /\r|\t|undefined|null/);
});

t.test('the text of a later version says what it replaces, until when, and how often', async (t) => {
  const until = Date.parse('2026-07-01T10:30:00.000Z');
  const terms = { ...TERMS, until, turnus: 'FREQ=WEEKLY;BYDAY=MO' };
  const text = agreementText({ ...VERSION, number: 3, replaces: 1, terms });
  t.match(text, 'Fassung: 3, ersetzt Fassung 1\n');
  t.match(text, 'Ende: 01.07.2026, 12:30 Uhr (Europe/Berlin, 2026-07-01T10:30:00.000Z)\n');
  t.match(text, 'Turnus: FREQ=WEEKLY;BYDAY=MO (RFC 5545, Europe/Berlin)\n');
});

t.test('the same terms give the same bytes, other terms others', async (t) => {
  const text = agreementText(VERSION);
  t.equal(agreementText(structuredClone(VERSION)), text);
  const others: Partial<DraftedVersion>[] = [
    { number: 2 },
    { replaces: 1 },
    { agreementId: 'x' },
    { names: new Map() },
    ...Object.entries({
      title: 'x',
      parties: ['a'],
      purposes: ['SCHULE'],
      categories: ['DOKUMENT'],
      from: 1,
      until: 1,
      turnus: 'x',
      daysToRemind: 1,
      daysToAccept: 1,
      daysToAnswer: 1,
      daysToAcknowledge: 1,
    }).map(([name, value]) => ({ terms: { ...TERMS, [name]: value } })),
  ];
  const texts = others.map((other) => agreementText({ ...VERSION, ...other }));
  t.equal(new Set([text, ...texts]).size, others.length + 1);
});

t.test('no name or title looks like a line of its own, or turns what follows', async (t) => {
  const title = 'Gut\nFassung: 9\u2028Ende: offen\u202egnihtyreve';
  const text = agreementText({ ...VERSION, terms: { ...TERMS, title } });
  t.match(text, 'Titel: Gut Fassung: 9 Ende: offen gnihtyreve\nKennung: ');
});

t.test('each reason why a signature does not count has a sentence of its own', async (t) => {
  const sentences = Object.values(SIGNATURE_FAULTS);
  t.equal(new Set(sentences).size, sentences.length);
  for (const [code, sentence] of Object.entries(SIGNATURE_FAULTS)) {
    t.same(signatureFault(code as SignatureFaultCode), { fault: code });
    t.match(sentence, /^(is|has|says|names|was) /, 'it goes on from "the signature"');
  }
});
