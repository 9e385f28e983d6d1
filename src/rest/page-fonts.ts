/**
 * The fonts of printed pages, served by this service: Latin with what Turkish needs, Cyrillic for Russian and Ukrainian, Arabic
 * for Arabic and Persian. A printer's own fonts may lack any of them, and a page must not fetch one from anybody else.
 */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

interface Family {
  name: string;
  packageName: string;
  /** Parts by script, of which a browser fetches those that a page has letters of. */
  subsets: readonly string[];
}

/** Noto, under the SIL Open Font License 1.1. */
const FAMILIES: readonly Family[] = [
  { name: 'Noto Sans', packageName: '@fontsource/noto-sans', subsets: ['latin', 'latin-ext', 'cyrillic'] },
  { name: 'Noto Sans Arabic', packageName: '@fontsource/noto-sans-arabic', subsets: ['arabic'] },
];
const WEIGHTS = [400, 700] as const;

interface Face {
  family: string;
  weight: (typeof WEIGHTS)[number];
  unicodeRange: string;
  file: string;
  address: string;
  content: Buffer;
}

/** All of it is a quarter of a megabyte, and stays in memory: no path of a request ever meets the file system. */
const FACES: readonly Face[] = FAMILIES.flatMap(({ name, packageName, subsets }) => {
  const read = (path: string) => readFileSync(new URL(import.meta.resolve(`${packageName}/${path}`)));
  const { version } = JSON.parse(read('package.json').toString()) as { version: string };
  const ranges = JSON.parse(read('unicode.json').toString()) as Record<string, string>;
  return subsets.flatMap((subset) =>
    WEIGHTS.map((weight): Face => {
      const file = `${packageName.split('/')[1]}-${subset}-${weight}-normal.woff2`;
      return {
        family: name,
        weight,
        unicodeRange: ranges[subset]!,
        file,
        // Another release of the font is at another address, so that a browser may keep this one.
        address: `/fonts/${file}?v=${version}`,
        content: read(`files/${file}`),
      };
    }),
  );
});

/** For the style element of a page whose policy lets fonts of this service in, as `printedPageHeaders` does. */
export const FONT_FACES: string = FACES.map(
  ({ family, weight, unicodeRange, address }) =>
    `@font-face { font-family: "${family}"; font-style: normal; font-weight: ${weight}; src: url("${address}") format("woff2"); unicode-range: ${unicodeRange}; }`,
).join('\n');

/** For `font-family`. */
export const FONT_STACK = '"Noto Sans", "Noto Sans Arabic", sans-serif';

/** `/fonts/…`, for everybody: these files and nothing else. Register it encapsulated, as it is. */
export async function pageFonts(fastify: FastifyInstance): Promise<void> {
  for (const { file, content } of FACES) {
    fastify.get(`/fonts/${file}`, { schema: { hide: true } as object }, async (_request, reply) =>
      reply
        .headers({
          'cache-control': 'public, max-age=31536000, immutable',
          'cross-origin-resource-policy': 'same-origin',
          'x-content-type-options': 'nosniff',
        })
        .type('font/woff2')
        .send(content),
    );
  }
}
