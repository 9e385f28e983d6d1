/**
 * A version of an agreement as one document for the printer: A4, German, no scripts, nothing from elsewhere. Its text stands there as it
 * was signed, line by line, and below it who has signed it by which key.
 */
import type { AgreementVersionView } from '../contract/agreement-versions.ts';
import { escaped, printedPageHeaders } from './printed-page.ts';
import type { Representation } from './representations.ts';
import { instantWords } from './round-words.ts';

type Signature = AgreementVersionView['signatures'][number];

const STYLE = `
@page {
  size: A4;
  margin: 20mm 20mm 22mm 25mm;
  @bottom-left { content: "Laufzettel, Kooperationsvereinbarung"; font: 8pt sans-serif; }
  @bottom-right { content: "Seite " counter(page) " von " counter(pages); font: 8pt sans-serif; }
}
* { box-sizing: border-box; }
body { max-width: 165mm; margin: 8mm auto; padding: 0 4mm; font: 10pt/1.4 "Liberation Sans", Arial, sans-serif; color: #000; background: #fff; }
h1 { margin: 0 0 1mm; font-size: 16pt; overflow-wrap: anywhere; }
h2 { margin: 6mm 0 1.5mm; font-size: 11.5pt; break-after: avoid; }
p { margin: 0 0 1mm; }
.text { margin: 4mm 0; padding: 4mm 0; border-block: 0.3mm solid #000; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; font-size: 9pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { padding: 1mm 2mm 1mm 0; text-align: left; vertical-align: top; border-bottom: 0.1mm solid #666; overflow-wrap: anywhere; }
th { border-bottom: 0.3mm solid #000; }
th:nth-child(2) { width: 33mm; } th:nth-child(3) { width: 70mm; }
.key { font: 7.5pt/1.35 "Liberation Mono", monospace; }
.hand { break-inside: avoid; min-height: 28mm; border-bottom: 0.2mm solid #000; }
footer { margin-top: 6mm; font-size: 8pt; }
@media print { body { max-width: none; margin: 0; padding: 0; } }
`;

const HEADERS = printedPageHeaders('de', STYLE);

export const agreementPage: Representation = {
  mediaType: 'text/html',
  description: 'One document to print, A4, in German: the text as it was signed, and the signatures',
  write: (output) => ({ body: pageOf(output as AgreementVersionView), headers: HEADERS }),
};

const STATUS_WORDS: Record<AgreementVersionView['status'], string> = {
  DRAFT: 'Entwurf',
  OPEN: 'vorgeschlagen, noch nicht von allen unterschrieben',
  IN_FORCE: 'in Kraft',
  SUPERSEDED: 'abgelöst durch eine spätere Fassung',
  WITHDRAWN: 'zurückgezogen',
};

function pageOf(version: AgreementVersionView): string {
  const title = `Kooperationsvereinbarung, Fassung ${version.number}`;
  const since = version.inForceAt === null ? '' : ` seit ${instantWords(version.inForceAt)} Uhr`;
  const status = version.status === 'SUPERSEDED' ? STATUS_WORDS.SUPERSEDED : `${STATUS_WORDS[version.status]}${since}`;
  return `<!doctype html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(version.terms.title)}</h1>
<p>Fassung ${version.number}, entworfen am ${instantWords(version.proposedAt)} Uhr; ${status}</p>
<pre class="text">${escaped(version.text)}</pre>
<p>SHA-256 des Textes: <span class="key">${version.textHash}</span></p>
${signaturesOf(version.signatures)}
<section class="hand"><h2>Von Hand, für die eigene Akte</h2><p>Ort und Datum, Name und Unterschrift der Leitung:</p></section>
<footer><p>Jede Unterschrift ist eine JSON Web Signature (RFC 7515) über genau diesen Text; Signatur und öffentlicher Schlüssel
stehen in der maschinenlesbaren Form dieser Fassung. Zeiten sind die der Vermittlungsstelle, Europe/Berlin.</p></footer>
</body>
</html>
`;
}

function signaturesOf(signatures: readonly Signature[]): string {
  const heading = `<section><h2>Unterschriften (${signatures.length})</h2>`;
  if (signatures.length === 0) return `${heading}<p>Noch keine.</p></section>`;
  const columns = ['Stelle', 'Unterschrieben', 'Schlüssel (kid) und Fingerabdruck (RFC 7638)'];
  return [
    `${heading}<table><thead><tr>${columns.map((one) => `<th scope="col">${one}</th>`).join('')}</tr></thead>`,
    `<tbody>${signatures.map(rowOf).join('\n')}</tbody></table></section>`,
  ].join('\n');
}

function rowOf({ agencyName, agencyId, signedAt, kid, thumbprint }: Signature): string {
  const key =
    kid === null
      ? 'vor der Einführung elektronischer Signaturen erklärt'
      : `<span class="key">${escaped(kid)}<br>${escaped(thumbprint ?? '')}</span>`;
  const cells = [
    `${escaped(agencyName)}<br><span class="key">${escaped(agencyId)}</span>`,
    `${instantWords(signedAt)} Uhr`,
    key,
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}
