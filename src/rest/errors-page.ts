/** `/docs/errors`, to which the `type` of every problem leads: docs/errors.md or docs/fehler.md, an anchor for each code. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { Marked } from 'marked';
import { LANGUAGES, type Language, languageOf } from '../contract/problem-texts.ts';
import { NONCE, protectPages } from './page-headers.ts';

const PAGES: Record<Language, { file: string; title: string }> = {
  en: { file: 'errors.md', title: 'Errors' },
  de: { file: 'fehler.md', title: 'Fehler' },
};

const STYLE = `
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
h2 { margin-top: 3rem; font-family: ui-monospace, monospace; }
pre { padding: 0.75rem; overflow-x: auto; border: 1px solid; }
table { border-collapse: collapse; }
th, td { padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid; }
:root { color-scheme: light dark; }
:target { text-decoration: underline; }
`;

/** The codes are the only headings below the title, and have nothing in them that HTML or a URL would mind. */
const markdown = new Marked({
  renderer: {
    heading: ({ text, depth }) => (depth === 1 ? `<h1>${text}</h1>` : `<h${depth} id="${text}">${text}</h${depth}>`),
  },
});

/** Register it encapsulated: the headers of a page are not those of an answer. */
export async function errorsPage(fastify: FastifyInstance): Promise<void> {
  protectPages(fastify);
  const pages = new Map(LANGUAGES.map((language) => [language, render(language)]));
  fastify.get('/docs/errors', async (request, reply) => {
    const language = languageOf(request.headers['accept-language']);
    return reply
      .headers({ 'content-language': language, vary: 'accept-language' })
      .type('text/html; charset=utf-8')
      .send(pages.get(language));
  });
}

function render(language: Language): string {
  const { file, title } = PAGES[language];
  const text = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width"><title>${title}</title><style nonce="${NONCE}">${STYLE}</style></head>`,
    `<body>${markdown.parse(text, { async: false })}</body></html>`,
  ].join('\n');
}
