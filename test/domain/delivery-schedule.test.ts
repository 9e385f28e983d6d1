/** When what could not be delivered is tried again. */
import { restMs, retryDelayMs } from '../../src/domain/delivery-schedule.ts';
import { t } from '../support/t.ts';

const SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

t.test('a message is tried nine times more, ever later, and then given up', async (t) => {
  SECONDS.forEach((seconds, place) => {
    const attempt = place + 1;
    t.equal(retryDelayMs(attempt, 0.5), seconds * 1_000, `after attempt ${attempt}`);
    t.equal(retryDelayMs(attempt, 0), seconds * 900, 'a tenth sooner at most');
    t.equal(retryDelayMs(attempt, 1), seconds * 1_100, 'a tenth later at most');
  });
  t.equal(retryDelayMs(SECONDS.length + 1, 0.5), null);
});

t.test('an address that takes nothing is left alone longer and longer, up to five minutes', async (t) => {
  const rests = [1, 2, 3, 4, 5, 100].map((failures) => restMs(failures, 0.5) / 1_000);
  t.same(rests, [5, 30, 120, 300, 300, 300]);
});
