import type { Browser, Page } from 'playwright-core';
import { PLAIN_HTTP_HOST, watchForeignConnections } from '../support/browser.ts';
import { AGENCY, AGENCY_NAME, startExchange } from '../support/exchange.ts';

/** A caller at the pages: a token, a query without arguments, as it is typed, and text that only its answer has. */
export type CallerUnderTest = { name: string; token: string; query: string; answer: string };

export type PagesUnderTest = {
  port: number;
  agency: CallerUnderTest;
  admin: CallerUnderTest;
  /** Something happens that the agency is told; gives its type. */
  tell(): Promise<string>;
  close(): Promise<void>;
};

/** The whole service with both pages, or without them, on a port of its own on 127.0.0.1. */
export async function startPagesUnderTest({ pages = true } = {}): Promise<PagesUnderTest> {
  const exchange = await startExchange(pages ? {} : { DOCS: 'false', PLAYGROUND: 'false' });
  const [arge, admin] = [await exchange.as('arge'), await exchange.as('admin')];
  return {
    port: Number(new URL(exchange.url).port),
    agency: { name: 'an agency', token: arge.token, query: '{ ownAgency { name } }', answer: AGENCY_NAME.arge },
    admin: {
      name: 'the admin',
      token: admin.token,
      query: '{ agencies(limit: 5) { items { name } } }',
      answer: AGENCY_NAME.diakonie,
    },
    tell: async () => {
      const draft = {
        title: 'Kooperationsvereinbarung',
        parties: [AGENCY.arge, AGENCY.caritas],
        purposes: ['BERATUNG'],
        categories: ['STAMMDATEN'],
        from: '2026-01-01',
      };
      await (await exchange.as('caritas')).post('/v1/agreements', draft);
      return 'agreement.created';
    },
    close: () => exchange.close(),
  };
}

/** How a page is visited: as loopback, which browsers trust more, and by a name that is not; with the policy and without. */
export const VISITS = [
  // Without the policy too: what a page only refrains from because it is forbidden is still a bug.
  { name: '127.0.0.1', bypassCSP: true },
  { name: PLAIN_HTTP_HOST, bypassCSP: false },
] as const;

/** A page in a context of its own, which closes with its last page, and whom it asked for anything. */
export async function visit(browser: Browser, address: string, bypassCSP: boolean) {
  const page = await browser.newPage({ bypassCSP });
  page.setDefaultTimeout(60_000); // a machine with other things to do needs seconds to render the pages
  const watch = watchForeignConnections(page, address);
  await page.goto(address);
  return { page, watch };
}

/** Fetches to the end: an answer left unread would keep its connection, and the service waits for those to close. */
export async function get(service: PagesUnderTest, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${service.port}${path}`, { headers });
  const text = await response.text();
  return { status: response.status, text, header: (name: string) => response.headers.get(name) ?? '' };
}

/** Everything the browser keeps for a page's origin beyond the tab, as one text. Leaves the page for a 404 first. */
export async function keptBeyondTheTab(page: Page): Promise<string> {
  // On a page of its own, where no script of the page under test stands before the browser's storage.
  await page.goto(new URL('/no-such-page', page.url()).href);
  return page.evaluate(`(async () => {
    const result = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const kept = [document.cookie, { ...localStorage }];
    for (const { name } of await indexedDB.databases()) {
      const database = await result(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        kept.push(await result(database.transaction(store).objectStore(store).getAll()));
      }
      database.close();
    }
    return JSON.stringify(kept);
  })()`);
}
