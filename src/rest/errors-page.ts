/** `/docs/errors`, to which the `type` of every problem leads: docs/errors.md with an anchor for each code. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { protectPages } from './page-headers.ts';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character]!);

/** Register it encapsulated: the headers of a page are not those of an answer. */
export async function errorsPage(fastify: FastifyInstance): Promise<void> {
  protectPages(fastify);
  const page = render(readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8'));
  fastify.get('/docs/errors', async (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
}

/** The text as it was written, for Markdown is made to be read; a section with an id for each heading. */
function render(markdown: string): string {
  const sections = markdown.split(/^## (?=.)/m).map((section, index) => {
    const [heading = '', ...lines] = section.split('\n');
    const text = `<pre>${escapeHtml(lines.join('\n').trim())}</pre>`;
    return index === 0
      ? `<h1>${escapeHtml(heading.replace('# ', ''))}</h1>${text}`
      : `<h2 id="${escapeHtml(heading)}">${escapeHtml(heading)}</h2>${text}`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Errors</title><body>${sections.join('\n')}</body></html>`;
}
