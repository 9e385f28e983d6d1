import type { Translations } from '../german.ts';

/** Events, and what pushes them. */
export const DELIVERY: Translations = {
  'is not the number of an event': 'ist keine Nummer eines Ereignisses',
  'Your last event is {}. If you have seen more, the exchange was restored: read from there.':
    'Ihr letztes Ereignis ist {1}. Haben Sie spätere gesehen, wurde die Vermittlung wiederhergestellt: Lesen Sie von dort an weiter.',
  'lies after the last event': 'liegt nach dem letzten Ereignis',
  'Too many requests of your agency wait for events already; one that waits is enough.':
    'Zu viele Anfragen Ihrer Stelle warten schon auf Ereignisse; eine wartende genügt.',
};
