/** Signing an agreement by hand: read first, then sign what was read. */
import { join } from 'node:path';
import { systemAt } from '../support/both-doors.ts';
import { startChild } from '../support/child.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

t.setTimeout(120_000);

const exchange = await startExchange();
t.teardown(() => exchange.close());
const arge = systemAt('REST', exchange.url, (await exchange.as('arge')).token);
const { id: agreementId } = await arge.done('createAgreement', {
  body: {
    title: 'Von Hand',
    parties: [AGENCY.arge, AGENCY.caritas],
    purposes: ['BERATUNG'],
    categories: ['STAMMDATEN'],
    from: '2026-01-01',
  },
});
const key = join(exchange.keysDir, 'arge-pinneberg.json');
const sign = (...more: string[]) =>
  startChild('src/cli/client.ts', [
    ...['sign', '--key', key, '--client-id', 'arge-pinneberg', '--url', exchange.url],
    ...['--agreement', agreementId, ...more],
  ]).ended;
const signedAt = async () =>
  (await arge.done('getAgreement', { params: { agreementId } })).parties.find(
    (party: { agencyId: string }) => party.agencyId === AGENCY.arge,
  ).signedAt;

t.test('its text is read, and that very text is signed, once', async (t) => {
  const { text, textHash } = await arge.done('getAgreementVersion', { params: { agreementId, number: 1 } });
  const read = await sign();
  t.match(read, { exitCode: 0, stderr: '' });
  t.ok(read.stdout.startsWith(text));
  t.match(read.stdout, `--number 1 --hash ${textHash}`);
  t.match(await sign('--hash', 'f'.repeat(64)), { exitCode: 1, stdout: '', stderr: /--hash is not that of this text/ });
  t.match(await sign('--number', '2'), { exitCode: 1, stdout: '', stderr: /refuses: .*\(not-found\)/ });
  t.equal(await signedAt(), null, 'nothing is signed yet');
  t.match(await sign('--number', '1', '--hash', textHash), {
    exitCode: 0,
    stderr: '',
    stdout: /the agreement is DRAFT/,
  });
  t.ok(await signedAt());
  t.match(await sign('--hash', textHash), { exitCode: 1, stderr: /refuses: Your agency has signed .*\(conflict\)/ });
});
