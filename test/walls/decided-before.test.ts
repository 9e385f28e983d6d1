/**
 * What a forwarding was decided upon must be seen to have changed by every fact that counts, also while nothing is disclosed yet
 * that it could close: a forwarding is written only where the versions still stand that it was decided upon. By hand and not in a
 * race, for most of these windows are too narrow to be met by chance. With open disclosures: revocation.test.ts.
 */
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { expecting, linked, MASTER, newClient, newSlip, now, read, release, sayYes, sent } from './scenes.ts';
import { connectAs } from './service-role.ts';

interface Prepared {
  client: string;
  entryId: string;
}
type Fact = (exchange: Exchange, prepared: Prepared) => Promise<unknown>;

const post =
  (by: 'arge' | 'admin', path: (prepared: Prepared) => string, body?: object, status = 200): Fact =>
  async (exchange, prepared) =>
    expecting(status, await (await exchange.as(by)).post(path(prepared), body));
const says = (body: object, list = 'statements') =>
  post('arge', ({ client }) => `/v1/clients/${client}/${list}`, body, 201);
const { purpose: _none, ...released } = yes({ recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });

const FACTS: Record<string, Fact> = {
  'a no': says(no()),
  'a release that is taken back': says(no(), 'releases'),
  'a release': says(released, 'releases'),
  'a weaker yes': says(yes({ recipient: AGENCY.caritas, categories: ['STAMMDATEN'], form: 'ORAL', confirm: true })),
  'a correction': post(
    'arge',
    ({ entryId }) => `/v1/entries/${entryId}/corrections`,
    { payload: { familienname: 'Erfunden', vorname: 'Anders' } },
    201,
  ),
  'a link of persons': async (exchange, { client }) =>
    linked(exchange, 'arge', client, 'rantzau', await newClient(await exchange.as('rantzau'))),
  'the end of a link': async (exchange, { client }) => {
    const arge = await exchange.as('arge');
    const { items } = expecting(200, await arge.get(`/v1/clients/${client}/links`)).body;
    expecting(200, await arge.post(`/v1/clients/${client}/links/${items[0].id}/end`, { confirm: true }));
  },
  'an erasure': post('arge', ({ client }) => `/v1/clients/${client}/erase`, { confirm: true }),
  'a suspension': post('admin', () => `/v1/agencies/${AGENCY.caritas}/suspend`, { confirm: true }),
  'the end of a suspension': post('admin', () => `/v1/agencies/${AGENCY.caritas}/reinstate`),
  'a termination': post('admin', () => `/v1/agreements/${AGREEMENT}/terminate`, { confirm: true }),
};

t.test('every fact makes what was decided before it be decided again, though it closes nothing', async (t) => {
  const exchange = await startExchange();
  const service = await connectAs(exchange.database.serviceUrl);
  t.teardown(async () => {
    await service.close();
    await exchange.close();
  });
  const arge = await exchange.as('arge');
  let linkedOne: Prepared | undefined;
  for (const [name, record] of Object.entries(FACTS)) {
    const client = name === 'the end of a link' ? linkedOne!.client : await newClient(arge);
    const slip = await newSlip(arge, client, [MASTER]);
    const prepared = { client, entryId: slip.entryIds[0]! };
    if (name === 'a link of persons') linkedOne = prepared;
    await sayYes(arge, client, 'caritas', ['STAMMDATEN']);
    await release(arge, client, 'caritas', ['STAMMDATEN']);
    const load = async () => {
      const text = 'SELECT api.load_forward($1, $2, $3, NULL) AS found';
      const outcome = await service.attempt(text, [AGENCY.arge, slip.id, AGENCY.caritas]);
      const [{ found }] = outcome as [{ found: { versions: unknown; network: string } }];
      return [found.versions, found.network];
    };
    const decidedUpon = await load();
    t.same(await load(), decidedUpon, 'asking moves nothing');
    await record(exchange, prepared);
    t.notSame(await load(), decidedUpon, name);
  }
  t.same(await exchange.sql('SELECT FROM disclosure'), [], 'nothing was ever disclosed');
});

t.test('a reading makes nothing be decided again', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { hop } = await sent(exchange, 'arge', 'caritas');
  const versions = () => exchange.sql('SELECT id, version FROM person ORDER BY id');
  const [before, at] = [await versions(), await now(exchange)];
  t.equal((await read(await exchange.as('caritas'), hop)).entries.length, 2);
  t.same(await versions(), before, `since ${at.toISOString()}`);
});
