/** A version of an agreement for paper: the very text that was signed, and who signed it by which key. */
import { sign, systemAt } from '../support/both-doors.ts';
import { openBrowser, watchForeignConnections } from '../support/browser.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

t.setTimeout(120_000);

const exchange = await startExchange();
t.teardown(() => exchange.close());

const TITLE = 'Vereinbarung "Kreis"; <b>2026</b><script>alert(1)</script>';
const { token } = await exchange.as('arge');
const arge = systemAt('REST', exchange.url, token);
const caritas = systemAt('REST', exchange.url, (await exchange.as('caritas')).token);
const { id: agreementId } = await arge.done('createAgreement', {
  body: {
    title: TITLE,
    parties: [AGENCY.arge, AGENCY.caritas],
    purposes: ['BERATUNG', 'SPRACHFOERDERUNG'],
    categories: ['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'SPRACHKURS', 'DOKUMENT'],
    from: '2026-12-01',
    turnus: 'FREQ=MONTHLY;BYDAY=2TU',
  },
});
const path = `/v1/agreements/${agreementId}/versions/1`;
const get = (accept: string) =>
  fetch(`${exchange.url}${path}`, { headers: { authorization: `Bearer ${token}`, accept } });

t.test('before anybody has signed it says so', async (t) => {
  const html = await (await get('text/html')).text();
  t.match(html, 'Entwurf');
  t.match(html, '<h2>Unterschriften (0)</h2><p>Noch keine.</p>');
});

t.test('it is the text that was signed, A4, from nobody else, without scripts', async (t) => {
  for (const by of [arge, caritas]) await sign(by, agreementId);
  const version = await arge.done('getAgreementVersion', { params: { agreementId, number: 1 } });
  const answer = await get('text/html');
  const html = await answer.text();
  t.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
  t.equal(answer.headers.get('vary'), 'accept');
  t.match(answer.headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-/);
  t.equal(answer.headers.get('content-language'), 'de');
  t.notMatch(html, /<script|src=|href=|url\(/i);
  t.match((await get('application/json')).headers.get('content-type'), /^application\/json/);

  const { browser, close } = await openBrowser();
  let hosts: string[] = [];
  try {
    const page = await browser.newPage({ extraHTTPHeaders: { authorization: `Bearer ${token}`, accept: 'text/html' } });
    const watch = watchForeignConnections(page, exchange.url);
    await page.goto(`${exchange.url}${path}`);
    await page.emulateMedia({ media: 'print' });
    t.equal(await page.title(), 'Kooperationsvereinbarung, Fassung 1');
    t.equal(await page.evaluate("document.querySelector('h1').textContent"), TITLE);
    t.equal(
      await page.evaluate("document.querySelector('.text').textContent"),
      version.text,
      'what is printed is what was signed, to the last sign',
    );
    t.equal(await page.evaluate("getComputedStyle(document.querySelector('.text')).whiteSpace"), 'pre-wrap');
    const rows = (await page.evaluate(
      "[...document.querySelectorAll('tbody tr')].map((row) => row.innerText)",
    )) as string[];
    t.equal(rows.length, 2);
    for (const [place, { agencyName, kid, thumbprint }] of version.signatures.entries())
      for (const told of [agencyName, kid, thumbprint]) t.match(rows[place], told);
    // The width of A4 between its margins, in CSS pixels.
    await page.setViewportSize({ width: Math.floor((165 / 25.4) * 96), height: 1000 });
    const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    t.equal(await page.evaluate(beyond), 0, 'it fits');
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, width, height]) =>
      [width, height].map((one) => Math.round(Number(one))),
    );
    t.ok(boxes.length >= 1, `${boxes.length} sheets`);
    t.ok(
      boxes.every(([width, height]) => width! >= 594 && width! <= 596 && height! >= 841 && height! <= 843),
      'all A4',
    );
    t.same(watch, { foreign: [], refused: [] });
    if (process.env.KEEP_AGREEMENT_PAGE) {
      await page.setViewportSize({ width: 794, height: 1123 });
      await page.screenshot({ path: process.env.KEEP_AGREEMENT_PAGE, fullPage: true });
    }
  } finally {
    hosts = await close();
  }
  t.same(hosts, [new URL(exchange.url).host], 'it turned to nobody else');
});
