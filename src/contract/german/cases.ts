import type { Translations } from '../german.ts';

/** What the use cases and their rules say (src/usecases, src/domain/recording.ts). */
export const CASES: Translations = {
  'There is no such {}, or it is not yours to see.': 'Nicht vorhanden oder nicht für Sie einsehbar: {1}.',
  agency: 'Stelle',
  agreement: 'Vereinbarung',
  client: 'Klientin oder Klient',
  entry: 'Eintrag',
  Laufzettel: 'Laufzettel',
  forwarding: 'Weiterleitung',
  'lies ahead; a consent can be recorded once it has been stated':
    'liegt in der Zukunft; eine Einwilligung lässt sich erfassen, sobald sie erklärt ist',
  'must be later than validFrom': 'muss später als validFrom sein',
  'must be at most 12 calendar months after statedAt': 'darf höchstens 12 Kalendermonate nach statedAt liegen',
  'must be null for ADULT': 'muss bei ADULT null sein',
  'is needed for a minor: the day of the 18th birthday': 'ist bei Minderjährigen nötig: der Tag des 18. Geburtstags',
  'must not be later than adultFrom when a GUARDIAN stated it':
    'darf nicht später als adultFrom sein, wenn GUARDIAN es erklärt hat',
  'The keys cannot be registered: {}': 'Die Schlüssel lassen sich nicht anmelden: {1}',
  "An agency's system cannot be the exchange's admin.":
    'Das System einer Stelle kann nicht die Verwaltung des Verbunds sein.',
  'exchange:admin is for the admin, who acts for no agency':
    'exchange:admin ist für die Verwaltung, die für keine Stelle handelt',
  'A system with this clientId is registered already.': 'Ein System mit dieser clientId ist schon angemeldet.',
  'This would close for good what was disclosed from, to or by this agency, about {}. Nothing has happened yet. Send the request again with "confirm": true to do it.':
    'Das würde endgültig schließen, was von dieser Stelle, an sie oder durch sie weitergegeben wurde, über {1}. Noch ist nichts geschehen. Senden Sie die Anfrage noch einmal mit "confirm": true, um es zu tun.',
  'fewer than {} persons': 'weniger als {1} Personen',
  '{} persons': '{1} Personen',
  'The agreement cannot be drafted like this.': 'So lässt sich die Vereinbarung nicht entwerfen.',
  'at least two different agencies': 'mindestens zwei verschiedene Stellen',
  'your own agency must be one of them': 'Ihre eigene Stelle muss dabei sein',
  'must be later than from': 'muss später als from sein',
  'one of them is no agency of this exchange': 'eine davon ist keine Stelle dieses Verbunds',
  'It has been terminated already.': 'Sie ist schon beendet.',
  'This would close for good {}, and permit no new ones. Nothing has happened yet. Send the request again with "confirm": true to do it.':
    'Das würde endgültig schließen: {1}; neue wären nicht mehr möglich. Noch ist nichts geschehen. Senden Sie die Anfrage noch einmal mit "confirm": true, um es zu tun.',
  'what was disclosed under it about {}': 'was unter ihr weitergegeben wurde über {1}',
  '{} of the disclosures under it that you made, received, or wrote the entry of':
    '{1} der Weitergaben unter ihr, die Sie vorgenommen oder erhalten haben oder deren Eintrag von Ihnen stammt',
  'You have a client with this file reference already; find it with POST /v1/clients/find.':
    'Zu diesem Aktenzeichen gibt es bei Ihnen schon jemanden; suchen Sie mit POST /v1/clients/find.',
  'no agency of this exchange': 'keine Stelle dieses Verbunds',
  'must be another agency than your own': 'muss eine andere Stelle als Ihre eigene sein',
  'This cannot be recorded; nothing was stored. See errors.':
    'Das lässt sich nicht erfassen; es wurde nichts gespeichert. Siehe errors.',
  'Recording this would withhold something that is permitted now. Nothing was stored. Send the request again with "confirm": true if that is what the client said.':
    'Wird das erfasst, dann wird etwas zurückgehalten, das jetzt erlaubt ist. Es wurde nichts gespeichert. Senden Sie die Anfrage noch einmal mit "confirm": true, wenn die Klientin oder der Klient das so erklärt hat.',
  'must contain the client itself': 'muss die Klientin oder den Klienten selbst enthalten',
  'An entry cannot be recorded like this. See errors.': 'So lässt sich ein Eintrag nicht erfassen. Siehe errors.',
  'An entry concerns somebody who is no client of yours.':
    'Ein Eintrag betrifft jemanden, den Ihre Stelle nicht führt.',
  'only your own clients': 'nur Personen, die Ihre Stelle führt',
  'It cannot be forwarded there.': 'Dorthin lässt es sich nicht weiterleiten.',
  'It names entries that do not exist or are not yours to name.':
    'Es nennt Einträge, die es nicht gibt oder die Sie nicht nennen dürfen.',
  'no such entry: {}': 'kein solcher Eintrag: {1}',
  'an entry of yours was corrected; its `replacedBy` names the one to take':
    'ein Eintrag von Ihnen wurde berichtigt; sein `replacedBy` nennt den, der gilt',
  'What is known about this client changed again and again meanwhile. Try again.':
    'Was über diese Person bekannt ist, hat sich inzwischen immer wieder geändert. Versuchen Sie es noch einmal.',
  'Nothing was sent: {}. The entries withheld say why, each with all its reasons.':
    'Es wurde nichts gesendet: {1}. Bei jedem zurückgehaltenen Eintrag stehen alle Gründe.',
  'a {} is not sent without {}': '{1} wird nicht ohne {2} gesendet',
  'nothing of it is permitted': 'nichts davon ist erlaubt',
  'you asked for all or nothing': 'Sie wollten alles oder nichts',
  'The forwarding has changed since you read it. Read it again.':
    'Die Weiterleitung hat sich geändert, seit Sie sie gelesen haben. Lesen Sie sie noch einmal.',
  '{} is not possible from {}.{}': '{1} ist von {2} aus nicht möglich.{3}',
  ' Read it first.': ' Lesen Sie sie zuerst.',
  'It refers to something that does not exist or is not yours: {}.':
    'Es verweist auf etwas, das es nicht gibt oder das nicht Ihnen gehört: {1}.',
  'no such {}': 'nicht vorhanden: {1}',
  'An entry on it is not about this client.': 'Ein Eintrag darauf betrifft eine andere Person.',
  'every entry must be about the client of the Laufzettel':
    'jeder Eintrag muss die Person betreffen, um die es auf dem Laufzettel geht',
  statement: 'Erklärung',
  system: 'System',
  'The system was switched off; register another one.': 'Das System ist abgeschaltet; melden Sie ein anderes an.',
  release: 'Entbindung',
  'does not begin with a statute, as § 84 SGB X or Art. 17 GDPR':
    'beginnt nicht mit einer Vorschrift wie § 84 SGB X oder Art. 17 DSGVO',
  'names no entry': 'nennt keinen Eintrag',
  'disclosure that you owe an answer for': 'Weitergabe, zu der Sie eine Antwort schulden',
  proposal: 'Vorschlag',
  request: 'Anforderung',
  code: 'Code',
  link: 'Verknüpfung',
  'What is retained is retained because a statute says so, and nothing else is.':
    'Was behalten wird, wird behalten, weil eine Vorschrift es verlangt, und sonst nichts.',
  'is required with RETAINED': 'ist bei RETAINED nötig',
  'is for RETAINED alone': 'gehört allein zu RETAINED',
  'You have answered {} already, and {} does not follow on that.':
    'Sie haben schon {1} geantwortet, und darauf folgt {2} nicht.',
  'line {} says no to the same, and a no beats every yes stated before it; record what the client said last':
    'Zeile {1} sagt nein zu demselben, und ein Nein geht jedem früher erklärten Ja vor; erfassen Sie, was zuletzt gesagt wurde',
  'only that agency itself records it, for it has to be able to prove it; propose it to that agency with POST /v1/clients/{clientId}/proposals':
    'nur diese Stelle selbst erfasst das, denn sie muss es nachweisen können; schlagen Sie es ihr mit POST /v1/clients/{clientId}/proposals vor',
  'This cannot be proposed; nothing was stored. See errors.':
    'Das lässt sich nicht vorschlagen; es wurde nichts gespeichert. Siehe errors.',
  'At most {} proposals about a client may be open; withdraw one, or wait until one lapses.':
    'Höchstens {1} Vorschläge zu einer Person dürfen offen sein; ziehen Sie einen zurück, oder warten Sie, bis einer verfällt.',
  'is your own agency; record it yourself instead of proposing it':
    'ist Ihre eigene Stelle; erfassen Sie es selbst, statt es vorzuschlagen',
  'must be another agency than the one that gives': 'muss eine andere Stelle sein als die, die weitergibt',
  'An entry is corrected by the agency that wrote it.': 'Einen Eintrag berichtigt die Stelle, die ihn verfasst hat.',
  'The entry has been replaced already; correct the one that did it: {}.':
    'Der Eintrag ist schon ersetzt; berichtigen Sie den, der ihn ersetzt: {1}.',
  'What you wrote about this client has been erased already.':
    'Was Sie über diese Person geschrieben haben, ist schon gelöscht.',
  'Nothing was erased: the ledger of erasures cannot be written, and without it a backup would bring the data back. The operator of the exchange has to see to it; try again later.':
    'Es wurde nichts gelöscht: Das Löschverzeichnis lässt sich nicht schreiben, und ohne es brächte eine Sicherung die Daten zurück. Der Betrieb des Verbunds muss sich darum kümmern; versuchen Sie es später noch einmal.',
  'This would make {} of your entries about this client unreadable for good, with your file reference and the evidence of consents recorded under it, and close {} disclosures that you made, received, or wrote the entry of. Nothing has happened yet. Send the request again with "confirm": true to do it; nobody can undo it.':
    'Das würde {1} Ihrer Einträge über diese Person endgültig unlesbar machen, mit Ihrem Aktenzeichen und den Nachweisen der darunter erfassten Einwilligungen, und {2} Weitergaben schließen, die Sie vorgenommen oder erhalten haben oder deren Eintrag von Ihnen stammt. Noch ist nichts geschehen. Senden Sie die Anfrage noch einmal mit "confirm": true, um es zu tun; niemand kann es rückgängig machen.',
  '{} is not possible: the Laufzettel is {}.': '{1} ist nicht möglich: Der Laufzettel ist {2}.',
  'Only the agency that created a Laufzettel completes or cancels it.':
    'Nur die Stelle, die einen Laufzettel angelegt hat, schließt ihn ab oder bricht ihn ab.',
  'The Laufzettel has changed since you read it. Read it again.':
    'Der Laufzettel hat sich geändert, seit Sie ihn gelesen haben. Lesen Sie ihn noch einmal.',
  'COMPLETE is not possible while forwardings of yours are not answered.':
    'COMPLETE ist nicht möglich, solange Weiterleitungen von Ihnen nicht beantwortet sind.',
  'It names entries that you have corrected. Name those that replace them.':
    'Sie nennen Einträge, die Sie berichtigt haben. Nennen Sie die, die sie ersetzen.',
  '{} was replaced by {}': '{1} wurde ersetzt durch {2}',
  'It cannot be asked there.': 'Dort lässt es sich nicht anfordern.',
  'Nothing was asked: that agency would learn who is your client, and the client has not agreed to that.':
    'Es wurde nichts angefordert: Jene Stelle würde erfahren, wen Sie beraten, und dem wurde nicht zugestimmt.',
  'Nothing was declined: the agency that asks would learn who is your client, and the client has not agreed to that. Leave the request alone, and it expires.':
    'Es wurde nichts abgelehnt: Die anfordernde Stelle würde erfahren, wen Sie beraten, und dem wurde nicht zugestimmt. Lassen Sie die Anforderung stehen; sie läuft ab.',
  '{} is not possible from {}.': '{1} ist von {2} aus nicht möglich.',
  'The request has changed since you read it. Read it again.':
    'Die Anforderung hat sich geändert, seit Sie sie gelesen haben. Lesen Sie sie noch einmal.',
  'The request came from another agency, or is about another client.':
    'Die Anforderung kam von einer anderen Stelle oder betrifft eine andere Person.',
  'no request of this recipient about this client': 'keine Anforderung dieser Stelle zu dieser Person',
  'Nothing was sent: the request is not open any more. Read it again.':
    'Es wurde nichts gesendet: Die Anforderung ist nicht mehr offen. Lesen Sie sie noch einmal.',
  'A code is for another agency of this exchange.': 'Ein Code ist für eine andere Stelle dieses Verbunds.',
  'your own agency, or none of this exchange': 'Ihre eigene Stelle, oder keine dieses Verbunds',
  'A client has at most {} open codes, each for another agency. Revoke one that is not needed any more.':
    'Eine Person hat höchstens {1} offene Codes, jeden für eine andere Stelle. Widerrufen Sie einen, der nicht mehr gebraucht wird.',
  'The code has ended already: used, revoked, replaced or expired.':
    'Der Code gilt schon nicht mehr: benutzt, widerrufen, ersetzt oder abgelaufen.',
  'This code does not link anything for your agency. Ask the client for a new one.':
    'Dieser Code verknüpft für Ihre Stelle nichts. Bitten Sie um einen neuen.',
  'The link has been ended already.': 'Die Verknüpfung ist schon beendet.',
  'This would part the two clients again, and close for good {} of the disclosures that you made, received, or wrote the entry of. What was closed before does not reopen. Nothing has happened yet. Send the request again with "confirm": true to do it.':
    'Das würde die beiden wieder trennen und {1} der Weitergaben endgültig schließen, die Sie vorgenommen oder erhalten haben oder deren Eintrag von Ihnen stammt. Was vorher geschlossen wurde, öffnet sich nicht wieder. Noch ist nichts geschehen. Senden Sie die Anfrage noch einmal mit "confirm": true, um es zu tun.',
  'Only the agency that it was proposed to may': 'Nur die Stelle, der es vorgeschlagen wurde, darf',
  'Only its proposer may': 'Nur wer es vorgeschlagen hat, darf',
  'is needed, for the proof of its proposer is gone':
    'ist nötig, denn der Nachweis der vorschlagenden Stelle ist nicht mehr da',
  'This cannot be confirmed like this; nothing was stored. See errors.':
    'So lässt sich das nicht bestätigen; es wurde nichts gespeichert. Siehe errors.',
  'is no client of yours whom the proposal is about': 'ist niemand, den Sie führen und um den es in dem Vorschlag geht',
};
