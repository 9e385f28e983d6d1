/** The page for a person, printed: seven languages, from this service alone, on A4; it says what the JSON says. */
import { codeWord } from '../../src/contract/words/catalogue.ts';
import { CATEGORY_WORDS } from '../../src/contract/words/categories.ts';
import { ownPageWords } from '../../src/contract/words/own-page.ts';
import { CATALOGUE, CATEGORIES } from '../../src/domain/catalogue.ts';
import type { Fields, Shape } from '../../src/domain/fields.ts';
import { directionOf, LANGUAGES } from '../../src/domain/languages.ts';
import { entryOf as printedEntry } from '../../src/rest/own-page-entry.ts';
import { Texts } from '../../src/rest/own-page-texts.ts';
import { entryOf, forward, sayYes, stopClock } from '../operations/world.ts';
import { systemAt } from '../support/both-doors.ts';
import { openBrowser, watchForeignConnections } from '../support/browser.ts';
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

t.setTimeout(120_000);

const exchange = await startExchange();
t.teardown(() => exchange.close());

const { token } = await exchange.as('caritas');
const caritas = systemAt('REST', exchange.url, token);
const arge = systemAt('REST', exchange.url, (await exchange.as('arge')).token);
const MARKUP = '<script>alert(1)</script> & "Zitat"';

await stopClock(exchange, '2026-11-27T23:30:00.000Z');
const { id: clientId } = await caritas.done('createClient', { body: { fileReference: 'MB-2026-0815 <b>' } });
const params = { clientId };
const stated = { statedAt: '2026-11-20', validFrom: '2026-11-20', validUntil: '2027-11-20' };
const toArge = { recipient: AGENCY.arge, ...stated };
const entries = [
  { category: 'STAMMDATEN', payload: { familienname: 'Erfunden', vorname: 'Amira', geburtsdatum: '1990-02-28' } },
  {
    category: 'KONTAKT',
    payload: { anschrift: { strasse: 'Musterweg', ort: 'Pinneberg' }, telefon: '+49 30 23125001' },
  },
  { category: 'SPRACHE', payload: { erstsprache: 'ar', deutschNiveau: 'A2', dolmetschbedarf: true } },
  {
    category: 'BERUFSWEGEPLANUNG',
    payload: { berufsziel: 'Pflegefachfrau', schritte: [{ was: MARKUP, bis: '2027-01-15', status: 'OFFEN' }] },
  },
  { category: 'AUFENTHALT', payload: { aufenthaltstitel: 'DULDUNG', gueltigBis: '2027-03-31' } },
  { category: 'BERATUNGSNOTIZ', payload: { thema: 'كتبت بالعربية', text: 'Erste Zeile\nZweite Zeile' } },
];
const slip = await caritas.done('createLaufzettel', {
  body: { clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries },
});
await sayYes(caritas, clientId, { ...toArge, categories: ['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'BERATUNGSNOTIZ'] });
const { purpose: _none, ...release } = yes({ ...toArge, categories: ['BERATUNGSNOTIZ'] });
await caritas.done('recordRelease', { params, body: release });
const sent = await forward(caritas, { laufzettelId: slip.id }, AGENCY.arge);
if (!sent.ok) throw new Error(sent.bytes);
const forwardingId = sent.value.forwarding.id;
const theirs = (await arge.done('getForwarding', { params: { forwardingId } })).clientId;
await sayYes(arge, theirs, { recipient: AGENCY.caritas, ...stated, categories: ['STAMMDATEN'] });
const back = await arge.done('createLaufzettel', {
  body: { clientId: theirs, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries: [entryOf('STAMMDATEN')] },
});
await forward(arge, { laufzettelId: back.id }, AGENCY.caritas);
await stopClock(exchange, '2026-12-06T23:30:00.000Z');
await caritas.done('recordStatement', {
  params,
  body: no({ categories: ['KONTAKT', 'SPRACHE'], statedAt: '2026-12-06' }),
});
const { items: owed } = await arge.done('listOwedAnswers', {});
await arge.done('answerClosure', {
  params: { disclosureId: owed[0].disclosureId },
  body: { answer: 'RETAINED', statute: '§ 84 SGB X' },
});

const path = `/v1/clients/${clientId}/own-page`;
const get = (language: string, accept = 'text/html') =>
  fetch(`${exchange.url}${path}?language=${language}`, { headers: { authorization: `Bearer ${token}`, accept } });

t.test('every field of every category has its label and its value, in every language', async (t) => {
  for (const language of LANGUAGES) {
    const texts = new Texts(language);
    for (const category of CATEGORIES) {
      const { fields }: { fields: Fields } = CATALOGUE[category];
      const payload = Object.fromEntries(
        Object.entries(fields).flatMap(([name, field]) => (field.type === 'base64' ? [] : [[name, exampleOf(field)]])),
      );
      const origin = AGENCY.caritas;
      const about = { secrecy: false, guardFrom: null, filedUnder: null, concernsOthers: false };
      const entry = { id: '', category, origin, createdAt: '2026-11-27T09:00:00.000Z', ...about, payload };
      const page = { agencyId: origin, received: [] } as never;
      const html = printedEntry({ ...entry, replaces: null, replacedBy: null }, page, () => '', texts);
      t.equal(html.match(/<dt>/g)?.length, countOf(fields), `${category} (${language})`);
      t.notMatch(html, />[A-Z]{2,}_[A-Z_]+<|undefined|\[object/, `${category} (${language}) shows no code`);
      t.match(html, CATEGORY_WORDS[language][category]);
    }
  }
  t.same(codeWord('tr', 'DULDUNG'), { word: 'Duldung', inGerman: true }, 'a term of law keeps its German word');
  t.same(codeWord('tr', 'BEWILLIGT'), { word: 'onaylandı', inGerman: false });
});

/** A value of that shape. */
function exampleOf(shape: Shape): unknown {
  switch (shape.type) {
    case 'code':
      return shape.codes.at(-1);
    case 'boolean':
      return true;
    case 'integer':
      return 7;
    case 'date':
      return '2026-11-27';
    case 'instant':
      return '2026-11-27T09:00:00.000Z';
    case 'language':
      return 'tr';
    case 'list':
      return shape.of.type === 'code' ? [...shape.of.codes] : [exampleOf(shape.of)];
    case 'record':
      return Object.fromEntries(Object.entries(shape.fields).map(([name, field]) => [name, exampleOf(field)]));
    default:
      return 'Text';
  }
}
/** How many labels these fields have, with those within them. */
function countOf(fields: Fields): number {
  return Object.values(fields).reduce((sum, field) => {
    if (field.type === 'base64') return sum;
    if (field.type === 'record') return sum + 1 + countOf(field.fields);
    return field.type === 'list' && field.of.type === 'record' ? sum + 1 + countOf(field.of.fields) : sum + 1;
  }, 0);
}

t.test('what somebody wrote is text and no markup, and the tag is that of the JSON', async (t) => {
  const answer = await get('de');
  const html = await answer.text();
  t.match(answer.headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-/);
  t.equal(answer.headers.get('content-language'), 'de');
  t.equal(answer.headers.get('cache-control'), 'no-store');
  t.equal(answer.headers.get('etag'), null);
  t.notMatch(html, /<script|<img|<link|src=|href=/i);
  t.match(html, '&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Zitat&quot;');
  t.match(html, 'MB-2026-0815 &lt;b&gt;');
  t.equal((await get('fr')).status, 400);
  const foreign = await fetch(`${exchange.url}/v1/clients/${theirs}/own-page`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/html' },
  });
  t.equal(foreign.status, 404);
  t.match(foreign.headers.get('content-type'), /^application\/problem\+json/);
});

t.test('it says in German what there is', async (t) => {
  const html = await (await get('de')).text();
  for (const words of [
    'Stand <bdi>7. Dezember 2026 um 00:30</bdi>',
    'geschrieben von dieser Stelle am <bdi>28. November 2026</bdi>',
    '<dt>Geburtsdatum</dt><dd><bdi>28. Februar 1990</bdi></dd>',
    '<dt>Erstsprache</dt><dd><bdi>Arabisch</bdi></dd>',
    '<dt>Aufenthaltstitel</dt><dd><bdi>Duldung</bdi></dd>',
    'erhalten von ARGE Kreis Pinneberg',
    'Unter Schweigepflicht geschrieben',
    'Sie haben nein gesagt.',
    'Ihre Erlaubnis vom <bdi>20. November 2026</bdi>, schriftlich, gilt bis <bdi>20. November 2027 um 00:00</bdi>',
    '<strong>widerrufen</strong> <bdi>6. Dezember 2026</bdi>',
    'weil ein Gesetz es verlangt: §\u00a084\u00a0SGB\u00a0X.',
    '<strong>Die Antwort steht aus seit <bdi>7. Dezember 2026</bdi></strong>',
    'Diözesandatenschutzaufsicht',
    '§\u00a017\u00a0KDG',
  ]) {
    t.match(html, words);
  }
  t.notMatch(html, ownPageWords('de').draft, 'German needs no review');
});

t.test('in seven languages it comes from nobody else, in its direction, and fits A4', async (t) => {
  const { browser, close } = await openBrowser();
  let hosts: string[] = [];
  try {
    for (const language of LANGUAGES) {
      const words = ownPageWords(language);
      const page = await browser.newPage({
        extraHTTPHeaders: { authorization: `Bearer ${token}`, accept: 'text/html' },
      });
      const watch = watchForeignConnections(page, exchange.url);
      await page.setViewportSize({ width: 794, height: 1123 });
      await page.goto(`${exchange.url}${path}?language=${language}`);
      t.equal(await page.title(), words.title, language);
      const root = 'document.documentElement';
      t.equal(await page.evaluate(`${root}.lang + ' ' + ${root}.dir`), `${language} ${directionOf(language)}`);
      t.equal(
        await page.evaluate("getComputedStyle(document.querySelector('th')).textAlign"),
        'start',
        'it has its style',
      );
      const text = (await page.evaluate('document.body.innerText')) as string;
      const isDraft = language !== 'de' && language !== 'en';
      t.equal(text.includes(words.draft), isDraft);
      t.equal(text.includes(ownPageWords('de').draft), isDraft, 'and says so in German too');
      t.match(text, words.end.SAID_NO);
      const fonts = (await page.evaluate(
        "document.fonts.ready.then((all) => [...all].filter((one) => one.status === 'loaded').map((one) => one.family))",
      )) as string[];
      t.equal(
        fonts.some((one) => one.includes('Arabic')),
        true,
        'what was written in Arabic has letters in any language',
      );
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: Math.floor((180 / 25.4) * 96), height: 1000 });
      t.equal(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`), 0, 'it fits');
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, width, height]) =>
        [width, height].map((one) => Math.round(Number(one))),
      );
      t.ok(boxes.length >= 2, `${boxes.length} sheets`);
      t.ok(boxes.every(([width, height]) => Math.abs(width! - 595) < 2 && Math.abs(height! - 842) < 2));
      t.same(watch, { foreign: [], refused: [] });
      if (process.env.KEEP_OWN_PAGE) {
        await page.screenshot({ path: `${process.env.KEEP_OWN_PAGE}-${language}.png`, fullPage: true });
      }
      await page.close();
    }
  } finally {
    hosts = await close();
  }
  t.same(hosts, [new URL(exchange.url).host], 'it turned to nobody else');
});

t.test('a tag that no language is called by is printed as it is', async (t) => {
  const { id } = await caritas.done('createClient', { body: {} });
  for (const erstsprache of ['ku-x-amt', 'de-u-co-phonebk']) {
    const body = entryOf('SPRACHE', { payload: { erstsprache } });
    await caritas.done('addEntry', { params: { clientId: id }, body });
  }
  for (const language of LANGUAGES) {
    const answer = await fetch(`${exchange.url}/v1/clients/${id}/own-page?language=${language}`, {
      headers: { accept: 'text/html', authorization: `Bearer ${token}` },
    });
    t.equal(answer.status, 200, language);
    if (language === 'de') t.match(await answer.text(), /Kurdisch.*Deutsch/s);
  }
});
