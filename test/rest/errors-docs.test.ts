import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import t from 'tap';
import { problemTitle, problemType } from '../../src/contract/problem-texts.ts';
import { PROBLEMS, type ProblemCode } from '../../src/domain/problem.ts';
import { errorsPage } from '../../src/rest/errors-page.ts';
import { openApiDocument } from '../../src/rest/openapi.ts';

const codes = Object.keys(PROBLEMS) as ProblemCode[];
const [, ...sections] = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8').split(/^## (?=.)/m);
const documented = new Map(sections.map((section) => [section.split('\n', 1)[0]!, section]));

t.test('every code has its section, and every section is about a code', async (t) => {
  t.same([...documented.keys()], codes, 'in the order of src/domain/problem.ts');
});

t.test('each section says what it means and what to do, with an example that is true', async (t) => {
  for (const code of codes) {
    const section = documented.get(code) ?? '';
    t.match(section, /^\*\*Meaning\.\*\* /m, code);
    t.match(section, /^\*\*What to do\.\*\* /m, code);
    const example = JSON.parse(/```json\n(.*?)```/s.exec(section)?.[1] ?? '{}');
    const { status, title } = PROBLEMS[code];
    t.match(example, { code, status, title, type: problemType(code), detail: String, instance: /^urn:uuid:/ }, code);
  }
});

t.test('every code has a German title of its own', async (t) => {
  const titles = new Set(codes.map((code) => problemTitle(code, 'de')));
  t.equal(titles.size, codes.length);
  for (const code of codes) t.not(problemTitle(code, 'de'), PROBLEMS[code].title);
});

t.test('the description of the REST door knows the same codes', async (t) => {
  const { components } = openApiDocument() as { components: Record<string, Record<string, { description: string }>> };
  t.match(components.schemas?.Problem, { properties: { code: { enum: codes } } });
  const described = JSON.stringify(components.responses);
  // This one answers requests that reach no operation.
  for (const code of codes.filter((one) => one !== 'method-not-allowed')) {
    t.ok(described.includes(`\`${code}\``), code);
  }
});

t.test('the type of a problem leads to its section', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  await app.register(errorsPage);
  const page = await app.inject('/docs/errors');
  t.match(page.headers, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': /default-src 'none'/,
  });
  for (const code of codes) t.ok(page.body.includes(`id="${code}"`), code);
  t.notMatch(page.body, '<token>', 'what looks like a tag is escaped');
});
