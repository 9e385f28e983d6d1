/**
 * A consent text as a page for the printer: A4, no scripts, nothing from elsewhere. It is made of the plain text alone, line by line,
 * so it says what was hashed and nothing else; only the hash itself, which cannot be in it, is printed beside the page number.
 *
 * And as plain text: the very bytes that are hashed.
 */
import type { ConsentTextView } from '../contract/consent-texts.ts';
import { BOX, ISOLATE, LINE_TO_WRITE_ON } from '../contract/write-consent-text.ts';
import { directionOf } from '../domain/languages.ts';
import { FONT_FACES, FONT_STACK } from './page-fonts.ts';
import { escaped, printedPageHeaders } from './printed-page.ts';
import type { Representation } from './representations.ts';

const STYLE = `
${FONT_FACES}
* { box-sizing: border-box; }
body { max-width: 180mm; margin: 8mm auto; padding: 0 4mm; font: 11pt/1.45 ${FONT_STACK}; color: #000; background: #fff; }
h1 { margin: 0 0 3mm; font-size: 17pt; line-height: 1.25; }
h2 { margin: 6mm 0 1.5mm; font-size: 13pt; break-after: avoid; }
h3 { margin: 0 0 1.5mm; font-size: 11pt; }
p { margin: 0 0 1.5mm; orphans: 2; widows: 2; }
ul { margin: 0 0 1.5mm; padding-inline-start: 6mm; }
li { margin: 0 0 0.8mm; }
h1, h2, h3, p, li { overflow-wrap: anywhere; }
.remark { margin: 0; padding: 1mm 2mm; border: 0.3mm dashed #000; font-size: 9pt; }
.remark + .remark { border-top: none; padding-top: 0; }
.point { margin: 3mm 0; padding: 3mm; border: 0.3mm solid #000; break-inside: avoid; }
.point p, .point ul { margin-bottom: 1mm; }
.answer { display: flex; gap: 3mm; align-items: center; margin: 2mm 0 0; font-weight: bold; }
.box { flex: none; width: 5mm; height: 5mm; border: 0.4mm solid #000; }
.write { display: flex; flex-wrap: wrap; gap: 1mm 3mm; align-items: end; margin: 5mm 0 0; break-inside: avoid; }
.write + :not(.write) { margin-top: 4mm; }
.write:last-child { margin-bottom: 6mm; }
.write span:last-child { flex: 1 1 60mm; min-width: 60mm; border-bottom: 0.3mm solid #000; }
.sign { break-inside: avoid; }
section:has(+ .point) { break-after: avoid; }
footer { margin-top: 6mm; padding-top: 1.5mm; border-top: 0.1mm solid #000; font-size: 7.5pt; overflow-wrap: anywhere; }
@page { size: A4; margin: 16mm 15mm 20mm; @bottom-right { content: counter(page) " / " counter(pages); direction: ltr; font: 7pt "Noto Sans", sans-serif; } }
@media print { body { max-width: none; margin: 0; padding: 0; } footer { display: none; } }
`;

/** On every sheet which paper it belongs to, however the sheets get mixed up. Both are hexadecimal digits. */
const styleOf = ({ id, textHash }: ConsentTextView): string =>
  `${STYLE}@page { @bottom-left { content: "${id}\\A SHA-256 ${textHash}"; white-space: pre; direction: ltr; text-align: left; font: 7pt "Noto Sans", sans-serif; } }\n`;

export const consentTextPage: Representation = {
  mediaType: 'text/html',
  description: 'A page to print and sign, A4, in the language of the text: no scripts, nothing from elsewhere',
  write: (output) => {
    const text = output as ConsentTextView;
    const style = styleOf(text);
    return { body: pageOf(text, style), headers: printedPageHeaders(text.language, style) };
  },
};

export const consentTextPlain: Representation = {
  mediaType: 'text/plain',
  description: 'The text itself, whose SHA-256 is `textHash`',
  write: (output) => {
    const { text, language } = output as ConsentTextView;
    return { body: text, headers: { 'content-language': language, 'x-content-type-options': 'nosniff' } };
  },
};

function pageOf({ text, language, textHash }: ConsentTextView, style: string): string {
  const lines = text.trimEnd().split('\n');
  const title = lines[0]!.slice(2);
  return `<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
${blocksOf(lines).map(blockHtml).join('\n')}
<footer><bdi>SHA-256 ${textHash}</bdi></footer>
</body>
</html>
`;
}

/** What belongs together: the lines between two empty ones. */
function blocksOf(lines: readonly string[]): string[][] {
  const blocks: string[][] = [[]];
  for (const line of lines) {
    if (line === '') blocks.push([]);
    else blocks.at(-1)!.push(line);
  }
  return blocks;
}

function blockHtml(lines: readonly string[]): string {
  const html: string[] = [];
  let isInList = false;
  for (const line of lines) {
    const isItem = line.startsWith('- ');
    if (isItem !== isInList) html.push(isItem ? '<ul>' : '</ul>');
    isInList = isItem;
    html.push(lineHtml(line));
  }
  if (isInList) html.push('</ul>');
  const kind = lines[0]?.startsWith('### ') ? 'point' : lines.some(isToWriteOn) ? 'sign' : '';
  return `<section${kind && ` class="${kind}"`}>\n${html.join('\n')}\n</section>`;
}

const isToWriteOn = (line: string): boolean => line.endsWith(`: ${LINE_TO_WRITE_ON}`);

function lineHtml(line: string): string {
  const after = (mark: string): string => inline(line.slice(mark.length));
  if (line.startsWith('### ')) return `<h3>${after('### ')}</h3>`;
  if (line.startsWith('## ')) return `<h2>${after('## ')}</h2>`;
  if (line.startsWith('# ')) return `<h1>${after('# ')}</h1>`;
  if (line.startsWith('> ')) return `<p class="remark">${after('> ')}</p>`;
  if (line.startsWith('- ')) return `<li>${after('- ')}</li>`;
  if (line.startsWith(`${BOX} `))
    return `<p class="answer"><span class="box"></span><span>${after(`${BOX} `)}</span></p>`;
  if (line.startsWith('* ')) {
    const end = line.indexOf(':') + 1;
    return `<p><strong>${inline(line.slice(2, end))}</strong>${inline(line.slice(end))}</p>`;
  }
  if (isToWriteOn(line)) {
    return `<p class="write"><span>${inline(line.slice(0, -LINE_TO_WRITE_ON.length).trimEnd())}</span><span></span></p>`;
  }
  return `<p>${inline(line)}</p>`;
}

const inline = (text: string): string =>
  escaped(text).replaceAll(ISOLATE.begin, '<bdi>').replaceAll(ISOLATE.end, '</bdi>');
