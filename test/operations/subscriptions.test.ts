/** The subscription `events`: what is told as it happens, to whom, and how a socket ends. */
import t from 'tap';
import { systemAt } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { clientAt, EVENTS, listen, openRaw, type Told } from '../support/sockets.ts';
import { admit, agree, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const REST = 'REST';
/** Two agencies with an agreement; the second one has been told of it, and of what the first one sent. */
async function pair() {
  const [one, other] = [await admit(exchange, REST), await admit(exchange, REST)];
  await agree([one, other]);
  return { one, other };
}
const numbers = (told: readonly { sequence: string }[]): number[] => told.map(({ sequence }) => Number(sequence));
const upTo = (last: number, from = 1): number[] => Array.from({ length: last - from + 1 }, (_, place) => from + place);

t.test('first everything after the number, then each new event as it comes, from whichever instance', async (t) => {
  const second = await exchange.anotherInstance();
  const [arge, caritas] = await Promise.all(
    [exchange.as('arge'), second.as('caritas')].map(async (one, place) =>
      systemAt(REST, [exchange.url, second.url][place]!, (await one).token),
    ),
  );
  await sendCase(arge!, AGENCY.caritas);
  for (const instance of [exchange, second]) {
    const client = clientAt(instance.url, (await instance.as('caritas')).token);
    t.teardown(() => client.dispose());
    const listener = listen(client);
    await listener.untilType('forwarding.received');
    const before = listener.told.length;
    const { forwardingId } = await sendCase(arge!, AGENCY.caritas);
    await listener.until(before + 1);
    t.match(listener.told.at(-1), { type: 'forwarding.received', subject: forwardingId });
    t.same(numbers(listener.told), upTo(listener.told.length), 'none is left out, none comes twice');
    const page = await caritas!.done('listEvents', { query: { limit: 200 } });
    t.same(
      listener.told,
      page.events.map(({ id, type, subject, sequence, data }: Told) => ({ id, type, subject, sequence, data })),
      'the same as is listed',
    );
    const later = listen(client, { query: EVENTS, variables: { after: String(before) } });
    await later.until(1);
    t.same(numbers(later.told), upTo(listener.told.length, before + 1), 'from a number on');
    listener.stop();
    t.match(await listener.ended, { complete: true });
  }
});

void [openRaw, pair];
