import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyRequest } from 'fastify';
import mercurius from 'mercurius';
import type { Page } from 'playwright-core';
import { playground } from '../../src/graphql/playground.ts';
import { apiReference } from '../../src/rest/docs.ts';

export type PagesUnderTest = {
  port: number;
  /** A token that the service takes in an Authorization header. */
  token: string;
  /** A query without arguments, as it is typed, and text that only its answer has. */
  query: { text: string; answer: string };
  /** The summary of every operation in the API reference. */
  operations: string[];
  /** A GET operation that demands the token, by its summary, and text that only its answer has. */
  operation: { summary: string; answer: string };
  close(): Promise<void>;
};

const TOKEN = 'token-of-the-pages-test';

const SPECIFICATION = `# a comment that openapi.yaml keeps
openapi: 3.1.0
info: { title: Laufzettel, version: 1.0.0, description: Routing slips with **consent**. }
servers: [{ url: / }]
security: [{ token: [] }]
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /v1/agencies:
    get:
      summary: Look into the directory
      responses: { '200': { description: The agencies, content: { application/json: { schema: { type: object } } } } }
    post:
      summary: Register an agency
      requestBody: { content: { application/json: { schema: { type: object, properties: { name: { type: string } } } } } }
      responses: { '201': { description: Registered } }
`;

/** A small service with both pages, or without them, on a port of its own on 127.0.0.1. */
export async function startPagesUnderTest({ pages = true } = {}): Promise<PagesUnderTest> {
  const app = Fastify();
  const demandToken = async (request: FastifyRequest) => {
    if (request.headers.authorization === `Bearer ${TOKEN}`) return {};
    throw Object.assign(new Error('an access token is required'), { statusCode: 401 });
  };
  await app.register(mercurius, {
    schema: 'type Query { greeting: String! }',
    resolvers: { Query: { greeting: () => 'Guten Tag' } },
    context: demandToken,
  });
  app.get('/v1/agencies', { preHandler: demandToken }, async () => ({ name: 'Beratungsstelle Nord' }));
  if (pages) {
    await app.register(apiReference, { specification: () => SPECIFICATION });
    await app.register(playground, { endpoint: '/graphql' });
  }
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    port: (app.server.address() as AddressInfo).port,
    token: TOKEN,
    query: { text: '{ greeting }', answer: 'Guten Tag' },
    operations: ['Look into the directory', 'Register an agency'],
    operation: { summary: 'Look into the directory', answer: 'Beratungsstelle Nord' },
    close: () => app.close(),
  };
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
