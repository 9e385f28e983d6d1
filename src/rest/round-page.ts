/**
 * A round as one page for the printer of a German desk: A4, no scripts, nothing from elsewhere, boxes to tick. No names of
 * clients: the desk knows its file references.
 */
import type { RoundView } from '../contract/rounds.ts';
import { escaped, printedPageHeaders } from './printed-page.ts';
import type { Representation } from './representations.ts';
import { DIRECTION_WORDS, dayWords, instantWords, KIND_WORDS, SECTION_WORDS, STATUS_WORDS } from './round-words.ts';

type Section = RoundView['sections'][number];
type Item = Section['items'][number];

const STYLE = `
@page {
  size: A4;
  margin: 18mm 15mm 20mm;
  @bottom-left { content: "Laufzettel, Runde"; font: 8pt sans-serif; }
  @bottom-right { content: "Seite " counter(page) " von " counter(pages); font: 8pt sans-serif; }
}
* { box-sizing: border-box; }
body { max-width: 180mm; margin: 8mm auto; padding: 0 4mm; font: 10pt/1.35 "Liberation Sans", Arial, sans-serif; color: #000; background: #fff; }
h1 { margin: 0 0 1mm; font-size: 16pt; }
h2 { margin: 6mm 0 1.5mm; font-size: 11.5pt; break-after: avoid; }
p { margin: 0 0 1mm; }
.counts { display: flex; flex-wrap: wrap; gap: 1mm 6mm; margin: 3mm 0 0; padding: 2mm 0; border-block: 0.3mm solid #000; list-style: none; }
.none { color: #444; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; font-size: 9pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { padding: 1mm 2mm 1mm 0; text-align: left; vertical-align: top; border-bottom: 0.1mm solid #666; overflow-wrap: anywhere; hyphens: manual; }
th { font-weight: bold; border-bottom: 0.3mm solid #000; }
th:nth-child(1) { width: 6mm; } th:nth-child(3) { width: 34mm; } th:nth-child(4) { width: 19mm; } th:nth-child(5) { width: 24mm; }
th:nth-child(6) { width: 30mm; } th:nth-child(7) { width: 28mm; }
.box { display: inline-block; width: 3.5mm; height: 3.5mm; border: 0.3mm solid #000; }
.id { font: 8pt "Liberation Mono", monospace; }
footer { margin-top: 6mm; font-size: 8pt; }
@media print { body { max-width: none; margin: 0; padding: 0; } }
`;

const HEADERS = printedPageHeaders('de', STYLE);

export const roundPage: Representation = {
  mediaType: 'text/html',
  description: 'One page to print, A4, in German: no scripts, nothing from elsewhere',
  write: (output) => ({ body: pageOf(output as RoundView), headers: HEADERS }),
};

function pageOf(round: RoundView): string {
  const title = `Runde vom ${instantWords(round.at)} Uhr`;
  return `<!doctype html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<p><strong>${escaped(round.readerName)}</strong> mit <strong>${escaped(round.partnerName)}</strong></p>
<p>${escaped(round.agreementTitle)}</p>
<p>Zeitraum: ${instantWords(round.windowFrom)} bis ${instantWords(round.at)}</p>
<ul class="counts">${round.sections.map(countOf).join('')}</ul>
${round.sections.map(sectionOf).join('\n')}
<footer><p>Kennung: der letzte Teil der Kennung der Weiterleitung. Der Status ist der vom Zeitpunkt der Runde. Enthält Aktenzeichen; nur für die eigene Stelle.</p></footer>
</body>
</html>
`;
}

const countOf = ({ section, count }: Section): string =>
  `<li>${SECTION_WORDS[section].title}: <strong>${count}</strong></li>`;

function sectionOf({ section, count, items }: Section): string {
  const { title, at } = SECTION_WORDS[section];
  const heading = `<section><h2>${title} (${count})</h2>`;
  if (items.length === 0) return `${heading}<p class="none">Nichts.</p></section>`;
  const columns = ['', 'Aktenzeichen', 'Art', 'Richtung', 'Status', at, 'Kennung'];
  const more = count > items.length ? `<p>Und ${count - items.length} weitere, die hier nicht stehen.</p>` : '';
  return [
    `${heading}<table><thead><tr>${columns.map((one) => `<th scope="col">${one}</th>`).join('')}</tr></thead>`,
    `<tbody>${items.map(rowOf).join('\n')}</tbody></table>${more}</section>`,
  ].join('\n');
}

function rowOf(item: Item): string {
  const marks = [
    ...(item.urgency === 'URGENT' ? ['<strong>dringend</strong>'] : []),
    ...(item.dueDate === null ? [] : [`fällig ${dayWords(item.dueDate)}`]),
  ];
  const cells = [
    '<span class="box"></span>',
    escaped(item.fileReference ?? '–'),
    [KIND_WORDS[item.kind], ...marks].join('<br>'),
    DIRECTION_WORDS[item.direction],
    STATUS_WORDS[item.status],
    instantWords(item.at),
    `<span class="id">${item.forwardingId.slice(-12)}</span>`,
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}
