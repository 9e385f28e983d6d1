/** A corrected entry lasts no longer than the forwarding by which it goes, as long as nobody has accepted that. */
import { throughADoor } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { payloadOf, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

await throughADoor(t, exchange, 'what nobody accepted expires, the correction too', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const endOf = async (accepted: boolean) => {
    const sent = await sendCase(arge, AGENCY.caritas);
    const params = { forwardingId: sent.forwardingId };
    if (accepted) {
      const { version } = await caritas.done('getForwarding', { params });
      await caritas.done('acceptForwarding', { params, body: { expectedVersion: version } });
    }
    const body = { payload: payloadOf('STAMMDATEN') };
    const { id } = await arge.done('correctEntry', { params: { entryId: sent.entryIds[0] }, body });
    const [row] = await exchange.sql(
      `SELECT d.good_until = f.expires_at AS capped, d.good_until > f.expires_at AS longer
       FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id WHERE d.entry_id = $1`,
      [id],
    );
    return row;
  };
  t.same(await endOf(false), { capped: true, longer: false });
  t.same(await endOf(true), { capped: false, longer: true });
});
