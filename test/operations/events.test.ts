/** What an agency is told of: one sequence without gaps, of what others did. */
import t from 'tap';
import { type System, throughBothDoors } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { admit, agree, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

interface Told {
  type: string;
  sequence: string;
  subject: string;
}
const eventsOf = (by: System, query: object = {}): Promise<{ events: Told[]; next: string; last: string }> =>
  by.done('listEvents', { query: { wait: 10, ...query } });

await throughBothDoors(
  t,
  exchange,
  'a recipient is told what came to it, its sender what became of that',
  async (t, _as, door) => {
    const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
    await agree([one, other]);
    const { forwardingId } = await sendCase(one.system, other.id);
    const untilReceived = async (after = '0'): Promise<string> => {
      const { events, next } = await eventsOf(other.system, { after });
      return events.some(({ type }) => type === 'forwarding.received') ? next : untilReceived(next);
    };
    const last = await untilReceived();
    const waiting = eventsOf(one.system, { after: (await eventsOf(one.system)).last });
    const read = await other.system.done('getForwarding', { params: { forwardingId } });
    t.match(
      (await waiting).events,
      [{ type: 'forwarding.delivered', subject: forwardingId }],
      'at once, without asking again',
    );
    const received = (await eventsOf(other.system)).events.find(({ type }) => type === 'forwarding.received');
    t.match(received, {
      subject: forwardingId,
      specversion: '1.0',
      data: { forwardingId, laufzettelId: read.laufzettelId },
    });
    const all = await eventsOf(other.system, { limit: 200 });
    t.same(
      all.events.map(({ sequence }) => Number(sequence)),
      all.events.map((_event, place) => place + 1),
      'from 1 on, without gaps',
    );
    t.equal(all.last, last, 'reading it told its own agency nothing');
    const ahead = await other.system.refused('listEvents', { query: { after: '999999' } });
    t.match(ahead, { code: 'bad-request', extra: { last } });
  },
);
