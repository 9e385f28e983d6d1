/** A conference for the desk: as an event for a calendar and as a page to print, by Accept, of the very same answer. */
import { get, plan, put, step } from '../operations/conferring.ts';
import { forward, sayYes } from '../operations/world.ts';
import { systemAt } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const { token } = await exchange.as('arge');
const arge = systemAt('REST', exchange.url, token);
const caritas = systemAt('REST', exchange.url, (await exchange.as('caritas')).token);
/** Names are free text: commas and semicolons mean something in a calendar, angle brackets on a page. */
await exchange.sql('UPDATE agency SET name = $2 WHERE id = $1', [
  AGENCY.caritas,
  'Caritas, Träger; <b>Büro für Öffentlichkeit</b>',
]);

const { id } = await plan(exchange, arge, AGENCY.caritas, {
  beginsAt: '2027-01-12T09:00:00.000Z',
  endsAt: '2027-01-12T10:30:00.000Z',
  place: 'OFFICE_PARTNER',
});
const FILE_REFERENCE = 'MB-2026-0815 <i>';
const { id: clientId } = await arge.done('createClient', { body: { fileReference: FILE_REFERENCE } });
await sayYes(arge, clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'], purpose: 'FALLBESPRECHUNG' });
const { id: laufzettelId } = await arge.done('createLaufzettel', {
  body: {
    clientId,
    kind: 'FALLBESPRECHUNG',
    purpose: 'FALLBESPRECHUNG',
    entries: [{ category: 'STAMMDATEN', payload: { familienname: 'Beispielmann', vorname: 'Ada' } }],
  },
});
const sent = await forward(arge, { laufzettelId }, AGENCY.caritas);
if (!sent.ok) throw new Error(sent.bytes);
await put(arge, id, { laufzettelId });

const as = (accept: string, by = token) =>
  fetch(`${exchange.url}/v1/conferences/${id}`, { headers: { authorization: `Bearer ${by}`, accept } });

t.test('as an event of a calendar it has its time and its two agencies, and nothing of the agenda', async (t) => {
  const answer = await as('text/calendar');
  t.match(answer.headers.get('content-type'), 'text/calendar');
  t.match(answer.headers.get('vary'), /accept/);
  t.equal(answer.headers.get('content-disposition'), 'attachment; filename="fallbesprechung.ics"');
  const text = await answer.text();
  t.ok(text.endsWith('END:VEVENT\r\nEND:VCALENDAR\r\n'));
  const octets = text.split('\r\n').map((line) => Buffer.byteLength(line));
  t.ok(Math.max(...octets) <= 75, 'RFC 5545 section 3.1');
  t.ok(text.includes('\r\n '), 'the long line was folded');
  const lines = text.replaceAll('\r\n ', '').split('\r\n');
  for (const line of [
    `UID:urn:uuid:${id}`,
    'SEQUENCE:0',
    'DTSTART:20270112T090000Z',
    'DTEND:20270112T103000Z',
    'SUMMARY:Fallbesprechung',
    'STATUS:TENTATIVE',
    'LOCATION:bei Caritas\\, Träger\\; <b>Büro für Öffentlichkeit</b>',
  ]) {
    t.ok(lines.includes(line), line);
  }
  t.notMatch(text, new RegExp(`${laufzettelId}|${clientId}|MB-2026`));

  await step(caritas, 'acceptConference', id);
  const accepted = (await (await as('text/calendar')).text()).split('\r\n');
  t.ok(accepted.includes('STATUS:CONFIRMED') && accepted.includes('SEQUENCE:1'));
});

t.test('as a page it has the agenda by own file references, and what is free text is text', async (t) => {
  const answer = await as('text/html');
  t.match(answer.headers.get('content-security-policy'), "default-src 'none'");
  t.equal(answer.headers.get('content-language'), 'de');
  const page = await answer.text();
  t.match(page, 'Fallbesprechung am 12.01.2027 10:00 Uhr');
  t.match(page, 'MB-2026-0815 &lt;i&gt;');
  t.match(page, 'geplant, zugesagt');
  t.match(page, laufzettelId.slice(-12));
  t.notMatch(page, /<b>Büro|<script|<i>/);
  const theirs = await (await as('text/html', (await exchange.as('caritas')).token)).text();
  t.notMatch(theirs, 'MB-2026', 'the other side has its own');
  t.match(theirs, laufzettelId.slice(-12));
});

t.test('what has dropped off is not printed', async (t) => {
  const withdrawn = { decision: 'WITHDRAWN', statedAt: new Date().toISOString(), statedBy: 'PERSON', ageBand: 'ADULT' };
  await arge.done('recordStatement', { params: { clientId }, body: withdrawn });
  t.same(
    (await get(arge, id)).agenda.map((item: { dropped: boolean }) => item.dropped),
    [true],
  );
  const page = await (await as('text/html')).text();
  t.match(page, 'Nichts auf der Tagesordnung.');
  t.notMatch(page, 'MB-2026');
  await step(caritas, 'cancelConference', id);
  t.match(await (await as('text/calendar')).text(), 'STATUS:CANCELLED');
  t.match(await (await as('text/html')).text(), 'abgesagt');
});
