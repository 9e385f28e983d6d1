import { createMetrics } from '../../src/telemetry/metrics.ts';
import { watchDecisions } from '../../src/telemetry/watchers.ts';
import { t } from '../support/t.ts';

t.test('what time has brought is counted by kind, and by nothing else', async (t) => {
  const metrics = createMetrics();
  const watch = watchDecisions(metrics, null);
  for (const kind of ['OVERDUE', 'REMINDER', 'OVERDUE'] as const) watch.reminded(kind);
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('laufzettel_reminders_total'));
  t.same(lines, ['laufzettel_reminders_total{kind="OVERDUE"} 2', 'laufzettel_reminders_total{kind="REMINDER"} 1']);
  t.doesNotThrow(() => watchDecisions(null, null).reminded('OVERDUE'), 'where nobody measures, nothing is counted');
});
