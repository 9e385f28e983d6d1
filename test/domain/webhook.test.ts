import { readFileSync } from 'node:fs';
import { ATTEMPT_OUTCOMES, DISABLED_WHY, WEBHOOK_STATUSES } from '../../src/domain/webhook.ts';
import { t } from '../support/t.ts';

t.test('the page about webhooks explains every status, every reason and every outcome', async (t) => {
  const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
  for (const code of [...WEBHOOK_STATUSES, ...DISABLED_WHY, ...ATTEMPT_OUTCOMES]) {
    t.match(page, new RegExp(`\`${code}\``), code);
  }
});
