import t from 'tap';
import { openBrowser } from '../support/browser.ts';
import { startPagesUnderTest, visit } from './support.ts';
t.setTimeout(120_000);
const service = await startPagesUnderTest();
t.teardown(() => service.close());
t.test('x', async (t) => {
  const { browser, close } = await openBrowser();
  const host = `127.0.0.1:${service.port}`;
  const { page, watch } = await visit(browser, `http://${host}/playground`, false);
  await page.locator('[track-id=show_request_handler_dialog]').click();
  await page.waitForTimeout(1500);
  console.error(await page.evaluate(`[...document.querySelectorAll('.ant-modal, nz-modal-container, app-dialog')].map((e) => e.innerHTML.replace(/<svg.*?<\\/svg>/g,'')).join('=====')`));
  console.error(JSON.stringify(watch));
  await page.close();
  await close();
});
