import type { Answer } from './exchange.ts';
import { PersonalValues } from './personal-values.ts';
import { t } from './t.ts';

const body = {
  category: 'STAMMDATEN',
  payload: { familienname: 'Erfundenson', deutschNiveau: 'A2', geburtsdatum: '1990-01-01' },
};

t.test('the canary sees a personal value in a log line, in an error and in a header, and nowhere else', async (t) => {
  const personal = new PersonalValues();
  personal.remember(body);
  t.equal(personal.size, 1, 'codes and dates are left aside');
  t.doesNotThrow(() => personal.demandNone(['{"msg":"STAMMDATEN A2"}']));
  t.throws(() => personal.demandNone(['{"msg":"Erfundenson"}']), /stands in log/);

  const answer = (status: number): Answer => ({ status, headers: new Headers(), text: '"Erfundenson"', body: {} });
  personal.watch(answer(200));
  t.doesNotThrow(() => personal.demandNone([]), 'an answer with data holds data');
  personal.watch(answer(422));
  t.throws(() => personal.demandNone([]), /stands in error/);

  const other = new PersonalValues();
  other.remember(body);
  other.watch({ ...answer(200), headers: new Headers({ location: '/v1/clients/Erfundenson' }) });
  t.throws(() => other.demandNone([]), /stands in header/, 'of whatever answer');
});
