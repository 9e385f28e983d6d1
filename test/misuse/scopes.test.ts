/**
 * What a token may not do, it does not do: every operation without its scope, every operation by whom it is not for, and
 * a refusal leaves nothing behind.
 */
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS, type OperationId } from '../../src/contract/operations.ts';
import { SCOPES } from '../../src/domain/permission.ts';
import { AGENCY_SCOPES } from '../../src/embedded/demo-agencies.ts';
import { NOTHING } from '../operations/world.ts';
import { systemAt, TRIED_DOORS } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { isForAdminAlone, isForAgenciesAlone, ownRequest } from './requests.ts';
import { leavesNoTrace } from './trace.ts';
import { forger, thingsOf } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());
const own = await thingsOf(exchange, 'diakonie', 'rantzau');
const asAgency = await forger(exchange, 'diakonie');
const asAdmin = await forger(exchange, 'admin');
const TABLE = OPERATIONS as readonly (Operation & { id: OperationId })[];

/** Tokens that must not run the operation, and why; each is signed by the exchange itself. */
async function unfitTokens(operation: Operation): Promise<[why: string, token: string][]> {
  const others = AGENCY_SCOPES.filter((scope) => !operation.scopes.includes(scope));
  const tokens: [string, string][] = [
    ['every other scope of an agency', await asAgency({ scope: others.join(' ') })],
    ['no scope', await asAgency({ scope: '' })],
    ['scopes in capitals', await asAgency({ scope: operation.scopes.join(' ').toUpperCase() })],
    ['scopes as a list', await asAgency({ scope: [...operation.scopes] })],
    ['scopes with commas', await asAgency({ scope: [...operation.scopes, 'x'].join(',') })],
    ['a scope with a star', await asAgency({ scope: '* laufzettel:* consent:*' })],
  ];
  if (isForAgenciesAlone(operation)) {
    tokens.push(
      ['the admin', await asAdmin()],
      ['the admin with every scope', await asAdmin({ scope: SCOPES.join(' ') })],
    );
  }
  if (isForAdminAlone(operation)) tokens.push(['an agency with every scope of one', await asAgency()]);
  return tokens;
}

for (const door of TRIED_DOORS) {
  t.test(`an operation refuses a token without its scope (${door})`, async (t) => {
    await leavesNoTrace(t, exchange, async () => {
      for (const operation of TABLE) {
        const request = ownRequest(operation, own, 'rantzau');
        for (const [why, token] of await unfitTokens(operation)) {
          const refused = await systemAt(door, exchange.url, token).refused(operation.id, request);
          t.match(
            refused,
            { code: 'scope-missing', status: 403, extra: { requiredScopes: operation.scopes } },
            `${operation.id}: ${why}`,
          );
        }
      }
    });
  });

  t.test(`no token is both an agency's and the admin's (${door})`, async (t) => {
    const tokens = [
      await asAgency({ scope: [...AGENCY_SCOPES, 'exchange:admin'].join(' ') }),
      await asAdmin({ agency: AGENCY.diakonie }),
      await asAdmin({ agency: '' }),
      await asAdmin({ agency: null }),
      await asAgency({ agency: undefined }),
      await asAgency({ agency: [AGENCY.diakonie, AGENCY.arge] }),
      await asAgency({ agency: `${AGENCY.diakonie} ${AGENCY.arge}` }),
    ];
    await leavesNoTrace(t, exchange, async () => {
      for (const { id } of TABLE.slice(0, 20)) {
        for (const token of tokens) {
          t.match(await systemAt(door, exchange.url, token).refused(id), { code: 'token-invalid', status: 401 }, id);
        }
      }
    });
  });

  t.test(
    `a token of an agency that is none here does nothing, and reads nothing but the catalogue (${door})`,
    async (t) => {
      const nobody = systemAt(door, exchange.url, await asAgency({ agency: NOTHING }));
      await leavesNoTrace(t, exchange, async () => {
        for (const operation of TABLE.filter((one) => !isForAdminAlone(one))) {
          const outcome = await nobody.call(
            operation.id,
            ownRequest(operation, { ...own, agency: NOTHING }, 'rantzau'),
          );
          if (outcome.ok) t.equal(operation.id, 'getCatalogue', `${operation.id} is not for nobody`);
          else t.equal(outcome.code, 'agency-suspended', `${operation.id}: ${outcome.bytes}`);
        }
      });
    },
  );

  t.test(`a suspended agency's token stops at once, for every operation (${door})`, async (t) => {
    const admin = systemAt(door, exchange.url, (await exchange.as('admin')).token);
    const suspended = systemAt(door, exchange.url, (await exchange.as('tgsh')).token);
    const things = { ...own, agency: AGENCY.tgsh };
    await suspended.done('getOwnAgency');
    await admin.done('suspendAgency', { params: { agencyId: AGENCY.tgsh }, body: { confirm: true } });
    await leavesNoTrace(t, exchange, async () => {
      for (const operation of TABLE.filter((one) => !isForAdminAlone(one))) {
        const outcome = await suspended.call(operation.id, ownRequest(operation, things, 'rantzau'));
        if (outcome.ok) t.equal(operation.id, 'getCatalogue', `${operation.id} is not for the suspended`);
        else t.equal(outcome.code, 'agency-suspended', `${operation.id}: ${outcome.bytes}`);
      }
    });
    await admin.done('reinstateAgency', { params: { agencyId: AGENCY.tgsh } });
  });
}
