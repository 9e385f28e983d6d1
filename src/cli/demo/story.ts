/**
 * The Pinneberg story: a Laufzettel travels from the ARGE to a counselling service, an answer travels back, and the client
 * ends both by one sentence. Every step is a request over HTTP to a service that does not know it is in a play.
 */
import type { AgencyView } from '../../contract/agencies.ts';
import type { ClientView } from '../../contract/clients.ts';
import type { StatementView } from '../../contract/consent.ts';
import type { ForwardingHeaderView } from '../../contract/forwardings.ts';
import type { LaufzettelView } from '../../contract/laufzettel.ts';
import type { Category } from '../../domain/catalogue.ts';
import { givesAccount } from './account.ts';
import {
  type Cast,
  entryAbout,
  type Forwarded,
  type Forwarding,
  type Page,
  type Preview,
  type Refusal,
} from './cast.ts';
import { noToEverything, yes } from './consents.ts';
import { EXPECTED, type Expected } from './expected.ts';
import { tellJourney } from './journey.ts';
import type { Answer, Partner } from './partner.ts';
import { reads, readsNothing } from './readings.ts';
import { categoriesOf, contentOf, dayOf, named, reasonsOf, whyNot } from './words.ts';
import { tellYouth } from './youth.ts';

export async function tellStory(cast: Cast, expected: Expected = EXPECTED): Promise<void> {
  const { narrator, client } = cast;
  const { vorname } = client.stammdaten;

  narrator.chapter('The ARGE asks for help');
  const slip = await asksForHelp(cast, expected);

  narrator.chapter(`${vorname} agrees to some of it`);
  const received = await agreesToSome(cast, expected, slip);

  narrator.chapter('For her health she signs');
  const withHealth = await agreesInWriting(cast, expected, slip);

  narrator.chapter('The counselling service answers, and the way back needs a yes of its own');
  const reply = await answers(cast, expected, slip, received);

  narrator.chapter(`${vorname} says no`);
  await saysNo(cast, expected, { slip, received, withHealth, reply });

  narrator.chapter(`${vorname} asks: who has seen what about me?`);
  narrator.step('The ARGE', 'prints her list: what went when, from whom to whom, what for, on what basis, until when.');
  await givesAccount(cast, slip.clientId, expected.account);

  await tellJourney(cast);
  await tellYouth(cast);
}

/** The ARGE's Laufzettel. */
interface Slip {
  path: string;
  clientId: string;
  entryIds: Partial<Record<Category, string>>;
}

async function asksForHelp({ arge, diakonie, client, narrator }: Cast, expected: Expected): Promise<Slip> {
  const { step, told, shows, check } = narrator;
  const { vorname, familienname } = client.stammdaten;

  step('The ARGE', 'looks for a counselling service that speaks Arabic with adults.');
  const { items: agencies } = await told(arge.get<Page<AgencyView>>('/v1/agencies?limit=50'), 200);
  const fitting = agencies.filter(
    ({ kind, languages, targetGroups }) =>
      kind === 'BERATUNGSSTELLE' && languages.includes('ar') && targetGroups.includes('ERWACHSENE'),
  );
  const found = fitting.map(({ name }) => name);
  check(`there is one: ${found.join(', ')}`, found, [diakonie.agency.name]);

  step('The ARGE', `opens a file on ${vorname} ${familienname} and writes a Laufzettel that asks for counselling.`);
  const file = await told(arge.post<ClientView>('/v1/clients', { fileReference: 'BG-2026-0042' }), 201);
  const categories = ['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'LEISTUNG', 'GESUNDHEIT'] as const;
  const entries = categories.map((category) => entryAbout(client, category));
  const about = { clientId: file.id, kind: 'BERATUNGSANFRAGE', purpose: 'BERATUNG' };
  const written = await told(arge.post<LaufzettelView>('/v1/laufzettel', { ...about, entries }), 201);
  shows(...entries.map(({ category, payload }) => `${named(category)}: ${contentOf(payload)}`));
  check('five entries, one category each; so far they are with the ARGE alone', written.entryIds.length, 5);
  const entryIds = Object.fromEntries(categories.map((category, index) => [category, written.entryIds[index]]));
  const slip = { path: `/v1/laufzettel/${written.id}`, clientId: file.id, entryIds };

  step('The ARGE', `forwards it to the Diakonieverein Migration. Nobody has asked ${vorname} yet.`);
  const refused = await told(forward<Refusal>(arge, slip.path, diakonie), 403);
  shows(...refused.withheld.map(whyNot));
  check('nothing goes, and each entry says why', reasonsOf(refused.withheld), expected.refusedAtFirst);
  check('a request to counsel somebody needs at least these', refused.missingCore, expected.missingCore);
  const inbox = await told(diakonie.get<Page<ForwardingHeaderView>>('/v1/inbox'), 200);
  check('the counselling service has received nothing, not even a notice', inbox.items, []);
  return slip;
}

/** What the counselling service holds. */
interface Received {
  forwardingId: string;
  /** Its own handle on her. */
  clientId: string;
}

async function agreesToSome(cast: Cast, expected: Expected, slip: Slip): Promise<Received> {
  const { arge, diakonie, tgsh, client, narrator } = cast;
  const { step, told, shows, check } = narrator;
  const { goesAfterSpokenYes: goes, staysAfterSpokenYes: stays } = expected;

  step(client.stammdaten.vorname!, 'says yes at the desk: to who she is, her contact, her languages and her health.');
  const consent = yes({
    recipient: diakonie.agency.id,
    purpose: 'BERATUNG',
    categories: ['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'GESUNDHEIT'],
    form: 'ORAL',
    text: 'The ARGE may tell the Diakonieverein who I am, how to reach me, my languages and my health, for counselling.',
    evidenceRef: 'Gesprächsvermerk, Blatt 1',
  });
  const given = await told(arge.post<StatementView>(`/v1/clients/${slip.clientId}/statements`, consent), 201);
  shows(
    `recorded by the ARGE: spoken, to the Diakonieverein alone, for counselling, until ${dayOf(given.validUntil!)}`,
  );
  check('a yes names each category; it names four', given.categories?.length, 4);

  step('The ARGE', 'asks what would go now. This preview sends nothing.');
  const preview = await told(arge.post<Preview>(`${slip.path}/preview`, { recipient: diakonie.agency.id }), 200);
  shows(...preview.permitted.map(({ category }) => `may go: ${named(category)}`), ...preview.withheld.map(whyNot));
  check('three may go', categoriesOf(preview.permitted), goes);
  check('two stay', reasonsOf(preview.withheld), stays);

  step('The ARGE', 'forwards the Laufzettel.');
  const { forwarding, withheld } = await told(forward<Forwarded>(arge, slip.path, diakonie), 201);
  shows(...forwarding.disclosed.map((one) => `gone: ${named(one.category)}, until ${dayOf(one.goodUntil!)} at most`));
  check('three went', categoriesOf(forwarding.disclosed), goes);
  check('two stayed', reasonsOf(withheld), stays);
  const path = `/v1/forwardings/${forwarding.id}`;

  step('The counselling service', 'finds it in its inbox and reads it (reading through the second door, GraphQL).');
  const { items } = await told(diakonie.get<Page<ForwardingHeaderView>>('/v1/inbox'), 200);
  const inbox = items.map(({ id, status }) => ({ id, status }));
  check('one request has come, unread', inbox, [{ id: forwarding.id, status: 'SENT' }]);
  const read = await reads(cast, diakonie, forwarding.id, { expected: goes, withheld: ['LEISTUNG', 'GESUNDHEIT'] });
  check('it knows her by a number of its own, so that nobody can match files', read.clientId === slip.clientId, false);

  step('The counselling service', 'accepts the case.');
  const { version: expectedVersion } = read;
  const accepted = await told(diakonie.post<ForwardingHeaderView>(`${path}/accept`, { expectedVersion }), 200);
  check('it is accepted', accepted.status, 'ACCEPTED');
  const seen = await told(arge.get<Forwarding>(path), 200);
  check('the ARGE sees that', seen.status, 'ACCEPTED');

  step('The Türkische Gemeinde', 'signed the same agreement, has nothing to do with the case, and tries that address.');
  const refused = await told(tgsh.get<{ code: string }>(path), 404);
  check('for everybody else there is no such thing', refused.code, 'not-found');
  return { forwardingId: forwarding.id, clientId: read.clientId };
}

async function agreesInWriting(cast: Cast, expected: Expected, slip: Slip): Promise<string> {
  const { arge, diakonie, client, narrator } = cast;
  const { step, told, shows, check } = narrator;
  const { goesAfterWrittenYes: goes } = expected;

  step(client.stammdaten.vorname!, 'has it explained in Arabic, and signs a consent that names her health expressly.');
  const consent = yes({
    recipient: diakonie.agency.id,
    purpose: 'BERATUNG',
    categories: ['GESUNDHEIT'],
    form: 'WRITTEN',
    text: 'The ARGE may tell the Diakonieverein what my health lets me do at work (Art. 9 GDPR), for counselling.',
    evidenceRef: 'Einwilligung, Blatt 2',
  });
  const given = await told(arge.post<StatementView>(`/v1/clients/${slip.clientId}/statements`, consent), 201);
  shows('recorded by the ARGE; the sheet stays in its file, the exchange keeps a fingerprint of the text');
  check('written and explicit', [given.form, given.explicitSpecialCategories], ['WRITTEN', true]);

  step('The ARGE', 'forwards the Laufzettel again, with her health.');
  const entryIds = goes.map((category) => slip.entryIds[category]);
  const { forwarding, withheld } = await told(forward<Forwarded>(arge, slip.path, diakonie, { entryIds }), 201);
  check('all of it went', categoriesOf(forwarding.disclosed), goes);
  check('nothing of it stayed', withheld, []);

  step('The counselling service', 'reads it.');
  await reads(cast, diakonie, forwarding.id, { expected: goes, withheld: ['LEISTUNG'] });
  return forwarding.id;
}

async function answers(cast: Cast, expected: Expected, slip: Slip, received: Received): Promise<string> {
  const { arge, diakonie, client, narrator } = cast;
  const { step, told, shows, check } = narrator;
  const { vorname } = client.stammdaten;

  step('The counselling service', `has met ${vorname} and writes a Laufzettel for the ARGE.`);
  const categories = ['RUECKMELDUNG', 'BERATUNGSNOTIZ', 'AUFENTHALT'] as const;
  const entries = categories.map((category) => entryAbout(client, category));
  const about = { clientId: received.clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' };
  const entryIds = [slip.entryIds.STAMMDATEN];
  const written = await told(diakonie.post<LaufzettelView>('/v1/laufzettel', { ...about, entryIds, entries }), 201);
  shows(...entries.map(({ category, payload }) => `${named(category)}: ${contentOf(payload)}`));
  check('three entries of its own, and who she is, which the ARGE wrote itself', written.entryIds.length, 4);
  const path = `/v1/laufzettel/${written.id}`;

  step('The counselling service', 'forwards it. What she allowed the ARGE does not count in this direction.');
  const refused = await told(forward<Refusal>(diakonie, path, arge), 403);
  shows(...refused.withheld.map(whyNot));
  check('nothing goes, and each entry says why', reasonsOf(refused.withheld), expected.answerRefusedAtFirst);

  step(vorname!, 'agrees in writing that the ARGE learns what came of it, and her residence status.');
  const consent = yes({
    recipient: arge.agency.id,
    purpose: 'BERATUNG',
    categories: ['RUECKMELDUNG', 'AUFENTHALT'],
    form: 'WRITTEN',
    text: 'The Diakonieverein may tell the ARGE what came of the counselling, and my residence status.',
    evidenceRef: 'Einwilligung, Akte 17',
  });
  const statements = `/v1/clients/${received.clientId}/statements`;
  const given = await told(diakonie.post<StatementView>(statements, consent), 201);
  check('recorded by the counselling service', given.recordedBy, diakonie.agency.id);

  step('The counselling service', 'forwards it again.');
  const { forwarding, withheld } = await told(forward<Forwarded>(diakonie, path, arge), 201);
  shows(...forwarding.disclosed.map(({ category }) => `gone: ${named(category)}`), ...withheld.map(whyNot));
  check('what came of it went', categoriesOf(forwarding.disclosed), expected.goesBack);
  check('the note and her residence status stayed', reasonsOf(withheld), expected.staysWithCounsellor);

  step('The ARGE', 'reads the answer.');
  const kept = ['BERATUNGSNOTIZ', 'AUFENTHALT'] as const;
  const read = await reads(cast, arge, forwarding.id, { expected: expected.goesBack, withheld: kept });
  check('it is about the file that the ARGE opened', read.clientId, slip.clientId);
  return forwarding.id;
}

interface SoFar {
  slip: Slip;
  received: Received;
  withHealth: string;
  reply: string;
}

async function saysNo(cast: Cast, expected: Expected, { slip, received, withHealth, reply }: SoFar): Promise<void> {
  const { arge, diakonie, client, narrator } = cast;
  const { step, told, shows, check } = narrator;

  step(client.stammdaten.vorname!, 'tells the counselling service: "Stop everything." A no can be said anywhere.');
  const variables = { client: received.clientId, input: noToEverything() };
  const no = await told(diakonie.graphql<StatementView>(SAY_NO, variables), 200);
  const limits = [no.discloser, no.recipient, no.purpose, no.categories];
  check('recorded, without any limit, and so it means everything', limits, [null, null, null, null]);

  step('The counselling service', 'reads once more what it could read a moment ago.');
  await readsNothing(cast, diakonie, received.forwardingId, expected.goesAfterSpokenYes);
  await readsNothing(cast, diakonie, withHealth, expected.goesAfterWrittenYes);

  step('The ARGE', 'reads once more the answer that it got.');
  await readsNothing(cast, arge, reply, expected.goesBack);

  step('The ARGE', 'forwards its Laufzettel again all the same.');
  const refused = await told(forward<Refusal>(arge, slip.path, diakonie), 403);
  shows(...refused.withheld.map(whyNot));
  check('nothing goes', reasonsOf(refused.withheld), expected.refusedAtLast);
}

const SAY_NO = `mutation SayNo($client: ID!, $input: StatementInput!) {
  recordStatement(clientId: $client, input: $input) { id decision discloser recipient purpose categories }
}`;

const forward = <Body>(from: Partner, path: string, to: Partner, more: object = {}): Promise<Answer<Body>> =>
  from.post<Body>(`${path}/forwardings`, { recipient: to.agency.id, ...more });
