import type { Translations } from '../german.ts';

/** The page for the person whom it is all about. */
export const OWN_PAGE: Translations = {
  'There is more about this client than one page holds: at most {} entries, disclosures and statements, {} MiB of text, {} files. The lists of this client give all of it page by page, and GET /v1/export with everything else of yours.':
    'Über diese Person gibt es mehr, als eine Seite fasst: höchstens {1} Einträge, Weitergaben und Erklärungen, {2} MiB Text, {3} Dateien. Die Listen dieser Person geben alles Seite für Seite, und GET /v1/export mit allem anderen Ihrer Stelle.',
};
