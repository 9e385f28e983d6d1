/** The table of docs/ARCHITECTURE.md: which folder may import which. Held here, so that nobody has to remember it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { t } from '../support/t.ts';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

interface Rule {
  /** Folders of src, or single files, that it may import beside itself. */
  own: readonly string[];
  /** Packages by name; `node:` stands for what comes with Node. */
  packages: readonly string[];
}

const EVERYTHING: Rule = { own: ['*'], packages: ['*'] };

const TABLE: Record<string, Rule> = {
  domain: { own: [], packages: [] },
  usecases: { own: ['domain'], packages: ['node:'] },
  contract: { own: ['domain'], packages: ['node:', 'zod'] },
  handlers: {
    own: ['contract', 'usecases', 'auth', 'domain'],
    packages: ['node:', 'fast-json-stringify', 'rate-limiter-flexible', 'qr'],
  },
  persistence: {
    own: ['domain', 'usecases/ports.ts'],
    packages: ['node:', 'pg', '@prisma/', 'lru-cache'],
  },
  delivery: {
    own: ['domain', 'usecases', 'contract'],
    packages: ['node:', 'undici', 'ipaddr.js', 'feiertagejs', 'rrule-temporal', 'temporal-polyfill'],
  },
  auth: { own: ['domain'], packages: ['node:', 'jose', 'oidc-provider', 'fastify', 'lru-cache'] },
  rest: {
    own: ['contract', 'usecases', 'auth', 'domain'],
    packages: ['node:', 'fastify', '@fastify/', 'zod', 'yaml', '@scalar/', 'marked', 'rate-limiter-flexible'],
  },
  graphql: {
    own: ['contract', 'usecases', 'auth', 'domain', 'rest'],
    packages: [
      'node:',
      'fastify',
      '@fastify/',
      'zod',
      'graphql',
      'graphql-ws',
      'mercurius',
      'altair-fastify-plugin',
      'lru-cache',
    ],
  },
  telemetry: {
    own: ['domain', 'usecases', 'contract'],
    packages: ['node:', 'fastify', 'prom-client', '@opentelemetry/'],
  },
  embedded: EVERYTHING,
  cli: EVERYTHING,
  '.': EVERYTHING,
};

/** Files of src with what they import, types included; the generated client of Prisma is not ours. */
function importsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const named = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
    const called =
      ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined;
    const specifier = named ?? called;
    if (specifier && ts.isStringLiteral(specifier)) found.push(specifier.text);
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('persistence/prisma/'))
  .sort();

const folderOf = (name: string): string => (name.includes('/') ? name.split('/')[0]! : '.');

function isAllowed(folder: string, rule: Rule, file: string, specifier: string): boolean {
  if (!specifier.startsWith('.')) {
    return rule.packages.some(
      (name) =>
        name === '*' ||
        specifier === name ||
        specifier.startsWith(name.endsWith('/') || name.endsWith(':') ? name : `${name}/`),
    );
  }
  const target = relative(SRC, resolve(dirname(join(SRC, file)), specifier));
  if (folderOf(target) === folder) return true;
  return rule.own.some((name) => name === '*' || name === target || name === folderOf(target));
}

t.test('every folder imports only what the table of the architecture allows', async (t) => {
  t.ok(files.length > 80, 'the files of src were found');
  for (const file of files) {
    const folder = folderOf(file);
    const rule = TABLE[folder];
    t.ok(rule, `${folder} stands in the table`);
    if (!rule) continue;
    const forbidden = importsOf(join(SRC, file)).filter((specifier) => !isAllowed(folder, rule, file, specifier));
    t.same(forbidden, [], `${file} imports nothing beyond the table`);
  }
});

t.test('the table in docs/ARCHITECTURE.md is this one', async (t) => {
  const page = readFileSync(join(SRC, '../docs/ARCHITECTURE.md'), 'utf8');
  for (const [folder, rule] of Object.entries(TABLE)) {
    if (rule === EVERYTHING) continue;
    const row = page.split('\n').find((line) => line.startsWith(`| ${folder} |`));
    t.equal(row?.split('|')[2]?.trim(), rule.own.join(', ') || 'nothing', `the row of ${folder}`);
  }
});

t.test('the test sees a forbidden import', async (t) => {
  t.notOk(isAllowed('domain', TABLE.domain!, 'domain/consent.ts', '../persistence/vault.ts'));
  t.notOk(isAllowed('domain', TABLE.domain!, 'domain/consent.ts', 'zod'));
  t.notOk(isAllowed('usecases', TABLE.usecases!, 'usecases/x.ts', 'pg'));
  t.notOk(isAllowed('persistence', TABLE.persistence!, 'persistence/x.ts', '../usecases/forward-laufzettel.ts'));
  t.ok(isAllowed('persistence', TABLE.persistence!, 'persistence/x.ts', '../usecases/ports.ts'));
  t.notOk(isAllowed('contract', TABLE.contract!, 'contract/x.ts', 'zodiac'));
});
