/**
 * The agenda of a conference as one page for the printer of a German desk: A4, no scripts, nothing from elsewhere, room to write.
 * No names of clients: the desk knows its file references. What has dropped off is not printed, for it is not discussed.
 */
import type { ConferenceView } from '../contract/conferences.ts';
import { conferenceStatusWords, PLACE_WORDS } from './conference-words.ts';
import { escaped, printedPageHeaders } from './printed-page.ts';
import type { Representation } from './representations.ts';
import { instantWords } from './round-words.ts';

type Item = ConferenceView['agenda'][number];

const STYLE = `
@page {
  size: A4;
  margin: 18mm 15mm 20mm;
  @bottom-left { content: "Laufzettel, Fallbesprechung"; font: 8pt sans-serif; }
  @bottom-right { content: "Seite " counter(page) " von " counter(pages); font: 8pt sans-serif; }
}
* { box-sizing: border-box; }
body { max-width: 180mm; margin: 8mm auto; padding: 0 4mm; font: 10pt/1.35 "Liberation Sans", Arial, sans-serif; color: #000; background: #fff; }
h1 { margin: 0 0 1mm; font-size: 16pt; }
p { margin: 0 0 1mm; }
.none { margin-top: 6mm; color: #444; }
table { width: 100%; margin-top: 5mm; table-layout: fixed; border-collapse: collapse; font-size: 9pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { padding: 1mm 2mm 1mm 0; text-align: left; vertical-align: top; border-bottom: 0.1mm solid #666; overflow-wrap: anywhere; hyphens: manual; }
th { font-weight: bold; border-bottom: 0.3mm solid #000; }
tbody td { height: 22mm; }
th:nth-child(1) { width: 8mm; } th:nth-child(2) { width: 38mm; } th:nth-child(3) { width: 28mm; }
.id { font: 8pt "Liberation Mono", monospace; }
footer { margin-top: 6mm; font-size: 8pt; }
@media print { body { max-width: none; margin: 0; padding: 0; } }
`;

const HEADERS = printedPageHeaders('de', STYLE);

export const conferencePage: Representation = {
  mediaType: 'text/html',
  description: 'The agenda on one page to print, A4, in German: no scripts, nothing from elsewhere',
  write: (output) => ({ body: pageOf(output as ConferenceView), headers: HEADERS }),
};

function pageOf(conference: ConferenceView): string {
  const { beginsAt, endsAt, place, convenerName, partnerName } = conference;
  const title = `Fallbesprechung am ${instantWords(beginsAt)} Uhr`;
  const until = endsAt === null ? '' : ` bis ${instantWords(endsAt)} Uhr`;
  const agenda = conference.agenda.filter(({ dropped }) => !dropped);
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
<p><strong>${escaped(convenerName)}</strong> mit <strong>${escaped(partnerName)}</strong></p>
<p>${instantWords(beginsAt)} Uhr${until}, ${escaped(PLACE_WORDS[place](conference))}; ${conferenceStatusWords(conference)}</p>
${agenda.length === 0 ? '<p class="none">Nichts auf der Tagesordnung.</p>' : tableOf(agenda)}
<footer><p>Kennung: der letzte Teil der Kennung des Laufzettels. Besprochen werden darf, was hier steht, solange die Einwilligung gilt: vor Beginn neu abrufen. Enthält Aktenzeichen; nur für die eigene Stelle.</p></footer>
</body>
</html>
`;
}

function tableOf(agenda: readonly Item[]): string {
  const columns = ['Nr.', 'Aktenzeichen', 'Kennung', 'Notizen'];
  return [
    `<table><thead><tr>${columns.map((one) => `<th scope="col">${one}</th>`).join('')}</tr></thead>`,
    `<tbody>${agenda.map(rowOf).join('\n')}</tbody></table>`,
  ].join('\n');
}

const rowOf = ({ fileReference, laufzettelId }: Item, place: number): string => {
  const cells = [
    String(place + 1),
    escaped(fileReference ?? '–'),
    `<span class="id">${laufzettelId.slice(-12)}</span>`,
    '',
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
};
