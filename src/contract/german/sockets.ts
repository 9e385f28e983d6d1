import type { Translations } from '../german.ts';

/** Subscriptions, and the sockets that carry them. */
export const SOCKETS: Translations = {
  'Subscriptions come over a WebSocket: open one at this address with the subprotocol graphql-transport-ws.':
    'Abonnements kommen über einen WebSocket: Öffnen Sie einen unter dieser Adresse mit dem Unterprotokoll graphql-transport-ws.',
  'Over a WebSocket there are subscriptions alone; send queries and mutations by POST.':
    'Über einen WebSocket gibt es nur Abonnements; senden Sie Abfragen und Änderungen mit POST.',
  'A subscription has one field.': 'Ein Abonnement hat ein Feld.',
  'The field of a subscription has no directives.': 'Das Feld eines Abonnements hat keine Direktiven.',
  'A socket carries at most {} subscriptions at once. Complete one of them first.':
    'Ein Socket trägt höchstens {1} Abonnements zugleich. Beenden Sie erst eines davon.',
  'Your agency has {} sockets open already; one carries all that you subscribe to.':
    'Ihre Stelle hat schon {1} Sockets offen; einer trägt alles, was Sie abonnieren.',
  'The socket was closed meanwhile.': 'Der Socket wurde inzwischen geschlossen.',
};
