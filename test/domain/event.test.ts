import { EVENT_IDS, EVENT_TYPES } from '../../src/domain/event.ts';
import { t } from '../support/t.ts';

t.test('every event says in a sentence what has happened, and which of its ids it is about', async (t) => {
  for (const [type, { about, says }] of Object.entries(EVENT_TYPES)) {
    t.ok(EVENT_IDS.includes(about), type);
    t.match(says, /^[A-Z][^.]+$/, type);
    t.match(type, /^[a-z]+\.[a-z_-]+$/);
  }
});
