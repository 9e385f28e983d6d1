import type { Translations } from '../german.ts';

/** About requests that no use case was asked for, and what every operation may say (src/rest, src/graphql, src/handlers). */
export const DOORS: Translations = {
  'This needs {}.': 'Dafür braucht es {1}.',
  'the scope {}': 'den Scope {1}',
  'one of the scopes {}': 'einen der Scopes {1}',
  'Some of what you sent does not have the form that is needed; see errors.':
    'Ein Teil des Gesendeten hat nicht die nötige Form; siehe errors.',
  'Nothing has an id like the one in the path.': 'Nichts hat eine Kennung wie die im Pfad.',
  'Nothing is at this path; see /docs.': 'Unter diesem Pfad gibt es nichts; siehe /docs.',
  'This path answers {}.': 'Dieser Pfad beantwortet {1}.',
  'The URL has more than {} characters. Shorten the query.':
    'Die URL hat mehr als {1} Zeichen. Kürzen Sie die Abfrage.',
  'The URL has more than {} parameters. Leave out those not needed.':
    'Die URL hat mehr als {1} Parameter. Lassen Sie weg, was nicht nötig ist.',
  'URL and headers have more than {} bytes. Send fewer or shorter ones.':
    'URL und Kopfzeilen haben mehr als {1} Byte. Senden Sie weniger oder kürzere.',
  'A body has at most {} bytes. Send less at once.':
    'Ein Inhalt hat höchstens {1} Byte. Senden Sie weniger auf einmal.',
  'The body has to be JSON: Content-Type: application/json.':
    'Der Inhalt muss JSON sein: Content-Type: application/json.',
  'The body is not JSON that can be read.': 'Der Inhalt ist kein lesbares JSON.',
  'is not valid JSON': 'ist kein gültiges JSON',
  'The body is not UTF-8, which JSON is always sent in.':
    'Der Inhalt ist nicht in UTF-8, worin JSON immer gesendet wird.',
  'is not UTF-8': 'ist nicht in UTF-8',
  'The body is nested too deeply.': 'Der Inhalt ist zu tief geschachtelt.',
  'has more than {} levels': 'hat mehr als {1} Ebenen',
  'The request did not arrive in time. Nothing was done; send it again.':
    'Die Anfrage kam nicht rechtzeitig an. Es ist nichts geschehen; senden Sie sie noch einmal.',
  'This is not a request of HTTP that can be read.': 'Das ist keine lesbare HTTP-Anfrage.',
  'Too many requests in this minute. Wait {} seconds, then send them again.':
    'Zu viele Anfragen in dieser Minute. Warten Sie {1} Sekunden, und senden Sie sie dann noch einmal.',
  'At most {} of these in {} seconds. Try again later.':
    'Höchstens {1} davon in {2} Sekunden. Versuchen Sie es später noch einmal.',
  'This took too long. Before you send a change again, read whether it was made.':
    'Das hat zu lange gedauert. Lesen Sie, ob eine Änderung erfolgt ist, bevor Sie sie noch einmal senden.',
  'The service has more to do than it can. Nothing was done; try again.':
    'Der Dienst hat mehr zu tun, als er kann. Es ist nichts geschehen; versuchen Sie es noch einmal.',
  'The database does not answer. Before you send a change again, read whether it was made.':
    'Die Datenbank antwortet nicht. Lesen Sie, ob eine Änderung erfolgt ist, bevor Sie sie noch einmal senden.',
  'The service is not ready yet, or not any more.': 'Der Dienst ist noch nicht oder nicht mehr bereit.',
  'What you asked for changed again and again meanwhile. Try again.':
    'Was Sie wollten, hat sich inzwischen immer wieder geändert. Versuchen Sie es noch einmal.',
  'Something failed here; it has been logged under the id in instance.':
    'Hier ist etwas fehlgeschlagen; es steht unter der Kennung in instance im Protokoll.',
  'Your agency is suspended, or is none of this exchange. Ask its admin.':
    'Ihre Stelle ist gesperrt oder gehört nicht zu diesem Verbund. Fragen Sie dessen Verwaltung.',
  'The cursor is none that this list gave you; start again without one.':
    'Dieser Cursor stammt nicht aus dieser Liste; beginnen Sie ohne Cursor von vorn.',
  'not a cursor of this list': 'kein Cursor dieser Liste',
  'There is no such list.': 'Diese Liste gibt es nicht.',
  'Send one operation per request; batches are not taken.':
    'Senden Sie eine Operation je Anfrage; Stapel werden nicht angenommen.',
  'Send {"query", "variables", "operationName"}, the query with 1 to {} characters.':
    'Senden Sie {"query", "variables", "operationName"}, query mit 1 bis {1} Zeichen.',
  'The document is not GraphQL{}, or has more than {} tokens.':
    'Das Dokument ist kein GraphQL{1} oder hat mehr als {2} Tokens.',
  ' at line {}, column {}': ' in Zeile {1}, Spalte {2}',
  'The document has no operation of that name, or several and operationName is missing.':
    'Das Dokument hat keine Operation dieses Namens, oder mehrere, und operationName fehlt.',
  'Several operations in one document each need a name of their own.':
    'Mehrere Operationen in einem Dokument brauchen jede einen eigenen Namen.',
  'There is no {} here.': 'Hier gibt es keine {1}.',
  'The document may cost {}; ask for smaller pages.': 'Das Dokument darf {1} kosten; fragen Sie nach kleineren Seiten.',
  'A {} has at most {} fields.': 'Eine {1} hat höchstens {2} Felder.',
  'A document has at most {} fields and fragments.': 'Ein Dokument hat höchstens {1} Felder und Fragmente.',
  'A document has at most {} directives.': 'Ein Dokument hat höchstens {1} Direktiven.',
  'A document has at most {} aliases.': 'Ein Dokument hat höchstens {1} Aliasnamen.',
  'A fragment of the document contains itself.': 'Ein Fragment des Dokuments enthält sich selbst.',
  'A document is at most {} fields deep.': 'Ein Dokument ist höchstens {1} Felder tief.',
  'The document does not fit the schema; see errors.': 'Das Dokument passt nicht zum Schema; siehe errors.',
  'This does not fit the schema': 'Das passt nicht zum Schema',
  '{} (line {}, column {})': '{1} (Zeile {2}, Spalte {3})',
  'An Idempotency-Key has 1 to 200 visible characters of ASCII, without spaces.':
    'Ein Idempotency-Key hat 1 bis 200 sichtbare ASCII-Zeichen, ohne Leerzeichen.',
  'If-Match means nothing here: this does not change a thing that has an ETag.':
    'If-Match hat hier keine Bedeutung: Diese Anfrage ändert nichts, das ein ETag hat.',
  'If-Match is neither * nor a list of ETags.': 'If-Match ist weder * noch eine Liste von ETags.',
  'Send expectedVersion, or over REST the header If-Match.':
    'Senden Sie expectedVersion, oder über REST die Kopfzeile If-Match.',
  'If-None-Match means nothing on a POST.': 'If-None-Match hat bei einem POST keine Bedeutung.',
  'If-None-Match is neither * nor a list of ETags.': 'If-None-Match ist weder * noch eine Liste von ETags.',
  'This Idempotency-Key was used for another request within the last 24 hours. Nothing has happened now.':
    'Dieser Idempotency-Key wurde in den letzten 24 Stunden für eine andere Anfrage verwendet. Jetzt ist nichts geschehen.',
  'A request with this Idempotency-Key is being worked on. Send it again with the same key in a moment.':
    'Eine Anfrage mit diesem Idempotency-Key wird gerade bearbeitet. Senden Sie sie gleich noch einmal, mit demselben Schlüssel.',
  'It has changed since you read it: its ETag is another one. Read it again.':
    'Es hat sich geändert, seit Sie es gelesen haben: Sein ETag ist ein anderes. Lesen Sie es noch einmal.',
};
