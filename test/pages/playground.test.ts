import type { Page } from 'playwright-core';
import { openBrowser, PLAIN_HTTP_HOST } from '../support/browser.ts';
import { t } from '../support/t.ts';
import { get, keptBeyondTheTab, startPagesUnderTest, VISITS, visit } from './support.ts';

t.setTimeout(120_000);

const service = await startPagesUnderTest();
t.teardown(() => service.close());

t.test('the playground in a browser', { jobs: VISITS.length }, async (t) => {
  const { browser, close } = await openBrowser();
  const hosts = VISITS.map(({ name }) => `${name}:${service.port}`);

  const visits = VISITS.map(({ name, bypassCSP }) => {
    const host = `${name}:${service.port}`;
    const caller = bypassCSP ? service.admin : service.agency;
    return t.test(`${caller.name} at http://${host}, policy ${bypassCSP ? 'ignored' : 'in force'}`, async (t) => {
      const { page, watch } = await visit(browser, `http://${host}/playground`, bypassCSP);

      await typeQuery(page, caller.query);
      const result = page.locator('app-query-result');
      await page.keyboard.press('Control+Enter');
      await result.getByText('401 Unauthorized').waitFor();
      await result.getByText('token-missing', { exact: false }).first().waitFor();
      t.pass('without a token it shows the error');

      await typeAuthorization(page, `Bearer ${caller.token}`);
      await page.getByRole('button', { name: 'Send Request' }).click();
      await result.getByText(caller.answer).waitFor();
      t.pass('with the token it shows the data');

      // Altair writes its state a second after each change.
      await page.waitForTimeout(2_000);
      const kept = await keptBeyondTheTab(page);
      t.notMatch(kept, caller.token, 'the token is not kept');
      t.notMatch(kept, caller.answer, 'the data is not kept');
      t.same(watch, { foreign: [], refused: [] }, 'asks nobody else, needs nothing that is forbidden');
      await page.close();
    });
  });
  await Promise.all(visits);

  t.same(await close(), [...new Set(hosts)].sort(), 'the browser turned to this service alone');
});

t.test('a subscription in the playground, with the token among its connection parameters', async (t) => {
  const { browser, close } = await openBrowser();
  const host = `${PLAIN_HTTP_HOST}:${service.port}`;
  const { page, watch } = await visit(browser, `http://${host}/playground`, false);
  await page.locator('[track-id=show_request_handler_dialog]').click();
  await page.locator('.request-handler-params-editor-wrapper .cm-content').last().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(JSON.stringify({ Authorization: `Bearer ${service.agency.token}` }));
  await page.locator('.ant-modal-footer button').last().click();
  await page.locator('.request-handlers-wrapper').waitFor({ state: 'hidden' });
  await typeQuery(page, 'subscription { events { type sequence } }');
  await page.keyboard.press('Control+Enter');
  const type = await service.tell();
  await page.locator('app-query-result').getByText(type).first().waitFor();
  t.pass('what happens then is shown');
  await page.waitForTimeout(2_000);
  t.notMatch(await keptBeyondTheTab(page), service.agency.token, 'the token is not kept');
  t.same(
    watch,
    { foreign: [], refused: [] },
    'the policy lets a socket to this service through, and nothing else was asked for',
  );
  await page.close();
  t.same(await close(), [`127.0.0.1:${service.port}`, host], 'under that name and at that address');
});

t.test('files named by their content stay in the browser, the others are asked for again', async (t) => {
  const page = await get(service, '/playground');
  t.equal(page.header('cache-control'), 'no-store');
  const chunk = /href="(chunk-[^"]+)"/.exec(page.text)![1]!;
  t.match((await get(service, `/playground/${chunk}`)).header('cache-control'), 'immutable');
  const main = await get(service, '/playground/main.js');
  t.equal(main.header('cache-control'), 'no-cache');
  const again = await get(service, '/playground/main.js', {
    'if-none-match': main.header('etag'),
    'cache-control': 'max-age=0',
  });
  t.equal(again.status, 304, 'and are sent again only when they changed');
});

async function typeQuery(page: Page, text: string): Promise<void> {
  await page.locator('app-query-editor .cm-content').first().click();
  await page.keyboard.press('Control+A');
  // As if pasted: typed key by key the editor would close the brackets itself.
  await page.keyboard.insertText(text);
}

async function typeAuthorization(page: Page, value: string): Promise<void> {
  await page.locator('[track-id=show_set_headers]').click();
  const row = page.locator('.headers-editor__list-item', { hasText: 'Authorization' });
  await row.locator('.cm-content').nth(1).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(value);
  await page.keyboard.press('Escape');
  await page.locator('.headers-editor').waitFor({ state: 'hidden' });
}
