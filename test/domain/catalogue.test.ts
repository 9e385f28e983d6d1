import { readFile, writeFile } from 'node:fs/promises';
import {
  ALWAYS_SECRET_CATEGORIES,
  ARTICLE_9_CATEGORIES,
  CATALOGUE,
  CATEGORIES,
  type Category,
  type CategoryDefinition,
  CORE_CATEGORIES,
  coreOf,
  GUARDED_CATEGORIES,
  KINDS,
  PURPOSES,
  USUALLY_SECRET_CATEGORIES,
} from '../../src/domain/catalogue.ts';
import { CLOSURE_ANSWERS } from '../../src/domain/closure-answer.ts';
import { type Field, type Fields, isFreeText, meaningOf, type Shape } from '../../src/domain/fields.ts';
import { FORWARDING_STATUSES, LAUFZETTEL_STATUSES, REJECT_CODES } from '../../src/domain/laufzettel.ts';
import { t } from '../support/t.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const definitions = Object.entries(CATALOGUE) as [Category, CategoryDefinition][];

/** Every field with its path: `schritte[].was` for a member of listed records. */
function* walk(fields: Fields, prefix = ''): Generator<[path: string, field: Field]> {
  for (const [name, field] of Object.entries(fields)) {
    yield [prefix + name, field];
    const inner: Shape = field.type === 'list' ? field.of : field;
    if (inner.type === 'record') yield* walk(inner.fields, `${prefix}${name}${inner === field ? '.' : '[].'}`);
  }
}

const allFields = definitions.flatMap(([category, { fields }]) =>
  [...walk(fields)].map(([path, field]) => ({ category, path, field })),
);
const codesOf = (shape: Shape): readonly string[] =>
  shape.type === 'code' ? shape.codes : shape.type === 'list' ? codesOf(shape.of) : [];

t.test('the catalogue has exactly the categories, in their order', async (t) => {
  t.same(Object.keys(CATALOGUE), CATEGORIES);
});

t.test('a field belongs to one category; only words without a person in them occur in several', async (t) => {
  const generic = [
    'art',
    'beginn',
    'bis',
    'ende',
    'ergebnis',
    'kinderbetreuung',
    'status',
    'text',
    'traeger',
    'von',
    'zustaendig',
  ];
  const owners = new Map<string, Category[]>();
  for (const [category, { fields }] of definitions) {
    for (const name of Object.keys(fields)) owners.set(name, [...(owners.get(name) ?? []), category]);
  }
  const shared = [...owners].filter(([, categories]) => categories.length > 1).map(([name]) => name);
  t.same(shared.sort(), generic);
});

t.test('there is no place for amounts, diagnoses, sanctions, missed appointments or the Kundennummer', async (t) => {
  const forbidden =
    /betrag|euro|hoehe|einkommen|diagnos|krankheit|icd|sanktion|minderung|pflichtverletzung|nicht_erschienen|versaeum|erschienen|kundennummer|bgnummer/i;
  for (const { category, path, field } of allFields) {
    t.notMatch(path, forbidden, `${category} ${path}`);
    for (const code of codesOf(field)) t.notMatch(code, forbidden, `${category} ${path} ${code}`);
  }
  t.notOk(
    allFields.some(({ category, field }) => category === 'GESUNDHEIT' && isFreeText(field)),
    'nothing can be written into GESUNDHEIT',
  );
});

t.test('every field has a meaning, and free text warns of third persons', async (t) => {
  for (const { category, path, field } of allFields) {
    t.match(meaningOf(field), /^[A-Z`].{2,}\.$/, `${category} ${path}`);
    t.equal(/Do not name third persons\.$/.test(meaningOf(field)), isFreeText(field), `${category} ${path}`);
  }
});

t.test('every field is bounded', async (t) => {
  const isBounded = (shape: Shape): boolean => {
    if (shape.type === 'list') return shape.max > 0 && shape.max <= 30 && isBounded(shape.of);
    if (shape.type === 'code') return shape.codes.length > 1 && new Set(shape.codes).size === shape.codes.length;
    return !('max' in shape) || (shape.max > 0 && Number.isSafeInteger(shape.max));
  };
  for (const { category, path, field } of allFields) t.ok(isBounded(field), `${category} ${path}`);
});

t.test('codes are written in capitals without umlauts', async (t) => {
  for (const { category, path, field } of allFields) {
    for (const code of codesOf(field)) t.match(code, /^[A-Z][A-Z0-9_]*$/, `${category} ${path}`);
  }
});

t.test('rules between fields name fields that exist', async (t) => {
  for (const [category, { fields, inOrder }] of definitions) {
    for (const name of (inOrder ?? []).flat()) t.match(fields[name]?.type, /^(date|instant)$/, `${category} ${name}`);
  }
});

t.test('coreOf turns the table of core categories round', async (t) => {
  for (const kind of KINDS) {
    t.same(
      CATEGORIES.filter((category) => coreOf(category).includes(kind)),
      CATEGORIES.filter((category) => CORE_CATEGORIES[kind].includes(category)),
    );
  }
});

const typeOf = (shape: Shape): string => {
  switch (shape.type) {
    case 'name':
    case 'text':
    case 'longText':
    case 'fileName':
      return `${{ name: 'name', text: 'text', longText: 'long text', fileName: 'file name' }[shape.type]}, at most ${shape.max} characters`;
    case 'code':
      return shape.codes.map((code) => `\`${code}\``).join(' ');
    case 'integer':
      return `whole number, ${shape.min} to ${shape.max}`;
    case 'list':
      return `list, 1 to ${shape.max}: ${typeOf(shape.of)}`;
    case 'base64':
      return `base64, at most ${shape.maxBytes} bytes decoded`;
    default:
      return {
        date: 'date `YYYY-MM-DD`',
        instant: 'instant, RFC 3339 UTC with ms',
        language: 'BCP 47 language tag',
        email: 'e-mail address',
        phone: 'phone number',
        postcode: 'postcode, five digits',
        sha256: 'SHA-256, 64 hexadecimal digits',
        boolean: 'true or false',
        record: 'object',
      }[shape.type];
  }
};

function marksLine(category: Category, definition: CategoryDefinition): string {
  const kinds = coreOf(category);
  const marks = [
    ARTICLE_9_CATEGORIES.includes(category) && 'Art. 9 GDPR: consent explicit, and written or electronic',
    ALWAYS_SECRET_CATEGORIES.includes(category) && 'professional secrecy always',
    USUALLY_SECRET_CATEGORIES.includes(category) && 'professional secrecy unless said otherwise',
    GUARDED_CATEGORIES.includes(category) && 'residence guard, see below',
    category === 'DOKUMENT' && 'needs what each category in `filedUnder` needs',
    definition.concernsOthers && 'concerns third persons',
    definition.jointDocument && 'part of a joint document',
    kinds.length > 0 && `core of ${kinds.map((kind) => `\`${kind}\``).join(', ')}`,
  ].filter((mark) => typeof mark === 'string');
  return marks.length > 0 ? marks.join('; ') : 'none';
}

function catalogueMarkdown(): string {
  const sections = definitions.map(([category, definition]) => {
    const rows = [...walk(definition.fields)].map(
      ([path, field]) => `| \`${path}\`${field.required ? ' *' : ''} | ${typeOf(field)} | ${meaningOf(field)} |`,
    );
    const order = (definition.inOrder ?? []).map(([first, second]) => `\`${first}\` ≤ \`${second}\``);
    return [
      `## ${category}`,
      `${definition.description}. Marks: ${marksLine(category, definition)}.${order.length > 0 ? ` Order: ${order.join(', ')}.` : ''}`,
      ['| field | type | meaning |', '|---|---|---|', ...rows].join('\n'),
    ].join('\n\n');
  });
  return `${[
    '# The catalogue',
    'Every personal field belongs to exactly one category. What is not listed here cannot be stored and cannot leave. This page is\nprinted from `src/domain/catalogue.ts` by `UPDATE_DOCS=1 node test/domain/catalogue.test.ts`; a test holds the two equal. Machines read\nthe same at `GET /v1/catalogue`.',
    "A field with * is required; where none is, at least one has to be there. A field without content is left out, never null or empty.\nUnknown fields are refused. Text is kept in Unicode NFC and otherwise as sent; control characters are refused, in long text all but line\nbreaks and tabs. Whom an entry is about is not in its payload; it is the entry's `concerns`.",
    ...sections,
    MARKS,
  ].join('\n\n')}\n`;
}

const MARKS = `## The marks of an entry

| mark | said by the author | left out by the author |
|---|---|---|
| \`secrecy\` | true always; false except for BERATUNGSNOTIZ and a DOKUMENT filed under it | true for BERATUNGSNOTIZ, FOERDERPLAN, LEBENSLAGE and a DOKUMENT filed under one of them; else false |
| \`guardFrom\` of AUFENTHALT | the instant of the next column or an earlier one | at once when \`aufenthaltstitel\` is OHNE, UNGEKLAERT or missing, and for a DULDUNG without \`gueltigBis\`; 00:00 Europe/Berlin of \`gueltigBis\` for a DULDUNG; else null |
| \`guardFrom\` of a DOKUMENT filed under AUFENTHALT | an instant, or null: never | refused |
| \`guardFrom\` of everything else | an instant or null | null |
| \`filedUnder\` | for a DOKUMENT one or more categories, each once, not DOKUMENT; for everything else nothing or null | refused for a DOKUMENT, else null |

From \`guardFrom\` on no public body may learn the entry, consent or not (§§ 87, 88(2) AufenthG).`;

t.test('docs/catalogue.md says what the catalogue says', async (t) => {
  const page = new URL('catalogue.md', DOCS);
  if (process.env.UPDATE_DOCS === '1') await writeFile(page, catalogueMarkdown());
  t.equal(await readFile(page, 'utf8'), catalogueMarkdown());
});

t.test('docs/glossary.md explains every category, purpose, kind, status and answer, and no term twice', async (t) => {
  const glossary = await readFile(new URL('glossary.md', DOCS), 'utf8');
  const terms = [...glossary.matchAll(/^\| (?!term |---)(.+?) \| .+ \|$/gm)].map((match) => match[1]!);
  t.equal(new Set(terms).size, terms.length, 'no term twice');
  const statuses = [...FORWARDING_STATUSES, ...REJECT_CODES, ...LAUFZETTEL_STATUSES, ...CLOSURE_ANSWERS];
  const codes = new Set<string>([...CATEGORIES, ...PURPOSES, ...KINDS, ...statuses]);
  for (const code of codes) t.ok(terms.includes(`\`${code}\``), code);
});
