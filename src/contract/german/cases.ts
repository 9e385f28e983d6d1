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
  'Your agency has signed it already, or it was terminated.':
    'Ihre Stelle hat sie schon unterzeichnet, oder sie ist beendet.',
  'It has been terminated already.': 'Sie ist schon beendet.',
  'Your agency has not signed it, so it cannot end it for others.':
    'Ihre Stelle hat sie nicht unterzeichnet und kann sie daher nicht für andere beenden.',
  'This would close for good {}, and permit no new ones. Nothing has happened yet. Send the request again with "confirm": true to do it.':
    'Das würde endgültig schließen: {1}; neue wären nicht mehr möglich. Noch ist nichts geschehen. Senden Sie die Anfrage noch einmal mit "confirm": true, um es zu tun.',
  'what was disclosed under it about {}': 'was unter ihr weitergegeben wurde über {1}',
  '{} of the disclosures under it that you made, received, or wrote the entry of':
    '{1} der Weitergaben unter ihr, die Sie vorgenommen oder erhalten haben oder deren Eintrag von Ihnen stammt',
  'You have a client with this file reference already; find it with POST /v1/clients/find.':
    'Zu diesem Aktenzeichen gibt es bei Ihnen schon jemanden; suchen Sie mit POST /v1/clients/find.',
  'no agency of this exchange': 'keine Stelle dieses Verbunds',
  'only that agency itself records it, for it has to be able to prove it':
    'nur diese Stelle selbst erfasst das, denn sie muss es nachweisen können',
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
  release: 'Entbindung',
};
