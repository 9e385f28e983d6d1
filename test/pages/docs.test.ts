import type { Locator, Page } from 'playwright-core';
import { parse } from 'yaml';
import { openBrowser } from '../support/browser.ts';
import { t } from '../support/t.ts';
import { get, keptBeyondTheTab, startPagesUnderTest, VISITS, visit } from './support.ts';

t.setTimeout(120_000);

const service = await startPagesUnderTest();
t.teardown(() => service.close());

type Described = { paths: Record<string, Record<string, { operationId: string; summary: string }>> };

t.test('the API reference in a browser', { jobs: VISITS.length }, async (t) => {
  const document: Described = JSON.parse((await get(service, '/openapi.json')).text);
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  const summaryOf = (id: string) => operations.find(({ operationId }) => operationId === id)!.summary;
  const { browser, close } = await openBrowser();
  const hosts = VISITS.map(({ name }) => `${name}:${service.port}`);

  const visits = VISITS.map(({ name, bypassCSP }) => {
    const host = `${name}:${service.port}`;
    return t.test(`http://${host}, policy ${bypassCSP ? 'ignored' : 'in force'}`, async (t) => {
      const { page, watch } = await visit(browser, `http://${host}/docs`, bypassCSP);
      const sidebar = page.getByRole('complementary', { name: 'Sidebar' });
      const linkTo = (id: string) => sidebar.getByRole('link', { name: `${summaryOf(id)} HTTP Method` });
      const headingOf = (id: string) => page.getByRole('heading', { name: summaryOf(id), exact: true });

      await linkTo('isReady').waitFor();
      const links = await sidebar.getByRole('link', { name: 'HTTP Method' }).allInnerTexts();
      t.same(
        links.map((text) => text.split('\n')[0]).sort(),
        operations.map(({ summary }) => summary).sort(),
        'the sidebar names every operation, with no section to be opened first',
      );

      await page.getByRole('textbox', { name: 'Bearer Token' }).fill(service.agency.token);
      t.pass('a token can be pasted, with no scheme to be chosen first');

      for (const id of ['listReleases', 'forwardLaufzettel']) {
        await linkTo(id).click();
        await untilInWindow(page, headingOf(id));
        t.pass(`${id} is one click away`);
      }
      await headingOf('forwardLaufzettel').hover();
      await untilInWindow(page, headingOf('getForwarding'), () => page.mouse.wheel(0, 200));
      t.pass('scrolling shows the next operation');

      await linkTo('getOwnAgency').click();
      await page
        .getByRole('region', { name: summaryOf('getOwnAgency') })
        .getByRole('button', { name: 'Test Request' })
        .click();
      const send = page.getByRole('dialog').getByRole('button', { name: 'Send get request' });
      const answer = page.getByRole('dialog').getByText(service.agency.answer);
      await send.click();
      // A button that is drawn may not listen yet.
      await answer.waitFor({ timeout: 15_000 }).catch(() => send.click());
      await answer.waitFor();
      t.pass('a request tried out reaches this service with the token');

      t.notMatch(await keptBeyondTheTab(page), service.agency.token, 'the token is not kept');
      t.same(watch, { foreign: [], refused: [] }, 'asks nobody else, needs nothing that is forbidden');
      await page.close();
    });
  });
  await Promise.all(visits);

  t.same(await close(), [...new Set(hosts)].sort(), 'the browser turned to this service alone');
});

t.test('the documents and their headers', async (t) => {
  const yaml = await get(service, '/openapi.yaml');
  const json = await get(service, '/openapi.json');
  t.match(yaml.text, /^# Made from /, 'openapi.yaml is the text as it was written');
  t.same(JSON.parse(json.text), parse(yaml.text), 'openapi.json says the same');
  t.match(yaml.header('content-type'), 'application/yaml');
  t.match(json.header('content-type'), 'application/json');

  const page = await get(service, '/docs');
  const policy = page.header('content-security-policy');
  t.match(policy, "default-src 'none'");
  t.match(policy, "frame-ancestors 'none'");
  t.notMatch(policy, /script-src[^;]*unsafe|https?:|\*/, 'no unsafe scripts, no host by name');
  t.not((await get(service, '/docs')).header('content-security-policy'), policy, 'no nonce is used twice');
  t.equal(page.header('referrer-policy'), 'no-referrer');
  t.equal(page.header('x-content-type-options'), 'nosniff');

  const script = /src="(js\/scalar\.js[^"]*)"/.exec(page.text)![1]!;
  t.match((await get(service, `/docs/${script}`)).header('cache-control'), 'immutable', 'its script is loaded once');
});

t.test('switched off, neither page nor document is there', async (t) => {
  const service = await startPagesUnderTest({ pages: false });
  t.teardown(() => service.close());
  for (const path of ['/docs', '/docs/', '/playground', '/openapi.json', '/openapi.yaml']) {
    t.equal((await get(service, path)).status, 404, path);
  }
});

/** Playwright calls visible what the page has drawn, be it far below the window. */
async function untilInWindow(page: Page, element: Locator, meanwhile = async () => {}): Promise<void> {
  const { height } = page.viewportSize()!;
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const box = (await element.isVisible()) ? await element.boundingBox() : null;
    if (box !== null && box.y >= 0 && box.y + box.height <= height) return;
    await meanwhile();
    await page.waitForTimeout(100);
  }
  throw new Error(`not in the window after a minute: ${element}`);
}
