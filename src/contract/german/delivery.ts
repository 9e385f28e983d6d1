import type { Translations } from '../german.ts';

/** Events, and what pushes them. */
export const DELIVERY: Translations = {
  'is not the number of an event': 'ist keine Nummer eines Ereignisses',
  'Your last event is {}. If you have seen more, the exchange was restored: read from there.':
    'Ihr letztes Ereignis ist {1}. Haben Sie spätere gesehen, wurde die Vermittlung wiederhergestellt: Lesen Sie von dort an weiter.',
  'lies after the last event': 'liegt nach dem letzten Ereignis',
  'Too many requests of your agency wait for events already; one that waits is enough.':
    'Zu viele Anfragen Ihrer Stelle warten schon auf Ereignisse; eine wartende genügt.',
  'Events cannot be pushed to this address.': 'An diese Adresse können keine Ereignisse gesendet werden.',
  'An agency has at most {} webhooks. Disable one first.':
    'Eine Stelle hat höchstens {1} Webhooks. Schalten Sie zuerst einen ab.',
  'This needs the scope {} as well.': 'Dafür ist auch der Scope {1} nötig.',
  webhook: 'Webhook',
  attempt: 'Versuch',
  'It is disabled. Enable it first.': 'Er ist abgeschaltet. Schalten Sie ihn zuerst ein.',
  'This code does not prove that the address is yours.': 'Dieser Code beweist nicht, dass die Adresse Ihnen gehört.',
  'is not the one sent last, or older than an hour; have it sent again by testWebhook':
    'ist nicht der zuletzt gesendete, oder älter als eine Stunde; lassen Sie ihn mit testWebhook erneut senden',
  'It is confirmed already, or disabled.': 'Er ist schon bestätigt, oder abgeschaltet.',
  'It is not disabled.': 'Er ist nicht abgeschaltet.',
  'It is disabled already.': 'Er ist schon abgeschaltet.',
  'It is sent nothing now: confirm or enable it first.':
    'An ihn wird zurzeit nichts gesendet: Bestätigen Sie ihn zuerst, oder schalten Sie ihn ein.',
  'There is nothing to send again.': 'Es gibt nichts, das noch einmal zu senden wäre.',
  'is no event that was sent to this webhook': 'ist kein Ereignis, das an diesen Webhook gesendet wurde',
  'needs either sequence or since': 'braucht entweder sequence oder since',
};
