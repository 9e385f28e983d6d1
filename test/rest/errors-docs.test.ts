import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import Fastify from 'fastify';
import { problemExample } from '../../src/contract/problem-examples.ts';
import { type Language, problemTitle, problemType } from '../../src/contract/problem-texts.ts';
import { REASONS } from '../../src/domain/facts.ts';
import { NEEDED_TYPES, OBSTACLES } from '../../src/domain/needed.ts';
import { PROBLEMS, type ProblemCode } from '../../src/domain/problem.ts';
import { errorsPage } from '../../src/rest/errors-page.ts';
import { openApiDocument } from '../../src/rest/openapi.ts';
import { isSaid, isUsed } from '../contract/sentences.ts';
import { t } from '../support/t.ts';

const codes = Object.keys(PROBLEMS) as ProblemCode[];

const PAGES: Record<Language, { file: string; parts: readonly string[] }> = {
  en: { file: 'errors.md', parts: ['Meaning.', 'What to do.', 'Retry.'] },
  de: { file: 'fehler.md', parts: ['Bedeutung.', 'Was tun.', 'Noch einmal senden?'] },
};

for (const [language, { file, parts }] of Object.entries(PAGES) as [Language, (typeof PAGES)[Language]][]) {
  const [, ...sections] = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8').split(/^## (?=.)/m);
  const documented = new Map(sections.map((section) => [section.split('\n', 1)[0]!, section]));

  t.test(`every code has its section in ${file}, and every section is about a code`, async (t) => {
    t.same([...documented.keys()], codes, 'in the order of src/domain/problem.ts');
  });

  t.test(
    `each section of ${file} says what it means, what to do, and whether to retry, with a real answer`,
    async (t) => {
      for (const code of codes) {
        const section = documented.get(code) ?? '';
        for (const part of parts) t.ok(section.includes(`\n**${part}** `), `${code}: ${part}`);
        t.same(JSON.parse(/```json\n(.*?)```/s.exec(section)?.[1] ?? '{}'), problemExample(code, language), code);
      }
    },
  );
}

t.test('each reason and each kind of line of a refusal is explained in both languages', async (t) => {
  for (const { file } of Object.values(PAGES)) {
    const text = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
    const [section = ''] = text.split('\n## consent-missing\n')[1]?.split('\n## ') ?? [];
    const explained = [...section.matchAll(/^\| ([A-Z_]+(?:, [A-Z_]+)*) \|/gm)].flatMap((match) =>
      match[1]!.split(', '),
    );
    t.same(explained, [...REASONS, ...NEEDED_TYPES], file);
    for (const obstacle of OBSTACLES) t.match(section, `${obstacle}`, file);
  }
});

t.test('what the examples say is what the service says', async (t) => {
  for (const code of codes.filter(isUsed)) {
    const { detail, errors = [], status, title, type } = problemExample(code, 'en');
    t.same({ status, title, type }, { ...PROBLEMS[code], type: problemType(code) }, code);
    for (const sentence of [detail, ...errors.map((one) => one.detail)]) t.ok(isSaid(sentence), `${code}: ${sentence}`);
    const german = problemExample(code, 'de');
    t.not(german.detail, detail, `${code} in German`);
  }
});

t.test('every code has a German title of its own', async (t) => {
  const titles = new Set(codes.map((code) => problemTitle(code, 'de')));
  t.equal(titles.size, codes.length);
  for (const code of codes) t.not(problemTitle(code, 'de'), PROBLEMS[code].title);
});

t.test('the description of the REST door knows the same codes, with answers that fit its schema', async (t) => {
  const { components } = JSON.parse(JSON.stringify(openApiDocument()));
  t.same(components.schemas.Problem.properties.code.enum, codes);
  const described = JSON.stringify(components.responses);
  const fits = new Ajv2020({ strict: false, validateFormats: false }).compile({
    $ref: '#/components/schemas/Problem',
    components,
  });
  // This one answers requests that reach no operation.
  for (const code of codes.filter((one) => one !== 'method-not-allowed')) {
    t.ok(described.includes(`\`${code}\``), code);
    const { value } = components.examples[code];
    t.same(value, problemExample(code, 'en'), code);
    t.ok(fits(value), `${code}: ${JSON.stringify(fits.errors)}`);
  }
});

t.test('the type of a problem leads to its section, in the language that is preferred', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  await app.register(errorsPage);
  for (const [language, title] of [
    ['en', '<h1>Errors</h1>'],
    ['de', '<h1>Fehler</h1>'],
  ] as const) {
    const page = await app.inject({ url: '/docs/errors', headers: { 'accept-language': language } });
    t.match(page.headers, {
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      vary: 'accept-language',
      'content-security-policy': /default-src 'none'/,
    });
    t.match(page.body, `<html lang="${language}">`);
    t.match(page.body, title);
    for (const code of codes) t.ok(page.body.includes(`<h2 id="${code}">`), code);
    t.notMatch(page.body, '<token>', 'what looks like a tag is escaped');
    const [, nonce] = /style-src 'self' 'nonce-([^']+)'/.exec(String(page.headers['content-security-policy']))!;
    t.ok(page.body.includes(`<style nonce="${nonce}">`), 'the style sheet may apply');
  }
});
