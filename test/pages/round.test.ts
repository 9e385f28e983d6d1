/** A round for the desk: as a page to print and as a table, by Accept, of the very same answer. */
import { preferredType } from '../../src/rest/representations.ts';
import { forward, sayYes, stopClock } from '../operations/world.ts';
import { sign, systemAt } from '../support/both-doors.ts';
import { openBrowser, watchForeignConnections } from '../support/browser.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { publishDueRounds } from '../support/rounds-job.ts';
import { t } from '../support/t.ts';

t.setTimeout(120_000);

const exchange = await startExchange();
t.teardown(() => exchange.close());

const TITLE = '=Vereinbarung "Kreis"; <b>2026</b>';
const FORMULA = '=HYPERLINK("http://angreifer.example";"Akte")';

await stopClock(exchange, '2026-12-01T09:00:00.000Z');
const { token } = await exchange.as('arge');
const arge = systemAt('REST', exchange.url, token);
const caritas = systemAt('REST', exchange.url, (await exchange.as('caritas')).token);
const { id: agreementId } = await arge.done('createAgreement', {
  body: {
    title: TITLE,
    parties: [AGENCY.arge, AGENCY.caritas],
    purposes: ['BERATUNG'],
    categories: ['STAMMDATEN'],
    from: '2026-12-01',
    turnus: 'FREQ=WEEKLY;BYDAY=MO',
  },
});
for (const by of [arge, caritas]) await sign(by, agreementId);

/** A case with that file reference of the ARGE's own. */
async function send(fileReference: string, more: object = {}): Promise<string> {
  const { id: clientId } = await arge.done('createClient', { body: { fileReference } });
  await sayYes(arge, clientId, {
    recipient: AGENCY.caritas,
    categories: ['STAMMDATEN'],
    statedAt: '2026-11-20',
    validFrom: '2026-11-20',
    validUntil: '2027-01-02',
  });
  const entries = [{ category: 'STAMMDATEN', payload: { familienname: 'Beispielmann', vorname: 'Ada' } }];
  const slip = await arge.done('createLaufzettel', {
    body: { clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', agreementId, entries, ...more },
  });
  const outcome = await forward(arge, { laufzettelId: slip.id }, AGENCY.caritas);
  if (!outcome.ok) throw new Error(outcome.bytes);
  return outcome.value.forwarding.id;
}

const first = await send('MB-2026-0815', { urgency: 'URGENT', dueDate: '2026-12-05' });
await send(FORMULA);
for (let many = 0; many < 60; many += 1) await send(`MB-2026-${1000 + many}`);
await stopClock(exchange, '2026-12-07T07:00:00.000Z');
await publishDueRounds(exchange);
const { items: rounds } = await arge.done('listRounds', { query: { agreementId } });
const [{ id: roundId }] = rounds;
const path = `/v1/rounds/${roundId}`;

const get = (accept: string, headers: Record<string, string> = {}) =>
  fetch(`${exchange.url}${path}`, { headers: { authorization: `Bearer ${token}`, accept, ...headers } });

t.test('which form it is, Accept says', async (t) => {
  const OFFERED = ['application/json', 'text/csv', 'text/html'];
  for (const [accept, chosen] of [
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['text/csv', 'text/csv'],
    ['TEXT/CSV; q=1', 'text/csv'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['text/*', 'text/csv'],
    ['text/*;q=0.5, text/html;q=0.7, application/json;q=0.1', 'text/html'],
    ['application/json;q=0, */*', 'text/csv'],
    ['image/png', undefined],
    ['', undefined],
    [';;q=x,', undefined],
  ] as const) {
    t.equal(preferredType(accept, OFFERED), chosen, accept ?? 'nothing');
  }
  const json = await get('image/png');
  t.match(json.headers.get('content-type'), /^application\/json/, 'what is not there is answered as JSON');
  t.equal(json.headers.get('vary'), 'accept');
  const tag = json.headers.get('etag')!;
  t.equal((await get('application/json', { 'if-none-match': tag })).status, 304);
  const csv = await get('text/csv', { 'if-none-match': tag });
  t.same([csv.status, csv.headers.get('etag')], [200, null], 'the tag is that of the JSON');
  const foreign = await fetch(`${exchange.url}${path}`, {
    headers: { authorization: `Bearer ${(await exchange.as('caritas')).token}`, accept: 'text/html' },
  });
  t.equal(foreign.status, 404);
  t.match(foreign.headers.get('content-type'), /^application\/problem\+json/, 'a problem is a problem in any form');
});

t.test('as CSV it opens in a German spreadsheet, and runs nothing', async (t) => {
  const answer = await get('text/csv');
  t.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8');
  t.equal(answer.headers.get('content-disposition'), 'attachment; filename="runde-2026-12-07.csv"');
  const bytes = Buffer.from(await answer.arrayBuffer());
  t.same([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'a byte order mark, for Excel');
  const lines = bytes.toString('utf8').slice(1).split('\r\n');
  t.equal(lines.pop(), '', 'each line is ended');
  t.match(lines[0], /^Vereinbarung;Partner;Runde;Abschnitt;Aktenzeichen;/);
  const { counts } = await arge.done('getRound', { params: { roundId } });
  t.equal(lines.length - 1, counts.new + counts.overdue + counts.consentEnding, 'a line for each item');
  const row = lines.find((line) => line.includes('MB-2026-0815') && line.includes(';Neu;'))!;
  t.match(row, `"'=Vereinbarung ""Kreis""; <b>2026</b>";Migrationsberatung Caritasverband`);
  t.match(
    row,
    `07.12.2026 08:00;Neu;MB-2026-0815;Fallmitteilung;von uns;gesendet;ja;05.12.2026;01.12.2026 10:00;Gesendet;${first};`,
  );
  const formula = lines.find((line) => line.includes('HYPERLINK'))!;
  t.match(formula, `;"'=HYPERLINK(""http://angreifer.example"";""Akte"")";`);
});

t.test('as a page it is one to print: A4, from nobody else, without scripts', async (t) => {
  const answer = await get('text/html');
  const html = await answer.text();
  t.match(answer.headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-/);
  t.equal(answer.headers.get('content-language'), 'de');
  t.notMatch(html, /<script|src=|href=|url\(|Beispielmann/i);
  t.match(html, '=Vereinbarung &quot;Kreis&quot;; &lt;b&gt;2026&lt;/b&gt;');

  const { browser, close } = await openBrowser();
  let hosts: string[] = [];
  try {
    const page = await browser.newPage({ extraHTTPHeaders: { authorization: `Bearer ${token}`, accept: 'text/html' } });
    const watch = watchForeignConnections(page, exchange.url);
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.goto(`${exchange.url}${path}`);
    await page.emulateMedia({ media: 'print' });
    t.equal(await page.title(), 'Runde vom 07.12.2026 08:00 Uhr');
    t.equal(
      await page.evaluate("getComputedStyle(document.querySelector('.box')).borderTopStyle"),
      'solid',
      'the policy lets its style through',
    );
    // The width of A4 between its margins, in CSS pixels.
    await page.setViewportSize({ width: Math.floor((180 / 25.4) * 96), height: 1000 });
    const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    t.equal(await page.evaluate(beyond), 0, 'it fits');
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, width, height]) =>
      [width, height].map((one) => Math.round(Number(one))),
    );
    t.ok(boxes.length >= 3, `${boxes.length} sheets`);
    t.ok(
      boxes.every(([width, height]) => width! >= 594 && width! <= 596 && height! >= 841 && height! <= 843),
      'all A4',
    );
    t.same(watch, { foreign: [], refused: [] });
    if (process.env.KEEP_ROUND_PAGE) {
      await page.setViewportSize({ width: 794, height: 1123 });
      await page.screenshot({ path: process.env.KEEP_ROUND_PAGE });
    }
  } finally {
    hosts = await close();
  }
  t.same(hosts, [new URL(exchange.url).host], 'it turned to nobody else');
});
