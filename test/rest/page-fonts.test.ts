import Fastify from 'fastify';
import { FONT_FACES, FONT_STACK, pageFonts } from '../../src/rest/page-fonts.ts';
import { t } from '../support/t.ts';

const app = Fastify();
t.teardown(() => app.close());
await app.register(pageFonts);

const addresses = [...FONT_FACES.matchAll(/url\("([^"]+)"\)/g)].map(([, address]) => address!);

t.test('every font that the style names is served, to be kept for good', async (t) => {
  t.equal(addresses.length, 8, 'three parts of Noto Sans and one of Noto Sans Arabic, in two weights');
  for (const address of addresses) {
    const answer = await app.inject(address);
    t.equal(answer.statusCode, 200, address);
    t.equal(answer.headers['content-type'], 'font/woff2');
    t.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable');
    t.equal(answer.headers['cross-origin-resource-policy'], 'same-origin');
    t.equal(answer.rawPayload.subarray(0, 4).toString(), 'wOF2');
  }
});

t.test('what is in the same package, or above it, is not served', async (t) => {
  for (const path of [
    '/fonts',
    '/fonts/',
    '/fonts/noto-sans-latin-100-normal.woff2',
    '/fonts/noto-sans-latin-400-normal.woff',
    '/fonts/package.json',
    '/fonts/../package.json',
    '/fonts/..%2Fpackage.json',
    '/fonts/%2e%2e/%2e%2e/package.json',
  ]) {
    t.equal((await app.inject(path)).statusCode, 404, path);
  }
});

t.test('every letter of the seven languages has a font', async (t) => {
  const ranges = [...FONT_FACES.matchAll(/unicode-range: ([^;]+);/g)].flatMap(([, list]) =>
    list!.split(',').map((range) => {
      const [from, to = from] = range.replace('U+', '').split('-');
      return [Number.parseInt(from!, 16), Number.parseInt(to!, 16)] as const;
    }),
  );
  const letters =
    'ÄÖÜäöüß çğıİöşüÇĞÖŞÜ абвгдеёжзийклмнопрстуфхцчшщъыьэюя ґєії ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءئؤأإآ پچژگکی‌، ؟ § – „“ «»';
  for (const letter of letters) {
    const code = letter.codePointAt(0)!;
    t.ok(
      ranges.some(([from, to]) => from <= code && code <= to),
      letter,
    );
  }
  for (const [, family] of FONT_FACES.matchAll(/font-family: ("[^"]+")/g)) t.ok(FONT_STACK.includes(family!));
});
