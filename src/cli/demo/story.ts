/**
 * The Pinneberg story: a Laufzettel travels from the ARGE to a counselling service, an answer travels back, and the client
 * ends both by one sentence. Every step is a request over HTTP to a service that knows nothing of being watched.
 */
import type { z } from 'zod';
import type { AgencyView } from '../../contract/agencies.ts';
import type { ClientView, disclosureView } from '../../contract/clients.ts';
import type { StatementView } from '../../contract/consent.ts';
import type { ForwardingHeaderView, forwardedView, forwardingView, previewView } from '../../contract/forwardings.ts';
import type { LaufzettelView } from '../../contract/laufzettel.ts';
import type { Category } from '../../domain/catalogue.ts';
import { noToEverything, yes } from './consents.ts';
import { EXPECTED, type Expected } from './expected.ts';
import type { Narrator } from './narrator.ts';
import type { Answer, Partner } from './partner.ts';
import type { InventedPerson } from './persons.ts';
import {
  categoriesOf,
  contentOf,
  dayOf,
  moment,
  named,
  reasonsOf,
  tellingValues,
  type Withheld,
  whyNot,
} from './words.ts';

/** Everybody who takes part. */
export interface Cast {
  arge: Partner;
  /** The counselling service. */
  diakonie: Partner;
  /** A partner of the same agreement whom this case does not concern. */
  tgsh: Partner;
  /** Invented. */
  client: InventedPerson;
  narrator: Narrator;
}

type Forwarding = z.infer<typeof forwardingView>;
type Preview = z.infer<typeof previewView>;
type Forwarded = z.infer<typeof forwardedView>;
type Disclosure = z.infer<typeof disclosureView>;
interface Refusal {
  code: string;
  withheld: Withheld[];
  missingCore: Category[];
}
interface Page<Item> {
  items: Item[];
}

const READ = `query ReadForwarding($id: ID!) {
  forwarding(forwardingId: $id) {
    status version clientId
    entries { id category payload }
    closedEntries { entryId category closedAt }
  }
}`;
const WITHDRAW = `mutation SayNo($client: ID!, $input: StatementInput!) {
  recordStatement(clientId: $client, input: $input) { id decision discloser recipient purpose categories recordedAt }
}`;

export async function tellStory(cast: Cast, expected: Expected = EXPECTED): Promise<void> {
  const slip = await asksForHelp(cast, expected);
  const first = await agreesToSome(cast, expected, slip);
  const second = await agreesInWriting(cast, expected, slip);
  const reply = await answers(cast, expected, slip, first);
  await saysNo(cast, expected, slip, { out: [first.id, second], back: reply });
  await givesAccount(cast, expected, slip);
}

/** The ARGE's slip, and what is on it. */
interface Slip {
  path: string;
  clientId: string;
  /** By category. */
  entryIds: Partial<Record<Category, string>>;
}

async function asksForHelp(cast: Cast, expected: Expected): Promise<Slip> {
  const { arge, diakonie, client, narrator } = cast;
  const { step, told, shows, check } = narrator;
  narrator.chapter('The ARGE asks for help');

  step('The ARGE', 'looks for a counselling service that speaks Arabic with adults.');
  const { items: agencies } = await told(arge.get<Page<AgencyView>>('/v1/agencies?limit=50'), 200);
  const fitting = agencies.filter(
    ({ kind, languages, targetGroups }) =>
      kind === 'BERATUNGSSTELLE' && languages.includes('ar') && targetGroups.includes('ERWACHSENE'),
  );
  check(
    `found: ${diakonie.agency.name}`,
    fitting.map(({ id }) => id),
    [diakonie.agency.id],
  );

  const { vorname, familienname } = client.stammdaten;
  step('The ARGE', `opens a file on ${vorname} ${familienname}, who is invented, and writes a Laufzettel about her.`);
  const file = await told(arge.post<ClientView>('/v1/clients', { fileReference: 'BG-2026-0042' }), 201);
  const entries = (['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'LEISTUNG', 'GESUNDHEIT'] as const).map((category) => ({
    category,
    payload: client[category.toLowerCase() as Lowercase<typeof category>],
  }));
  const written = await told(
    arge.post<LaufzettelView>('/v1/laufzettel', {
      clientId: file.id,
      kind: 'BERATUNGSANFRAGE',
      purpose: 'BERATUNG',
      entries,
    }),
    201,
  );
  shows(...entries.map(({ category, payload }) => `${named(category)}: ${contentOf(payload)}`));
  check('five pieces, and each stays with the ARGE until it is forwarded', written.entryIds.length, entries.length);
  const slip: Slip = {
    path: `/v1/laufzettel/${written.id}`,
    clientId: file.id,
    entryIds: Object.fromEntries(entries.map(({ category }, index) => [category, written.entryIds[index]])),
  };

  step('The ARGE', `forwards it to the ${diakonie.agency.name}. Nobody has asked ${vorname} yet.`);
  const refused = await told(forward<Refusal>(arge, slip.path, diakonie), 403);
  shows(...refused.withheld.map(whyNot));
  check('each piece is withheld, with its reason', reasonsOf(refused.withheld), expected.refusedAtFirst);
  check('without who she is and how to reach her, there is nothing to send', refused.missingCore, expected.missingCore);
  const inbox = await told(diakonie.get<Page<ForwardingHeaderView>>('/v1/inbox'), 200);
  check('the counselling service has received nothing, not even a notice', inbox.items, []);
  return slip;
}

async function agreesToSome(cast: Cast, expected: Expected, slip: Slip): Promise<Received> {
  const { arge, diakonie, tgsh, client, narrator } = cast;
  const { step, told, shows, check } = narrator;
  const { vorname } = client.stammdaten;
  narrator.chapter(`${vorname} agrees to some of it`);

  step(vorname!, 'says yes at the desk, to who she is, her contact, her languages and her health.');
  const given = await told(
    arge.post<StatementView>(
      `/v1/clients/${slip.clientId}/statements`,
      yes({
        recipient: diakonie.agency.id,
        purpose: 'BERATUNG',
        categories: ['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'GESUNDHEIT'],
        form: 'ORAL',
        text: 'The ARGE may tell the Diakonieverein who I am, how to reach me, my languages and my health, for counselling.',
        evidenceRef: 'Gesprächsvermerk 1',
      }),
    ),
    201,
  );
  shows(`recorded by the ARGE on ${moment(given.recordedAt)}, spoken, good until ${dayOf(given.validUntil!)}`);
  check('it names one recipient, one purpose and these four categories', given.categories?.toSorted(), [
    'GESUNDHEIT',
    'KONTAKT',
    'SPRACHE',
    'STAMMDATEN',
  ]);

  step('The ARGE', 'asks what would go now. A preview sends nothing.');
  const preview = await told(arge.post<Preview>(`${slip.path}/preview`, { recipient: diakonie.agency.id }), 200);
  shows(...preview.permitted.map(({ category }) => `may go: ${named(category)}`), ...preview.withheld.map(whyNot));
  check('three may go', categoriesOf(preview.permitted), expected.goesAfterSpokenYes);
  check('two stay, with the reason', reasonsOf(preview.withheld), expected.staysAfterSpokenYes);

  step('The ARGE', 'forwards the Laufzettel.');
  const sent = await told(forward<Forwarded>(arge, slip.path, diakonie), 201);
  check('what may go has gone', categoriesOf(sent.forwarding.disclosed), expected.goesAfterSpokenYes);
  check('the others stayed with the ARGE', reasonsOf(sent.withheld), expected.staysAfterSpokenYes);

  step('The counselling service', 'looks into its inbox and reads (this time through the GraphQL door).');
  const inbox = await told(diakonie.get<Page<ForwardingHeaderView>>('/v1/inbox'), 200);
  const { id } = sent.forwarding;
  check(
    'one request, not read yet',
    inbox.items.map((item) => [item.id, item.status]),
    [[id, 'SENT']],
  );
  const read = await reads(cast, diakonie, id, expected.goesAfterSpokenYes, ['LEISTUNG', 'GESUNDHEIT']);
  check(
    'the ARGE is told that it was delivered',
    (await arge.get<Forwarding>(`/v1/forwardings/${id}`)).body.status,
    'DELIVERED',
  );
  check('it knows her by a number of its own, so files cannot be matched', read.clientId === slip.clientId, false);

  step('The counselling service', 'accepts.');
  const accepted = await told(
    diakonie.post<ForwardingHeaderView>(`/v1/forwardings/${id}/accept`, { expectedVersion: read.version }),
    200,
  );
  check('the case is accepted', accepted.status, 'ACCEPTED');

  step('The Türkische Gemeinde', 'signed the same agreement and tries the same address out of curiosity.');
  const refused = await told(tgsh.get<{ code: string }>(`/v1/forwardings/${id}`), 404);
  check('for everybody else it does not exist', refused.code, 'not-found');
  return { id, clientId: read.clientId, stammdaten: slip.entryIds.STAMMDATEN! };
}

/** What the counselling service holds. */
interface Received {
  id: string;
  /** Its own handle on her. */
  clientId: string;
  /** The entry that says who she is. */
  stammdaten: string;
}

async function agreesInWriting(cast: Cast, expected: Expected, slip: Slip): Promise<string> {
  const { arge, diakonie, client, narrator } = cast;
  const { step, told, shows, check } = narrator;
  const { vorname } = client.stammdaten;
  narrator.chapter('For her health she signs');

  step(vorname!, 'has read what it is about, in Arabic, and signs a consent that names her health expressly.');
  const given = await told(
    arge.post<StatementView>(
      `/v1/clients/${slip.clientId}/statements`,
      yes({
        recipient: diakonie.agency.id,
        purpose: 'BERATUNG',
        categories: ['GESUNDHEIT'],
        form: 'WRITTEN',
        text: 'The ARGE may tell the Diakonieverein what I can do at work in spite of my health (Art. 9 GDPR), for counselling.',
        evidenceRef: 'Einwilligung, Blatt 2 der Akte',
      }),
    ),
    201,
  );
  shows(`recorded by the ARGE on ${moment(given.recordedAt)}, in writing; the signed sheet stays in its file`);

  step('The ARGE', 'forwards the Laufzettel once more, with her health.');
  const entryIds = expected.goesAfterWrittenYes.map((category) => slip.entryIds[category]);
  const sent = await told(forward<Forwarded>(arge, slip.path, diakonie, { entryIds }), 201);
  check('all of it has gone', categoriesOf(sent.forwarding.disclosed), expected.goesAfterWrittenYes);
  check('nothing of it stayed', sent.withheld, []);
  const { id } = sent.forwarding;

  step('The counselling service', 'reads it.');
  await reads(cast, diakonie, id, expected.goesAfterWrittenYes, ['LEISTUNG']);
  return id;
}

async function answers(cast: Cast, expected: Expected, slip: Slip, received: Received): Promise<string> {
  const { arge, diakonie, client, narrator } = cast;
  const { step, told, shows, check } = narrator;
  const { vorname } = client.stammdaten;
  narrator.chapter('The counselling service answers, and the way back needs a yes of its own');

  step('The counselling service', `has met ${vorname} and writes a Laufzettel to the ARGE about what came of it.`);
  const entries = (['RUECKMELDUNG', 'BERATUNGSNOTIZ', 'AUFENTHALT'] as const).map((category) => ({
    category,
    payload: client[category.toLowerCase() as Lowercase<typeof category>],
  }));
  const written = await told(
    diakonie.post<LaufzettelView>('/v1/laufzettel', {
      clientId: received.clientId,
      kind: 'FALLMITTEILUNG',
      purpose: 'BERATUNG',
      entryIds: [received.stammdaten],
      entries,
    }),
    201,
  );
  shows(...entries.map(({ category, payload }) => `${named(category)}: ${contentOf(payload)}`));
  check('three pieces of its own, and who she is, which the ARGE wrote itself', written.entryIds.length, 4);
  const path = `/v1/laufzettel/${written.id}`;

  step('The counselling service', 'forwards it. What she told the ARGE does not count in this direction.');
  const refused = await told(forward<Refusal>(diakonie, path, arge), 403);
  shows(...refused.withheld.map(whyNot));
  check('each piece is withheld, with all its reasons', reasonsOf(refused.withheld), expected.answerRefusedAtFirst);

  step(vorname!, 'agrees, in writing, that the ARGE learns what came of it and her residence status.');
  await told(
    diakonie.post<StatementView>(
      `/v1/clients/${received.clientId}/statements`,
      yes({
        recipient: arge.agency.id,
        purpose: 'BERATUNG',
        categories: ['RUECKMELDUNG', 'AUFENTHALT'],
        form: 'WRITTEN',
        text: 'The Diakonieverein may tell the ARGE what came of the counselling and my residence status.',
        evidenceRef: 'Einwilligung, Akte 17',
      }),
    ),
    201,
  );

  step('The counselling service', 'forwards it again.');
  const sent = await told(forward<Forwarded>(diakonie, path, arge), 201);
  shows(...sent.forwarding.disclosed.map(({ category }) => `gone: ${named(category)}`), ...sent.withheld.map(whyNot));
  check('what came of it has gone', categoriesOf(sent.forwarding.disclosed), expected.goesBack);
  check('the note and her residence status stayed', reasonsOf(sent.withheld), expected.staysWithCounsellor);
  const { id } = sent.forwarding;

  step('The ARGE', 'reads the answer.');
  const read = await reads(cast, arge, id, expected.goesBack, ['BERATUNGSNOTIZ', 'AUFENTHALT']);
  check('it stands in the file that the ARGE already has on her', read.clientId, slip.clientId);
  return id;
}

async function saysNo(
  cast: Cast,
  expected: Expected,
  slip: Slip,
  forwardings: { out: string[]; back: string },
): Promise<void> {
  const { arge, diakonie, client, narrator } = cast;
  const { step, told, shows, check } = narrator;
  const { vorname } = client.stammdaten;
  narrator.chapter(`${vorname} says no`);

  step(vorname!, 'tells the counselling service: "Stop everything." It need not be the ARGE; a no works anywhere.');
  const { clientId } = (await diakonie.get<Forwarding>(`/v1/forwardings/${forwardings.out[0]}`)).body;
  const { content: no } = await told(
    diakonie.graphql<StatementView>(WITHDRAW, { client: clientId, input: noToEverything() }),
    200,
  );
  check(
    'recorded; it leaves out every limit, and so it means everything',
    [no.decision, no.discloser, no.recipient, no.purpose, no.categories],
    ['WITHDRAWN', null, null, null, null],
  );

  step('The counselling service', 'reads again what it could read a moment ago.');
  for (const id of forwardings.out)
    await readsNothing(cast, diakonie, id, ['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'GESUNDHEIT']);

  step('The ARGE', 'reads again the answer that it got.');
  await readsNothing(cast, arge, forwardings.back, ['RUECKMELDUNG']);

  step('The ARGE', 'forwards the Laufzettel again all the same.');
  const refused = await told(forward<Refusal>(arge, slip.path, diakonie), 403);
  shows(...refused.withheld.slice(0, 1).map(whyNot), 'and so on for each');
  check('each piece is withheld: she took her yes back', reasonsOf(refused.withheld), expected.refusedAtLast);
}

async function givesAccount(cast: Cast, expected: Expected, slip: Slip): Promise<void> {
  const { arge, diakonie, client, narrator } = cast;
  const { step, told, shows, check } = narrator;
  const { vorname } = client.stammdaten;
  narrator.chapter(`${vorname} asks: who has seen what about me?`);

  step('The ARGE', 'prints the list for her: what went from whom to whom, when, for what, until when.');
  const { items } = await told(arge.get<Page<Disclosure>>(`/v1/clients/${slip.clientId}/disclosures`), 200);
  const { items: statements } = await told(
    arge.get<Page<StatementView>>(`/v1/clients/${slip.clientId}/statements`),
    200,
  );
  const nameOf = (agencyId: string) =>
    [arge, diakonie].find(({ agency }) => agency.id === agencyId)?.agency.name ?? 'somebody else';
  const given = (category: Category, at: string) =>
    statements
      .filter((one) => one.decision === 'GIVEN' && one.categories?.includes(category) && one.recordedAt <= at)
      .toSorted((one, other) => (one.recordedAt < other.recordedAt ? 1 : -1))[0];
  const inOrder = items.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  for (const { category, from, to, purpose, openedAt, fetchedAt, closedAt } of inOrder) {
    const basis = from === arge.agency.id ? given(category, openedAt) : undefined;
    shows(
      `${named(category)}: from ${nameOf(from)} to ${nameOf(to)} for ${purpose}, sent ${moment(openedAt)}, ` +
        `${fetchedAt ? 'read' : 'never read'}, ended ${closedAt ? moment(closedAt) : 'not yet'}; ` +
        `basis: ${basis ? `her ${basis.form === 'ORAL' ? 'spoken' : 'written'} yes` : 'her yes, recorded by the sender'}`,
    );
  }
  check('seven pieces in all', categoriesOf(inOrder), expected.account);
  check(
    'each was read once it was there, and each has ended',
    items.every(({ fetchedAt, closedAt }) => fetchedAt !== null && closedAt !== null),
    true,
  );
  check(
    'her no stands in the list of what she said, without a word on who wrote it down',
    statements.filter(({ decision }) => decision === 'WITHDRAWN').map(({ recordedBy }) => recordedBy),
    [null],
  );
}

const forward = <Body>(from: Partner, path: string, to: Partner, more: object = {}): Promise<Answer<Body>> =>
  from.post<Body>(`${path}/forwardings`, { recipient: to.agency.id, ...more });

/** The recipient reads a forwarding, gets these categories to the letter, and has never been told anything of the others. */
async function reads(
  { client, narrator }: Cast,
  reader: Partner,
  id: string,
  expected: readonly Category[],
  withheld: readonly Category[],
): Promise<Forwarding> {
  const { told, shows, check } = narrator;
  const { content: read } = await told(reader.graphql<Forwarding>(READ, { id }), 200);
  shows(...read.entries.map(({ category, payload }) => `${named(category)}: ${contentOf(payload)}`));
  check('it reads exactly what she agreed to', categoriesOf(read.entries), expected);
  check(
    'and reads it as it was written',
    read.entries.map(({ payload }) => payload),
    read.entries.map(({ category }) => payloadOf(client, category)),
  );
  const secrets = tellingValues(withheld.map((category) => payloadOf(client, category)));
  check(
    `none of its ${reader.heard.length} answers so far holds a word of: ${withheld.join(', ')}`,
    secrets.filter((secret) => reader.heard.some((answer) => answer.includes(secret))),
    [],
  );
  return read;
}

/** The same reading after the no: which entries it had, that they ended, and nothing of what stood in them. */
async function readsNothing(
  { client, narrator }: Cast,
  reader: Partner,
  id: string,
  had: readonly Category[],
): Promise<void> {
  const { told, check } = narrator;
  const before = reader.heard.length;
  const { content: read } = await told(reader.graphql<Forwarding>(READ, { id }), 200);
  check('nothing can be read any more', [read.status, read.entries], ['BLOCKED', []]);
  check(
    `it sees that ${read.closedEntries.length} ended, to stop using them; not why`,
    read.closedEntries.every(({ category }) => had.includes(category)) && read.closedEntries.length > 0,
    true,
  );
  const gone = tellingValues(had.map((category) => payloadOf(client, category)));
  const answer = reader.heard.slice(before).join('\n');
  check(
    'not a word of what stood in them is in the answer',
    gone.filter((value) => answer.includes(value)),
    [],
  );
}

const payloadOf = (client: InventedPerson, category: Category) => client[category.toLowerCase() as Lowercase<Category>];
