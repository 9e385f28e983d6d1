/** A consent text in a real browser, in every language: as it is printed, and nothing on it that was not hashed. */
import { createHash } from 'node:crypto';
import { directionOf, LANGUAGES } from '../../src/domain/languages.ts';
import { systemAt } from '../support/both-doors.ts';
import { openBrowser, watchForeignConnections } from '../support/browser.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

t.setTimeout(180_000);

const exchange = await startExchange();
t.teardown(() => exchange.close());
const { token } = await exchange.as('caritas');
const caritas = systemAt('REST', exchange.url, token);

const FONT_OF: Record<string, string> = { ar: 'Noto Sans Arabic', fa: 'Noto Sans Arabic' };
/** Letters that only this language, or its script, needs. */
const LETTERS: Record<string, string> = { de: 'ß', en: 'q', tr: 'ğşı', ru: 'щы', ar: 'ضة', uk: 'їґ', fa: 'پژگ' };
const ALL_OF_IT = /\b(alle Daten|allem zustimmen|all data|agree to all|hepsini kabul)\b/i;
/** The width of A4 between its margins, in CSS pixels. */
const A4_WIDTH = Math.floor((180 / 25.4) * 96);

interface Text {
  id: string;
  kind: string;
  textHash: string;
  lines: unknown[];
}

async function ask(language: string, speaker: object): Promise<Text[]> {
  const { id: clientId } = await caritas.done('createClient', { body: {} });
  const categories = ['STAMMDATEN', 'KONTAKT', 'LEISTUNG', 'GESUNDHEIT', 'LEBENSLAGE'];
  const lines = [
    { kind: 'CONSENT', recipient: AGENCY.arge, purpose: 'LEISTUNG', categories },
    { kind: 'CONSENT', recipient: AGENCY.tgsh, purpose: 'SPRACHFOERDERUNG', categories: ['SPRACHE', 'SPRACHKURS'] },
    { kind: 'RELEASE', recipient: AGENCY.arge, categories: ['BERATUNGSNOTIZ', 'FOERDERPLAN'] },
  ];
  const body = { language, months: 12, ...speaker, lines };
  return (await caritas.done('startConsentConversation', { params: { clientId }, body })).texts;
}

const get = (id: string, accept: string) =>
  fetch(`${exchange.url}/v1/consent-texts/${id}`, { headers: { authorization: `Bearer ${token}`, accept } });

/** What somebody reads, without what only lays it out: the marks of the plain text, lines to write on, isolates, spaces. */
const read = (text: string): string =>
  text
    .replaceAll(/^(#+|>|-|\*|□) /gm, '')
    .replaceAll(/_{4,}|[\u2066-\u2069]/g, '')
    .replaceAll(/\s+/g, '');

const { browser, close } = await openBrowser();
let isOpen = true;
t.teardown(() => isOpen && close());

const SPEAKERS: Record<string, object> = {
  de: { statedBy: 'PERSON', ageBand: 'FROM_15_TO_17' },
  ar: { statedBy: 'GUARDIAN', ageBand: 'UNDER_15' },
  tr: { statedBy: 'LEGAL_REPRESENTATIVE', ageBand: 'ADULT' },
};

for (const language of LANGUAGES) {
  t.test(`${language}: one to print and sign, of this service alone`, async (t) => {
    for (const text of await ask(language, SPEAKERS[language] ?? { statedBy: 'PERSON', ageBand: 'ADULT' })) {
      const plain = Buffer.from(await (await get(text.id, 'text/plain')).arrayBuffer());
      t.equal(createHash('sha256').update(plain).digest('hex'), text.textHash, 'sha256sum of text/plain is the hash');
      t.equal(plain.toString().normalize('NFC'), plain.toString());

      const page = await browser.newPage({
        extraHTTPHeaders: { authorization: `Bearer ${token}`, accept: 'text/html, */*;q=0.1' },
      });
      const watch = watchForeignConnections(page, exchange.url);
      const answer = await page.goto(`${exchange.url}/v1/consent-texts/${text.id}`);
      t.equal(answer!.headers()['content-language'], language);
      t.match(answer!.headers()['content-security-policy'], /^default-src 'none'; style-src 'sha256-/);
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: A4_WIDTH, height: 1000 });
      const see = <T>(script: string): Promise<T> => page.evaluate(script) as Promise<T>;

      t.equal(await see('document.documentElement.dir'), directionOf(language));
      t.equal(await see("getComputedStyle(document.querySelector('h1')).direction"), directionOf(language));
      t.equal(await see('document.documentElement.lang'), language);
      const font = FONT_OF[language] ?? 'Noto Sans';
      await see('document.fonts.ready.then(() => true)');
      const loaded = await see<string[]>(
        `[...document.fonts].filter((one) => one.status === 'loaded').map((one) => one.family.replaceAll('"', ''))`,
      );
      t.ok(loaded.includes(font), `${font} was fetched for this page`);
      t.ok(await see(`document.fonts.check('11pt "${font}"', '${LETTERS[language]}')`), 'and has its letters');

      t.equal(await see("document.querySelectorAll('input, form, button, script, a').length"), 0, 'nothing to click');
      const boxes = await see<number>("document.querySelectorAll('.box').length");
      t.equal(boxes, 2 * text.lines.length, 'for each line a box for yes and one for no, and no box for all');
      t.equal(await see("[...document.querySelectorAll('.box')].every((one) => one.textContent === '')"), true);
      t.equal(await see("document.querySelectorAll('.point').length"), text.lines.length);
      const body = await see<string>(
        "document.body.textContent.replace(document.querySelector('footer').textContent, '')",
      );
      t.notMatch(body, ALL_OF_IT);
      t.equal(read(body), read(plain.toString()), 'it says what was hashed, and nothing else');
      t.match(await see('document.querySelector("footer").textContent'), text.textHash);

      const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      t.equal(await see(beyond), 0, 'it fits');
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      const sheets = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
      t.ok(sheets.length >= 1 && sheets.length <= 4, `${sheets.length} sheets`);
      for (const [, width, height] of sheets)
        t.same([Math.round(Number(width)), Math.round(Number(height))], [595, 842]);
      t.same(watch, { foreign: [], refused: [] });
      if (process.env.KEEP_CONSENT_TEXTS) {
        const file = `${process.env.KEEP_CONSENT_TEXTS}/${language}-${text.kind.toLowerCase()}`;
        await page.setViewportSize({ width: 794, height: 1123 });
        await page.screenshot({ path: `${file}.png`, fullPage: true });
        await page.pdf({ path: `${file}.pdf`, preferCSSPageSize: true });
      }
      await page.close();
    }
  });
}

t.test('the browser turned to nobody else', async (t) => {
  isOpen = false;
  t.same(await close(), [new URL(exchange.url).host]);
});
