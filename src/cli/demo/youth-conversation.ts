/** The consent conversation: what is missing becomes two papers in Turkish, and what is ticked on them is what counts. */
import type { z } from 'zod';
import type { consentFormView } from '../../contract/consent-form.ts';
import type { ConsentTextView } from '../../contract/consent-texts.ts';
import type { LaufzettelView } from '../../contract/laufzettel.ts';
import type { Category, PayloadOf } from '../../domain/catalogue.ts';
import { type Cast, type Conversation, entryAbout, type Forwarded, type Preview, type Refusal } from './cast.ts';
import type { Partner } from './partner.ts';
import type { InventedPerson } from './persons.ts';
import { reads } from './readings.ts';
import { categoriesOf, contentOf, named, reasonsOf, whyNot } from './words.ts';
import { adultFromOf, type YouthFile } from './youth.ts';
import { sha256 } from './youth-agreement.ts';

const WRITTEN: readonly Category[] = ['STAMMDATEN', 'SPRACHE', 'SCHULE', 'FOERDERPLAN', 'GESUNDHEIT'];
/** What has the first pair of boxes; the other pair is for her health. */
const AGREES_TO: readonly Category[] = ['STAMMDATEN', 'SPRACHE', 'FOERDERPLAN', 'SCHULE'];
/** What she and the two offices talk about first; the draft of the plan is proposed by itself. */
const GOES_AT_ONCE = WRITTEN.filter((category) => category !== 'FOERDERPLAN');
/** Of the youth herself, who reads Turkish. */
const BY_HERSELF = { statedBy: 'PERSON', ageBand: 'FROM_15_TO_17' } as const;

type RecordedForm = z.infer<typeof consentFormView>;
type Line = ConsentTextView['lines'][number];

export async function converses(cast: Cast): Promise<YouthFile> {
  const file = await isRefused(cast);
  const [consent, release] = await hasPapers(cast, file);
  await ticks(cast, file, consent, release);
  await goes(cast, file);
  return file;
}

async function isRefused({ rantzau, arge, youth, narrator }: Cast): Promise<YouthFile> {
  const { step, told, shows, check } = narrator;
  const { vorname, familienname } = youth.stammdaten;

  step('The youth counselling service', `opens a file on ${vorname} ${familienname}, with a first draft of a plan.`);
  const { id: clientId } = await told(
    rantzau.post<{ id: string }>('/v1/clients', { fileReference: 'JMD 2026/31' }),
    201,
  );
  const entries = WRITTEN.map((category) =>
    category === 'FOERDERPLAN' ? { category, payload: draftOf(youth) } : entryAbout(youth, category),
  );
  const about = { clientId, kind: 'FALLBESPRECHUNG', purpose: 'FALLBESPRECHUNG', entries };
  const { id: laufzettelId, entryIds } = await told(rantzau.post<LaufzettelView>('/v1/laufzettel', about), 201);
  shows(...entries.map(({ category, payload }) => `${named(category)}: ${contentOf(payload)}`));

  step('The youth counselling service', 'forwards it to the ARGE, to confer about it.');
  const path = `/v1/laufzettel/${laufzettelId}`;
  const refused = await told(rantzau.post<Refusal>(`${path}/forwardings`, { recipient: arge.agency.id }), 403);
  shows(...refused.withheld.map(whyNot));
  check('nothing goes; the plan is under professional secrecy besides', reasonsOf(refused.withheld), {
    ...Object.fromEntries(WRITTEN.map((category) => [category, ['NO_CONSENT']])),
    FOERDERPLAN: ['NO_CONSENT', 'SECRECY_RELEASE_MISSING'],
  });
  check('without at least this nobody can confer about her', refused.missingCore, ['STAMMDATEN']);
  return {
    clientId,
    laufzettelId,
    entryIds: Object.fromEntries(WRITTEN.map((category, index) => [category, entryIds[index]!])),
  };
}

async function hasPapers(
  cast: Cast,
  { clientId, laufzettelId }: YouthFile,
): Promise<[ConsentTextView, ConsentTextView]> {
  const { rantzau, arge, narrator, youth } = cast;
  const { step, told, shows, check } = narrator;

  step('The youth counselling service', 'has nobody who writes Turkish. The exchange makes her the papers to sign.');
  const from = { laufzettelId, recipient: arge.agency.id };
  const body = { language: 'tr', ...BY_HERSELF, months: 6, from };
  const asked = rantzau.post<Conversation>(`/v1/clients/${clientId}/consent-texts`, body);
  const { texts, notAsked } = await told(asked, 201);
  const [consent, release] = texts as [ConsentTextView, ConsentTextView];
  shows(...sayNoLines(consent.text), ...firstPoint(consent.text));
  const kinds = texts.map(({ kind, language }) => `${kind} ${language}`);
  check('two papers: consent, and release from secrecy, which is a thing of its own', kinds, [
    'CONSENT tr',
    'RELEASE tr',
  ]);
  check('they ask for what is missing, and for her health by itself', scopesOf(consent), [AGREES_TO, ['GESUNDHEIT']]);
  check('the release is about the plan alone', scopesOf(release), [['FOERDERPLAN']]);
  check('nothing is left that the papers do not ask for', notAsked, []);
  check('boxes for yes and no at each point, none of them ticked', boxesIn(texts), ['□□□□', '□□']);
  check(
    'they say that no native speaker has read them yet',
    texts.map((one) => one.awaitsReview),
    [true, true],
  );

  step(youth.stammdaten.vorname!, 'gets them as pages to print; the office keeps the bytes that the hash is of.');
  for (const { id, textHash } of texts) {
    const plain = await told(rantzau.getAs('text/plain', `/v1/consent-texts/${id}`), 200);
    check('SHA-256 of the plain text is its hash', sha256(plain), textHash);
  }
  const page = await told(rantzau.getAs('text/html', `/v1/consent-texts/${consent.id}`), 200);
  check(
    'the page is in Turkish, and has no script',
    [page.includes('<html lang="tr"'), page.includes('<script')],
    [true, false],
  );
  return [consent, release];
}

async function ticks(cast: Cast, file: YouthFile, consent: ConsentTextView, release: ConsentTextView): Promise<void> {
  const { rantzau, youth, narrator } = cast;
  const { step, told, check } = narrator;
  const { vorname } = youth.stammdaten;
  const first = lineOf(consent, consent.lines[0]!);
  const lines = [first, lineOf(release, release.lines[0]!)];

  step(vorname!, 'ticks yes at the first point and on the release. At her health she ticks nothing, and that is a no.');
  const more = [{ ...first, categories: [...consent.lines[0]!.categories, 'KONTAKT'] }, ...lines.slice(1)];
  interface Broken {
    errors: { pointer: string }[];
  }
  const refused = await told(signs<Broken>(cast, rantzau, file.clientId, more), 422);
  const pointers = refused.errors.map(({ pointer }) => pointer);
  check('how to reach her stands on no paper; with that, nothing is recorded', pointers, ['/lines/0/categories']);
  const recorded = await told(signs<RecordedForm>(cast, rantzau, file.clientId, lines), 201);
  const papers = recorded.lines.map(({ statement, release: one }) => (statement ?? one)!.consentTextId);
  check('each yes names the paper that it stands on', papers, [consent.id, release.id]);
}

async function goes(cast: Cast, { laufzettelId, entryIds }: YouthFile): Promise<void> {
  const { rantzau, arge, narrator, youth } = cast;
  const { step, told, shows, check } = narrator;
  const path = `/v1/laufzettel/${laufzettelId}`;

  step(
    'The youth counselling service',
    'asks what would go now, and forwards it, but for the draft: that is to become a joint plan.',
  );
  const recipient = { recipient: arge.agency.id };
  const preview = await told(rantzau.post<Preview>(`${path}/preview`, recipient), 200);
  check('what she ticked', categoriesOf(preview.permitted).toSorted(), AGREES_TO.toSorted());
  const body = { ...recipient, entryIds: GOES_AT_ONCE.map((category) => entryIds[category]) };
  const { forwarding, withheld } = await told(rantzau.post<Forwarded>(`${path}/forwardings`, body), 201);
  shows(...forwarding.disclosed.map(({ category }) => `gone: ${named(category)}`), ...withheld.map(whyNot));
  check('her health stays', reasonsOf(withheld), { GESUNDHEIT: ['NO_CONSENT'] });

  step('The ARGE', 'reads it.');
  const expected = GOES_AT_ONCE.filter((category) => AGREES_TO.includes(category));
  await reads({ ...cast, client: youth }, arge, forwarding.id, { expected, withheld: ['GESUNDHEIT'] });
}

/** What she ticked on papers of that office, as a sheet that she signed just now, after it made sure that she understands it. */
export function signs<Body>({ youth }: Cast, by: Partner, clientId: string, lines: readonly object[]) {
  const now = new Date().toISOString();
  return by.post<Body>(`/v1/clients/${clientId}/consent-forms`, {
    ...BY_HERSELF,
    statedAt: now,
    validFrom: now,
    form: 'WRITTEN',
    language: 'tr',
    capacityConfirmed: true,
    adultFrom: adultFromOf(youth),
    evidenceRef: 'Blatt 31',
    lines,
  });
}

/** The first draft of the plan. When it is looked at again is said of the part that it becomes. */
export function draftOf({
  foerderplan: { ziele, massnahmen, verantwortung },
}: InventedPerson): PayloadOf<'FOERDERPLAN'> {
  return { ziele: ziele!, massnahmen: massnahmen!, verantwortung: verantwortung! };
}

/** A line of a paper with yes ticked. */
export const lineOf = ({ kind, textHash, validUntil }: ConsentTextView, { recipient, purpose, categories }: Line) => ({
  ...(kind === 'CONSENT' ? { type: 'STATEMENT', purpose } : { type: 'RELEASE' }),
  ...{ decision: 'GIVEN', recipient, categories, textHash, validUntil },
});

const scopesOf = ({ lines }: ConsentTextView): Category[][] => lines.map(({ categories }) => categories);

/** The boxes of each paper as they stand there. */
const boxesIn = (texts: readonly ConsentTextView[]): string[] =>
  texts.map(({ text }) => (text.match(/[□■☐☑☒✓✔]/g) ?? []).join(''));

/** The heading by which a paper begins, and the first thing that it says. */
const sayNoLines = (text: string): string[] => {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith('## '));
  return [lines[0]!, ...lines.slice(from, from + 2)];
};

const firstPoint = (text: string): string[] => text.split('\n### ')[1]!.split('\n\n')[0]!.split('\n').filter(Boolean);
