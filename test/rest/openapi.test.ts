import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { PROBLEMS } from '../../src/domain/problem.ts';
import { openApiDocument } from '../../src/rest/openapi.ts';
import { t } from '../support/t.ts';

const BESIDE_THE_TABLE = ['GET /healthz isAlive', 'GET /readyz isReady', 'POST /v1/bulk bulk', 'GET /v1/export export'];

const document = JSON.parse(JSON.stringify(openApiDocument()));

t.test('openapi.yaml is what the operations make', async (t) => {
  const { status, stderr } = spawnSync(process.execPath, ['src/cli/openapi.ts', '--check'], { encoding: 'utf8' });
  t.equal(status, 0, stderr);
  t.same(parse(readFileSync('openapi.yaml', 'utf8')), document);
});

t.test('every operation is described, and nothing else', async (t) => {
  const described = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
    Object.entries<{ operationId: string }>(methods as never).map(
      ([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`,
    ),
  );
  const expected = OPERATIONS.map(({ method, path, id }) => `${method} ${path} ${id}`);
  t.same(described.sort(), [...expected, ...BESIDE_THE_TABLE].sort());
});

t.test('each says who may call it, what it answers and what can go wrong', async (t) => {
  for (const operation of OPERATIONS as readonly Operation[]) {
    const { id, method, path, scopes, status, problems, body, example } = operation;
    const described = document.paths[path][method.toLowerCase()];
    t.same(
      described.security.slice(1).map((one: { oauth2: string[] }) => one.oauth2[0]),
      scopes,
      id,
    );
    t.ok(described.responses[status].content['application/json'].schema, id);
    t.ok(described.responses.default, id);
    for (const code of problems) {
      const response = document.components.responses[described.responses[PROBLEMS[code].status].$ref.split('/').at(-1)];
      t.ok(response.description.includes(`\`${code}\``), `${id} ${code}`);
    }
    t.same(described.requestBody?.content['application/json'].example, body && example.body, id);
  }
});
