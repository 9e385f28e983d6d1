import type { Translations } from '../german.ts';

/** What comes and goes line by line: uploads and exports. */
export const STREAMS: Translations = {
  'The body has to be lines of JSON: Content-Type: application/x-ndjson.':
    'Der Inhalt muss aus Zeilen von JSON bestehen: Content-Type: application/x-ndjson.',
  'The body has to come as it is, without a Content-Encoding.':
    'Der Inhalt muss kommen, wie er ist, ohne Content-Encoding.',
  'The line is not UTF-8, which JSON is always sent in.':
    'Die Zeile ist nicht in UTF-8, worin JSON immer gesendet wird.',
  'The line is not JSON that can be read.': 'Die Zeile ist kein lesbares JSON.',
  'The line is nested too deeply.': 'Die Zeile ist zu tief geschachtelt.',
  'The line does not have the form that is needed; see errors.': 'Die Zeile hat nicht die nötige Form; siehe errors.',
  'A line has at most {} bytes. Send less at once.':
    'Eine Zeile hat höchstens {1} Byte. Senden Sie weniger auf einmal.',
  'An upload has at most {} lines. Send the rest by another one.':
    'Eine Sendung hat höchstens {1} Zeilen. Senden Sie den Rest in einer weiteren.',
  'The upload broke off. Send it again, with the same keys.':
    'Die Sendung brach ab. Senden Sie sie noch einmal, mit denselben Schlüsseln.',
  'A reference leads nowhere; see errors.': 'Ein Verweis führt ins Leere; siehe errors.',
  'is no reference: {"$ref": "key of an earlier line"} and nothing else':
    'ist kein Verweis: {"$ref": "Schlüssel einer früheren Zeile"} und nichts weiter',
  'refers to no earlier line that made something': 'verweist auf keine frühere Zeile, die etwas angelegt hat',
  'is not 1 to 200 visible characters of ASCII, without spaces':
    'hat nicht 1 bis 200 sichtbare ASCII-Zeichen ohne Leerzeichen',
  'At most {} of these of one agency at once. Wait for the end of one.':
    'Höchstens {1} davon je Stelle zugleich. Warten Sie, bis eine zu Ende ist.',
  'Too many of these are under way. Nothing was done; try again.':
    'Davon laufen gerade zu viele. Es ist nichts geschehen; versuchen Sie es noch einmal.',
  'The service is being stopped. Nothing was left half done; try again.':
    'Der Dienst wird angehalten. Nichts blieb halb getan; versuchen Sie es noch einmal.',
  'The access token has ended, and with it what it was sent for. Fetch a new one and send the request again.':
    'Das Zugangstoken ist abgelaufen, und damit endet, wofür es gesendet wurde. Holen Sie ein neues und senden Sie die Anfrage noch einmal.',
  'An export of your agency is under way already; wait for its end.':
    'Ein Export Ihrer Stelle läuft schon; warten Sie sein Ende ab.',
  'The export took too long. Try again when there is less to do.':
    'Der Export hat zu lange gedauert. Versuchen Sie es noch einmal, wenn weniger zu tun ist.',
  'This needs all of the scopes {}.': 'Dafür braucht es alle diese Scopes: {1}.',
};
