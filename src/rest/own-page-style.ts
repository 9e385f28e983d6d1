import { FONT_FACES, FONT_STACK } from './page-fonts.ts';

/** Begin and end instead of left and right: the same for Arabic and Persian. */
export const OWN_PAGE_STYLE = `
${FONT_FACES}
@page {
  size: A4;
  margin: 16mm 15mm 18mm;
  @bottom-center { content: counter(page) " / " counter(pages); font: 8pt sans-serif; }
}
* { box-sizing: border-box; }
body { max-width: 180mm; margin: 8mm auto; padding: 0 4mm; font: 10pt/1.4 ${FONT_STACK}; color: #000; background: #fff; overflow-wrap: anywhere; hyphens: auto; }
h1 { margin: 0 0 2mm; font-size: 17pt; line-height: 1.2; }
h2 { margin: 7mm 0 2mm; padding-bottom: 0.5mm; border-bottom: 0.4mm solid #000; font-size: 12.5pt; break-after: avoid; }
h3 { margin: 4mm 0 1mm; font-size: 10.5pt; break-after: avoid; }
p { margin: 0 0 2mm; }
ul { margin: 0 0 2mm; padding-inline-start: 5mm; }
.draft { padding: 1.5mm 2.5mm; border: 0.3mm solid #000; font-size: 9pt; }
.none, .remarks { color: #444; }
article { margin: 0 0 3mm; padding-inline-start: 3mm; border-inline-start: 0.8mm solid #bbb; }
article h3 { margin-top: 0; }
.remarks { margin: 0.5mm 0 0; padding: 0; list-style: none; font-size: 8.5pt; }
dl { margin: 0; }
dl > div { display: grid; grid-template-columns: 46mm 1fr; column-gap: 3mm; break-inside: avoid; }
dt { color: #444; }
dd { margin: 0; min-width: 0; }
dd ul { margin: 0; padding-inline-start: 4mm; }
h3::first-letter, dt::first-letter, td::first-letter, td div::first-letter, .remarks li::first-letter { text-transform: uppercase; }
dd dl > div { grid-template-columns: 32mm 1fr; }
.written { white-space: pre-wrap; }
.rights > div { display: block; margin-bottom: 1.5mm; }
.rights dt { color: #000; font-weight: bold; }
table { width: 100%; margin: 0 0 2mm; table-layout: fixed; border-collapse: collapse; font-size: 8.5pt; line-height: 1.35; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { padding: 1mm 0; padding-inline-end: 2.5mm; text-align: start; vertical-align: top; border-bottom: 0.1mm solid #888; }
th { font-weight: bold; border-bottom: 0.3mm solid #000; }
.of5 th:nth-child(1) { width: 31mm; } .of5 th:nth-child(3) { width: 25mm; } .of5 th:nth-child(4) { width: 41mm; } .of5 th:nth-child(5) { width: 45mm; }
.said th:nth-child(4) { width: 45mm; } .said th:nth-child(5) { width: 41mm; }
@media print { body { max-width: none; margin: 0; padding: 0; } }
`;
