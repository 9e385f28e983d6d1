import t from 'tap';
import { parse } from 'yaml';
import { openBrowser, PLAIN_HTTP_HOST, watchForeignConnections } from '../support/browser.ts';
import { get, keptBeyondTheTab, startPagesUnderTest } from './support.ts';

t.setTimeout(120_000);

t.test('the API reference in a browser', async (t) => {
  const service = await startPagesUnderTest();
  t.teardown(() => service.close());
  const { browser, close } = await openBrowser();
  const hosts = ['127.0.0.1', PLAIN_HTTP_HOST].map((name) => `${name}:${service.port}`);

  for (const host of hosts) {
    for (const bypassCSP of [false, true]) {
      // Without the policy too: what a page only refrains from because it is forbidden is still a bug.
      await t.test(`http://${host}, policy ${bypassCSP ? 'ignored' : 'in force'}`, async (t) => {
        const context = await browser.newContext({ bypassCSP });
        const watch = watchForeignConnections(context, `http://${host}`);
        const page = await context.newPage();
        await page.goto(`http://${host}/docs`);
        for (const summary of service.operations) {
          await page.getByRole('heading', { name: summary }).waitFor();
          t.pass(`shows "${summary}"`);
        }

        await page.getByPlaceholder('Token').first().fill(service.agency.token);
        await page
          .getByRole('region', { name: service.operation.summary })
          .getByRole('button', { name: 'Test Request' })
          .click();
        await page.getByRole('dialog').getByRole('button', { name: 'Send get request' }).click();
        await page.getByRole('dialog').getByText(service.operation.answer).waitFor();
        t.pass('a request tried out reaches this service with the token');

        t.notMatch(await keptBeyondTheTab(page), service.agency.token, 'the token is not kept');
        t.same(watch, { foreign: [], refused: [] }, 'asks nobody else, needs nothing that is forbidden');
        await context.close();
      });
    }
  }

  t.same((await close()).sort(), hosts.sort(), 'the browser turned to this service alone');
});

t.test('the documents and their headers', async (t) => {
  const service = await startPagesUnderTest();
  t.teardown(() => service.close());
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
