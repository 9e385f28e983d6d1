/**
 * What tools need that import openapi.yaml as a collection of requests, Postman and Bruno among them: they read YAML 1.1 as
 * well, sort by the first tag, take the first kind of security, and send the example of a body and of what is in the path.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { t } from '../support/t.ts';

const text = readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8');
const document = parse(text);

interface Request {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: { $ref?: string; name?: string; in?: string; example?: unknown }[];
  requestBody?: { content: Record<string, { example?: unknown }> };
}
const requests = Object.entries<Record<string, Request>>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, request]) => ({ path, method: method.toUpperCase(), request })),
);

t.test('it reads the same by YAML 1.1, where a day without quotation marks is none', async (t) => {
  t.same(parse(text, { version: '1.1' }), document);
});

t.test('every reference leads somewhere, and to no other file', async (t) => {
  const references = new Set(Array.from(text.matchAll(/\$ref: "([^"]*)"/g), ([, reference]) => reference!));
  t.ok(references.size > 10);
  for (const reference of references) {
    t.match(reference, /^#\//);
    const found = reference.slice(2).split('/');
    t.ok(
      found.reduce((place, step) => place?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], document),
      reference,
    );
  }
});

t.test('every operation becomes one request, in the folder of its area, by a name of its own', async (t) => {
  const folders = document.tags.map((tag: { name: string }) => tag.name);
  for (const { request } of requests) {
    t.equal(request.tags.length, 1, request.operationId);
    t.ok(folders.includes(request.tags[0]), request.operationId);
    // Bruno makes a file of each name.
    t.ok(request.summary.length <= 120, request.summary);
  }
  t.equal(new Set(requests.map(({ request }) => request.summary)).size, requests.length);
});

t.test('with the bearer token first, and what the path and the body need', async (t) => {
  t.match(document.components.securitySchemes.token, { type: 'http', scheme: 'bearer' });
  for (const operation of OPERATIONS as readonly Operation[]) {
    const found = requests.find(({ path, method }) => path === operation.path && method === operation.method);
    const { security, parameters = [], requestBody } = found!.request;
    t.same(security[0], { token: [] }, operation.id);
    const inPath = parameters.filter((one) => one.in === 'path');
    t.same(
      inPath.map((one) => `{${one.name}}`),
      operation.path.match(/\{\w+\}/g) ?? [],
      operation.id,
    );
    for (const { example, name } of inPath) t.match(example, /^[\w-]+$/, `${operation.id} ${name}`);
    t.equal(requestBody !== undefined, operation.body !== undefined, operation.id);
    if (requestBody === undefined) continue;
    t.same(Object.keys(requestBody.content), ['application/json'], operation.id);
    const { example } = requestBody.content['application/json']!;
    if (example !== undefined) t.ok(operation.body!.safeParse(example).success, operation.id);
  }
});
